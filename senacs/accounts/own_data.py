"""« Qu'avez-vous sur nous ? », for a person: everything that the site holds on them, in words and as a document.

Complete by construction: what names the person by a key is found from the models themselves, so that a table added
tomorrow is counted without a line here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.db.models import ForeignKey, Model, OneToOneField

from senacs.accounts.devices import name_of
from senacs.accounts.enums import RightsAct
from senacs.accounts.models import AccessEntry, Invitation, Mandate, Notice, Objection, RightsEntry, User
from senacs.accounts.objections import title_of
from senacs.audit.models import AuditLine
from senacs.letters.models import OutgoingLetter
from senacs.lib import clock
from senacs.lib.french import long_date, moment, plural

# The last of each, on the page; the document has them all.
SHOWN = 10


@dataclass(frozen=True, slots=True)
class HeldTable:
    """One kind of data: its heading, why it is held, its columns and its rows, newest first."""

    code: str
    title: str
    why: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]

    @property
    def shown(self) -> list[list[tuple[str, str]]]:
        """The first rows, each cell under its column."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows[:SHOWN]]

    @property
    def left_out(self) -> int:
        return max(0, len(self.rows) - SHOWN)


def held_on(person: User) -> list[HeldTable]:
    """Everything that the site holds on a person, by kind."""
    return [
        _table("compte", "Votre compte", "comptes", "Donnée;Valeur", _account(person)),
        _table("mandats", "Vos rôles, passés et présents", "comptes", "Rôle;Où;Depuis;Jusqu’au", _mandates(person)),
        _table("invitations", "Invitations reçues", "comptes", "Rôle;Où;Quand;Suite", _offers(person)),
        _table("charte", "Charte acceptée", "comptes", "Version;Quand", _charter(person)),
        _table("appareils", "Appareils connectés", "comptes", "Appareil;D’où;Vu le", _devices(person)),
        _table("lettres", "Lettres envoyées à votre adresse", "lettres", "Objet;Quand;État", _letters(person)),
        _table("avis", "Avis", "lettres", "Objet;Quand", _notices(person)),
        _table("droits", "Ce qui a été décidé de vos droits", "journaux", "Acte;Sur quoi;Quand", _rights(person)),
        _table("lectures", "Vos lectures de réponses", "journaux", "Quoi;Pour quoi;Quand", _readings(person)),
        _table("actes", "Vos actes dans le journal", "journaux", "Acte;Sur quoi;Quand", _acts(person)),
        _table("oppositions", "Vos oppositions", "comptes", "Traitement;Demandée;Réponse", _objections(person)),
        _table("signatures", "Ce qui porte votre nom ailleurs", "enquete", "Où;Combien", _elsewhere(person)),
    ]


def as_document(person: User) -> dict[str, object]:
    """The same as plain data, for whoever takes it away (RGPD, art. 15 and 20)."""
    return {
        "personne": person.email,
        "etabli_le": clock.now().isoformat(),
        "donnees": [
            {
                "code": table.code,
                "titre": table.title,
                "traitement": table.why,
                "lignes": [dict(zip(table.columns, row, strict=True)) for row in table.rows],
            }
            for table in held_on(person)
        ],
    }


def _table(code: str, title: str, why: str, columns: str, rows: Iterable[tuple[str, ...]]) -> HeldTable:
    return HeldTable(code, title, why, tuple(columns.split(";")), list(rows))


def _account(person: User) -> Iterator[tuple[str, ...]]:
    factors = Authenticator.objects.filter(user=person).count()
    yield "Nom", person.get_full_name()
    yield "Courriel", person.email
    yield "Téléphone", person.phone or "aucun"
    yield "Compte ouvert le", moment(person.date_joined)
    yield "Dernière connexion", moment(person.last_login) if person.last_login else "aucune"
    yield "Rythme des lettres", person.get_notice_pace_display()
    yield "Second facteur", plural(factors, "moyen enregistré", "moyens enregistrés") if factors else "aucun"
    yield "Mot de passe", "une empreinte, dont le mot de passe ne se retrouve pas"


