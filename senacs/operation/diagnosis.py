"""What stands wrong in an installation, and how to mend it: the checks of `senacs doctor`, each in one sentence.

They look at the settings, the folders, the database, the clock, the mail server and the backups; the state of the work
itself is told by `operation.health`.
"""

import shutil
import smtplib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import get_connection
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from senacs.lib import clock
from senacs.lib.french import plural, with_unit
from senacs.operation.backups import newest_backup
from senacs.operation.health import Health, background_work
from senacs.operation.programs import are_assets_built

FREE = 5 * 10**9  # octets; a release and its documents take one or two
DRIFT = timedelta(seconds=2)
BACKUP_AGE = timedelta(hours=26)
SHORTEST_KEY = 50
GIGA = 10**9


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`remedy` says what to do, « » when all is well."""

    label: str
    health: Health
    said: str
    remedy: str = ""


def _well(label: str, said: str) -> Diagnosis:
    return Diagnosis(label, Health.WELL, said)


def _weak(label: str, said: str, remedy: str) -> Diagnosis:
    return Diagnosis(label, Health.DEGRADED, said, remedy)


def _wrong(label: str, said: str, remedy: str) -> Diagnosis:
    return Diagnosis(label, Health.DOWN, said, remedy)


def mode() -> Diagnosis:
    label = "Réglages"
    if settings.DEBUG:
        return _wrong(label, "Le mode de développement montre le code à qui provoque une erreur.", "SENACS_DEBUG=0")
    if settings.DEMO:
        return _weak(label, "C’est une démonstration : jamais de vraies réponses ici.", "SENACS_DEMO=0")
    if len(settings.SECRET_KEY) < SHORTEST_KEY:
        return _weak(
            label,
            f"Le secret a moins de {SHORTEST_KEY} caractères.",
            "SENACS_SECRET_KEY : python3 -c 'import secrets; print(secrets.token_urlsafe(50))'",
        )
    return _well(label, "Une vraie installation, avec un secret assez long.")


def addresses() -> Diagnosis:
    """The public address, the names answered to, HTTPS and the proxies agree."""
    label, public = "Adresses", urlsplit(settings.PUBLIC_URL)
    host = public.hostname or ""
    if host in {"127.0.0.1", "localhost", ""}:
        return _weak(label, "Les lettres mènent à cette machine.", "SENACS_PUBLIC_URL=https://senacs.exemple.fr")
    if host not in settings.ALLOWED_HOSTS and "*" not in settings.ALLOWED_HOSTS:
        return _wrong(label, f"Le site ne répond pas au nom {host}, que donnent ses lettres.", f"SENACS_HOSTS={host}")
    if (public.scheme == "https") != settings.HTTPS:
        return _wrong(
            label,
            f"L’adresse publique est en {public.scheme}, le site {'en' if settings.HTTPS else 'sans'} HTTPS.",
            "SENACS_HTTPS=1 derrière un serveur mandataire qui parle HTTPS",
        )
    if not settings.HTTPS:
        return _wrong(label, "Les mots de passe passent en clair.", "SENACS_HTTPS=1 et SENACS_PUBLIC_URL=https://…")
    if not settings.TRUSTED_PROXIES:
        return _weak(
            label,
            "Sans serveur mandataire reconnu, tout le monde semble venir de lui : les essais de mots de passe ne sont "
            "pas freinés par réseau.",
            "SENACS_TRUSTED_PROXIES=127.0.0.1",
        )
    return _well(label, f"{settings.PUBLIC_URL}, en HTTPS.")


def folders() -> Diagnosis:
    label = "Dossiers"
    for name, folder in (("SENACS_VAR", settings.VAR_DIR), ("SENACS_DATA", settings.KEPT_DIR)):
        try:
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            return _wrong(
                label, f"{folder} ne reçoit pas de fichiers ({error.strerror}).", f"{name}, ou chown -R senacs {folder}"
            )
    free = min(shutil.disk_usage(folder).free for folder in (settings.VAR_DIR, settings.KEPT_DIR))
    told = with_unit(free / GIGA, "Go", 1)
    if free < FREE:
        return _weak(label, f"Il reste {told} sur le disque.", f"garder {with_unit(FREE / GIGA, 'Go', 0)} libres")
    if settings.VAR_DIR == settings.KEPT_DIR and not settings.DEMO:
        return _weak(
            label,
            "Ce qui se reconstruit et ce qui se garde sont mêlés.",
            "SENACS_DATA=/var/lib/senacs",
        )
    return _well(label, f"Ils reçoivent des fichiers ; il reste {told}.")


def assets() -> Diagnosis:
    label = "Feuilles de style"
    if not are_assets_built():
        return _wrong(label, f"Elles manquent dans {settings.VAR_DIR} : aucune page ne s’affiche.", "senacs install")
    return _well(label, "Construites.")


def database() -> Diagnosis:
    label = "Base de données"
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        return _wrong(label, f"Elle ne répond pas : {str(error).splitlines()[0]}", "DATABASE_URL")
    if waiting:
        return _wrong(label, f"Il reste {plural(len(waiting), 'migration')} à faire.", "senacs install")
    if connection.vendor == "sqlite" and not settings.DEMO:
        return _weak(label, "SQLite tient une petite campagne, sur une seule machine.", "DATABASE_URL=postgresql://…")
    return _well(label, f"{connection.display_name}, à jour.")


def time_of_day() -> Diagnosis:
    """The machine and the database tell the same time: deadlines are the machine's, signs of life the database's."""
    label = "Horloge"
    try:
        told = _database_time()
    except DatabaseError:
        return _wrong(label, "La base ne dit pas l’heure.", "d’abord la base de données")
    drift = abs(told - clock.now())
    if drift > DRIFT:
        return _wrong(
            label,
            f"La machine et la base diffèrent de {plural(int(drift.total_seconds()), 'seconde')}.",
            "chrony",
        )
    return _well(label, "La machine et la base sont à la même heure.")


def _database_time() -> datetime:
    if connection.vendor == "sqlite":
        return clock.now()  # the same clock, by construction
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
        return found


def worker() -> Diagnosis:
    label = "Travaux de fond"
    try:
        found = background_work()
    except DatabaseError:
        return _wrong(label, "Inconnus, sans base de données.", "d’abord la base de données")
    if found.health is not Health.WELL:
        return Diagnosis(label, found.health, found.said, "systemctl start senacs-travaux")
    return _well(label, found.said)


def mail() -> Diagnosis:
    """The server is spoken to and the account accepted; no letter leaves."""
    label = "Courrier"
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        return _weak(
            label,
            "Les lettres s’écrivent au journal et ne partent pas.",
            "SENACS_EMAIL_BACKEND=django.core.mail.backends.smtp.EmailBackend, SENACS_EMAIL_HOST, …",
        )
    if settings.DEFAULT_FROM_EMAIL.rstrip(">").endswith(".invalid"):
        return _wrong(label, "L’expéditeur des lettres n’existe pas.", "SENACS_EMAIL_FROM='SENACS <senacs@exemple.fr>'")
    server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    line = get_connection("django.core.mail.backends.smtp.EmailBackend")
    try:
        line.open()
    except smtplib.SMTPAuthenticationError:
        return _wrong(label, f"{server} refuse le compte.", "SENACS_EMAIL_USER, SENACS_EMAIL_PASSWORD")
    except (OSError, smtplib.SMTPException) as error:
        return _wrong(label, f"{server} ne répond pas : {error}", "SENACS_EMAIL_HOST, …_PORT, …_TLS")
    finally:
        line.close()
    return _well(label, f"{server} accepte la connexion{' et le compte' if settings.EMAIL_HOST_USER else ''}.")


def backups() -> Diagnosis:
    label = "Sauvegardes"
    if settings.BACKUPS_DIR is None:
        return _weak(label, "Aucun dossier n’est réglé.", "SENACS_BACKUPS=…, et senacs backup la nuit")
    newest = newest_backup(Path(settings.BACKUPS_DIR))
    if newest is None:
        return _wrong(label, f"{settings.BACKUPS_DIR} n’en tient aucune.", "senacs backup")
    age = clock.now() - datetime.fromtimestamp(newest.stat().st_mtime, tz=clock.now().tzinfo)
    told = f"La dernière a {plural(int(age.total_seconds() // 3600), 'heure')}"
    if age > BACKUP_AGE:
        return _wrong(label, f"{told}.", "systemctl list-timers senacs-sauvegarde.timer")
    if newest.stat().st_size == 0:
        return _wrong(label, f"{newest.name} est vide.", "senacs backup")
    return _well(label, f"{told} : {newest.name}.")


# In the order in which they are mended.
CHECKS: tuple[Callable[[], Diagnosis], ...] = (
    mode,
    addresses,
    folders,
    database,
    assets,
    time_of_day,
    mail,
    worker,
    backups,
)


def examine_installation() -> list[Diagnosis]:
    return [check() for check in CHECKS]
