"""What each request that computes costs on the full demonstration, read or sent as its own person would.

Run with the demonstration built: `python -m bench.requests`. Nothing stays in the database. Writes
docs/performance/requetes.md. The seconds are those of the processors, of children too: a busy machine changes little.
"""

import io
import os
import platform
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

import openpyxl  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402
from django.db import transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from senacs.accounts.enums import Role, Side  # noqa: E402
from senacs.accounts.models import User  # noqa: E402
from senacs.campaigns.queries import current_campaign  # noqa: E402
from senacs.collection.models import Response  # noqa: E402
from senacs.collection.workbook import layout  # noqa: E402
from senacs.lib import clock, french  # noqa: E402
from senacs.observatory.releases.reader import latest_published  # noqa: E402
from senacs.publication.models import Edition  # noqa: E402
from senacs.questionnaire.models import QuestionnaireVersion  # noqa: E402
from senacs.structures.models import Structure  # noqa: E402
from senacs.territories.models import Departement  # noqa: E402
from tests import factories  # noqa: E402

PAGE = Path(settings.BASE_DIR) / "docs" / "performance" / "requetes.md"
TIMES = 3
BOUND = 1.0  # second
BACKEND = settings.AUTHENTICATION_BACKENDS[0]


@dataclass(frozen=True)
class Asked:
    """One request: who asks what, and what is sent with it."""

    label: str
    address: str
    user: User | None = None
    sent: dict[str, Any] | None = None
    files: dict[str, bytes] = field(default_factory=dict)
    file_name: str = "fichier.xlsx"


def holder(*roles: tuple[Role, dict[str, Any]]) -> User:
    """A person made for the measure, with these roles."""
    user = factories.make_user()
    for role, scope in roles:
        factories.make_mandate(user, role, **scope)
    return user