def _mandates(person: User) -> Iterator[tuple[str, ...]]:
    held = Mandate.objects.filter(user=person).select_related("structure", "caf", "federation", "departement", "region")
    for mandate in held.order_by("-starts_on", "-pk"):
        until = long_date(mandate.ends_on) if mandate.ends_on else "sans date de fin"
        yield mandate.get_role_display(), str(mandate.scope), long_date(mandate.starts_on), until


def _offers(person: User) -> Iterator[tuple[str, ...]]:
    sent = Invitation.objects.filter(email=person.email)
    for one in sent.select_related("structure", "caf", "federation", "departement", "region"):
        became = "acceptée" if one.used_at else "retirée" if one.withdrawn_at else "sans suite"
        if became == "sans suite" and not one.is_expired:
            became = "attend votre réponse"
        yield one.get_role_display(), str(one.scope or "France"), moment(one.created_at), became


def _charter(person: User) -> Iterator[tuple[str, ...]]:
    for acceptance in person.charte_acceptances.select_related("version").order_by("-accepted_at"):
        yield str(acceptance.version.number), moment(acceptance.accepted_at)


def _devices(person: User) -> Iterator[tuple[str, ...]]:
    """With the address itself: it is what the site holds, beside the words of « Appareils »."""
    for one in UserSession.objects.filter(user=person).order_by("-last_seen_at", "-pk"):
        yield name_of(one.user_agent), one.ip, moment(one.last_seen_at)


def _letters(person: User) -> Iterator[tuple[str, ...]]:
    for letter in OutgoingLetter.objects.filter(to=person.email).defer("sealed_body"):
        yield letter.subject, moment(letter.written_at), letter.get_state_display()


def _notices(person: User) -> Iterator[tuple[str, ...]]:
    for notice in Notice.objects.filter(user=person):
        yield notice.subject, moment(notice.at)


def _rights(person: User) -> Iterator[tuple[str, ...]]:
    for entry in RightsEntry.objects.filter(person=person):
        told = ", ".join(part for part in (entry.get_role_display(), entry.scope) if part)
        yield RightsAct(entry.act).label, told or "votre compte", moment(entry.at)


def _readings(person: User) -> Iterator[tuple[str, ...]]:
    for entry in AccessEntry.objects.filter(user=person):
        yield entry.what or entry.action_label, entry.purpose, moment(entry.at)


def _acts(person: User) -> Iterator[tuple[str, ...]]:
    for line in AuditLine.objects.filter(actor=person.pk):
        yield line.act, line.about, moment(line.at)


def _objections(person: User) -> Iterator[tuple[str, ...]]:
    for objection in Objection.objects.filter(user=person):
        answer = "attendue"
        if objection.is_granted is not None:
            answer = f"{'accueillie' if objection.is_granted else 'refusée'} : {objection.answer}"
        yield title_of(objection), moment(objection.asked_at), answer


# Told line by line above, or of the sign-in itself.
_TOLD = frozenset({Mandate, Invitation, Notice, RightsEntry, AccessEntry, Objection, Authenticator})


def _elsewhere(person: User) -> Iterator[tuple[str, ...]]:
    """How many rows of every other table name the person: who saved, commented, decided."""
    for model, columns in sorted(naming_columns().items(), key=lambda item: item[0]._meta.label):
        if model in _TOLD:
            continue
        for column in columns:
            count = model._base_manager.filter(**{column: person.pk}).count()
            if count:
                yield f"{model._meta.label}.{column}", str(count)


def naming_columns() -> dict[type[Model], list[str]]:
    """Every column of every table that names a person by key."""
    found: dict[type[Model], list[str]] = {}
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if isinstance(field, ForeignKey | OneToOneField) and field.related_model is User:
                found.setdefault(model, []).append(field.attname)
    return found