def filled(content: bytes) -> bytes:
    """The workbook of a response with every number raised by one, as a director sends it back."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in book.worksheets:
        for row in sheet.iter_rows(min_row=layout.FIRST_ROW + 1):
            if len(row) > layout.SEEN and row[layout.CODE].value and isinstance(row[layout.VALUE].value, int | float):
                row[layout.VALUE].value += 1
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def register_list() -> bytes:
    """The whole register as the institutions hand it over, every name a little otherwise."""
    lines = ["identifiant SENACS;type;nom;code postal;commune"]
    for one in Structure.objects.active().select_related("commune"):
        lines.append(f"{one.code};{one.kind};{one.name} ici;{one.postal_code};{one.commune.name}")
    return "\n".join(lines).encode()


def people_list() -> bytes:
    """A responsable for each structure."""
    codes = Structure.objects.active().values_list("code", flat=True)
    lines = [f"p{number}@exemple.invalid;responsable;{code}" for number, code in enumerate(codes)]
    return "\n".join(["courriel;role;perimetre", *lines]).encode()


def requests() -> Iterator[Asked]:
    campaign, release = current_campaign(), latest_published()
    assert campaign is not None and release is not None
    drafts = Response.objects.filter(campaign=campaign, state="draft").order_by("pk")
    response = next(r for r in drafts.select_related("structure")[:400] if r.is_editable and len(r.values) > 100)
    structure, departement = response.structure, response.structure.departement
    mine = holder((Role.RESPONSABLE, {"structure": structure}))
    old = Response.objects.filter(campaign=release.campaign, structure=structure).first() or response
    national, technical = holder((Role.NATIONAL, {"side": Side.CAF})), holder((Role.COMITE_TECHNIQUE, {}))
    caf = holder((Role.CORRESPONDANT_CAF, {"caf": structure.caf}))
    copil = holder((Role.COPIL, {"departement": departement, "side": Side.CAF}))
    in_charge = [(Role.PREPARATION, {"departement": departement, "side": side}) for side in Side]
    preparation = holder(*in_charge)
    at = [response.pk]
    for label, name in (
        ("Tableau de bord", "saisie_dashboard"),
        ("Vérifier et envoyer", "saisie_review"),
        ("Réponses relues", "saisie_answers"),
        ("Tableaux automatisés", "saisie_tables"),
        ("Tableaux automatisés, XLSX", "saisie_tables_xlsx"),
        ("Fiche", "fiche"),
        ("Fiche, PDF", "fiche_pdf"),
        ("Classeur de saisie, XLSX", "saisie_workbook"),
        ("Qui a lu mes données", "saisie_ledger"),
    ):
        yield Asked(label, reverse(name, args=at), mine)
    for kind in ("pdf", "xlsx", "json"):
        yield Asked(f"Copie de la réponse, {kind.upper()}", reverse("saisie_copy", args=[old.pk, kind]), mine)
    section = campaign.version.document["sections"][2]["code"]
    yield Asked("Rubrique du questionnaire", reverse("saisie_section", args=[response.pk, section]), mine)
    given = client_of(mine).get(reverse("saisie_workbook", args=at))
    assert given.status_code == 200, (given.status_code, given.headers)
    yield Asked(
        "Classeur rempli renvoyé", reverse("saisie_workbook_send", args=at), mine, {}, {"file": filled(given.content)}
    )
    yield Asked("Suivi d’une Caf", reverse("suivi"), caf)
    yield Asked("Demandes d’une Caf", reverse("suivi_queries"), caf)
    yield Asked("Page d’une réponse", reverse("suivi_response", args=at), caf)
    yield Asked("Tableau de bord national", reverse("national"), national)
    yield Asked("Publications, équipe nationale", reverse("national_releases"), national)
    yield Asked("Une publication, équipe nationale", reverse("national_release", args=[release.name]), national)
    yield Asked("Mise en route", reverse("national_setup"), national)
    yield Asked("Charger les territoires", reverse("national_setup_load", args=["territoires"]), national, {})
    register = {"file": register_list()}
    yield Asked("Liste du registre reçue", reverse("national_lists"), national, {"kind": ""}, register, "liste.csv")
    next_year = {"year": campaign.year}
    yield Asked("Campagne, liste des structures", reverse("national_campaign", kwargs=next_year), national)
    yield Asked("Liste des structures mise à jour", reverse("national_campaign_bring", kwargs=next_year), national, {})
    people = {"file": people_list()}
    yield Asked("Personnes invitées d’après une liste", reverse("mandates_list"), national, {}, people, "liste.csv")
    yield Asked("Mandats", reverse("mandates"), national)
    yield Asked("Production de masse", reverse("national_production", args=[release.name]), national)
    yield Asked("Règles et leur effet", reverse("national_rules"), technical)
    yield Asked("Relancer le contrôle de la campagne", reverse("national_rules_check"), technical, {})
    version = campaign.version
    yield Asked("Une version du questionnaire", reverse("national_questionnaire", args=[version.code]), technical)
    yield Asked("Ce qui change", reverse("questionnaire_changes", args=[version.code]), technical)
    workbook = reverse("questionnaire_workbook", args=[version.code, version.code])
    yield Asked("Questionnaire en classeur, XLSX", workbook, technical)
    source = client_of(technical).get(workbook).content
    yield Asked("Questionnaire importé", reverse("national_questionnaires"), technical, {}, {"file": source})
    draft = QuestionnaireVersion.objects.order_by("-year", "code").first()
    assert draft is not None
    yield Asked("Aperçu d’une version", reverse("national_questionnaire_preview", args=[draft.code, "cs"]), technical)
    yield Asked("Tables d’un département", reverse("tables_departement", args=[departement.pk]), copil)
    whole = reverse("tables_departement", args=[departement.pk]) + "?rubrique=toutes"
    yield Asked("Tables d’un département, toutes rubriques", whole, copil)
    yield Asked("Tables d’un département, XLSX", reverse("tables_workbook", args=[departement.pk]), copil)
    yield Asked("Regroupements de communes", reverse("groupings", args=[departement.pk]), copil)
    yield Asked("Plaquette locale, choix du lieu", reverse("copil_local"), copil)
    edition = Edition.objects.order_by("pk").first()
    if edition is not None:
        place = {"departement": Departement.objects.get(pk=edition.home[1])} if edition.home[0] == "departement" else {}
        writer = holder((Role.COPIL, {**place, "side": Side.CAF})) if place else national
        yield Asked("Édition en rédaction", reverse("copil_edition", args=[edition.pk]), writer)
        yield Asked("Aperçu d’une édition", reverse("copil_preview", args=[edition.pk]), writer)
    for kind in ("xlsx", "csv", "parquet"):
        said = {"release": release.name, "file_format": kind, "purpose": "Préparer la plaquette du département."}
        address = reverse("extracts", args=[departement.pk])
        yield Asked(f"Extrait de données brutes, {kind.upper()}", address, preparation, said)
    for label, address in (
        ("Accueil", reverse("home")),
        ("France", reverse("territory_france")),
        ("Un département", reverse("territory", args=["departement", departement.pk])),
        ("Chiffres d’un département, CSV", reverse("territory_csv", args=["departement", departement.pk])),
        ("Publications", reverse("publications")),
        ("Catalogue DCAT", reverse("catalogue")),
        ("Registre", reverse("register")),
        ("Méthode", reverse("method")),
    ):
        yield Asked(label, address)


def client_of(user: User | None) -> Client:
    client = Client(raise_request_exception=True, SERVER_NAME="localhost")
    if user is not None:
        factories.accept_charte(user)
        factories.set_up_second_factor(user)
        client.force_login(user, backend=BACKEND)
        factories.prove_identity(client, user)
    return client


def spent() -> float:
    return sum(os.times()[:4])


def measure(asked: Asked) -> tuple[int, float, float]:
    """Status, seconds of the first time, and of the median of the others."""
    client, taken, status = client_of(asked.user), [], 0
    for _ in range(1 + TIMES):
        data = None if asked.sent is None else dict(asked.sent)
        if data is not None:
            data |= {name: SimpleUploadedFile(asked.file_name, content) for name, content in asked.files.items()}
        with transaction.atomic():
            start = spent()
            reply = client.get(asked.address) if data is None else client.post(asked.address, data)
            if reply.streaming:
                b"".join(reply.streaming_content)
            taken.append(spent() - start)
            status = reply.status_code
            transaction.set_rollback(asked.sent is not None)
    return status, taken[0], statistics.median(taken[1:])


def seconds(value: float) -> str:
    return f"{french.number(value, 2)} s"


def main() -> None:
    lines, slow, cold, broken = [], [], [], []
    with transaction.atomic():
        for asked in requests():
            status, first, then = measure(asked)
            method = "GET" if asked.sent is None else "POST"
            lines.append(f"| {asked.label} | {method} | {seconds(first)} | {seconds(then)} |")
            sys.stderr.write(f"{lines[-1]} {status}\n")
            slow += [asked.label] if then > BOUND else []
            cold += [asked.label] if first > BOUND >= then else []
            broken += [f"{asked.label} ({status})"] if status >= 400 or (status > 200 and asked.sent is None) else []
        transaction.set_rollback(True)
    if broken:
        raise SystemExit(f"these were refused, and measure nothing: {broken}")
    said = f"Au-delà d’une seconde : {', '.join(slow)}." if slow else "Aucune ne dépasse une seconde ensuite."
    said += f" La première fois dans un processus : {', '.join(cold)}." if cold else ""
    table = "\n".join(lines)
    engine = settings.DATABASES["default"]["ENGINE"].rsplit(".", 1)[1]
    PAGE.write_text(
        f"""# Ce que coûte chaque demande qui calcule

Page écrite par `python -m bench.requests`, sur la démonstration entière
({french.number(Structure.objects.count())} structures), base {engine},
Python {platform.python_version()}, le {french.long_date(clock.now())}. Secondes de processeur, processus
enfants compris : la première fois dans un processus neuf, puis la médiane de {TIMES} autres.

{said}

| Demande | | La première fois | Ensuite |
|---|---|---|---|
{table}

Ce qui dure davantage n’est jamais une demande : construction d’une publication, plaquettes de masse, chiffres d’un
groupe local, contrôle d’une campagne entière, territoires chargés, listes essayées et appliquées, personnes invitées
d’après une liste sont des travaux de fond, dont une page dit l’avancement
(docs/decisions/2026-11-30-processus-et-travaux-de-fond.md).
""",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
