"""« Qu'avez-vous sur nous ? », for a structure: its entry, answers, history, letters and readings, as one archive."""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from senacs.accounts.enums import STRUCTURE_ROLES
from senacs.accounts.models import Mandate, User
from senacs.accounts.permissions import can_enter, people_of
from senacs.accounts.queries import accesses_to
from senacs.collection.copies import as_document
from senacs.collection.documents import Stored
from senacs.collection.enums import EVENT_LABELS
from senacs.collection.models import Response, ResponseEvent, Revision
from senacs.letters.models import OutgoingLetter
from senacs.lib import clock
from senacs.lib.csv_files import csv_text
from senacs.lib.french import ZONE, moment, plural
from senacs.lib.refusals import NotAllowed
from senacs.register.models import RegisterLine
from senacs.structures.models import Structure

README = """SENACS : ce que le site garde de {name} ({code})
Établi le {at}, pour {person}.

fiche.json         la fiche du registre public, ses agréments
registre.csv       ce qui a changé dans cette fiche, quand, par qui, pourquoi
reponses-AAAA.json vos réponses de chaque campagne, telles qu’elles sont
historique.csv     chaque valeur enregistrée : quand, par qui, avant, après
etats.csv          envois, retours, validations
lettres.csv        lettres envoyées aux personnes qui saisissent pour la structure
lectures.csv       qui a lu vos données, et pourquoi

Les lettres de qui saisit aussi pour une autre structure sont dans « Mes données » de cette personne.
Les fichiers CSV sont en UTF-8, séparés par des points-virgules.
"""
# What the page and the archive say of the register's entry.
_ENTRY = (
    "code", "name", "kind", "address", "postal_code", "phone", "email", "website", "siret", "gestion", "closed_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HeldCount:
    """One kind of data that is held on a structure: how much of it, and the file of the archive that has it."""

    title: str
    told: str
    file: str


def held_on_structure(structure: Structure) -> list[HeldCount]:
    """What the site holds on a structure, counted: the page before the archive."""
    responses = Response.objects.filter(structure=structure)
    years = sorted(responses.values_list("campaign__year", flat=True))
    told = ", ".join(map(str, years)) or "aucune campagne"
    counts = (
        ("Changements de votre fiche", _lines(structure).count(), "changement", "registre.csv"),
        ("Enregistrements de vos réponses", _revisions(structure).count(), "enregistrement", "historique.csv"),
        ("Envois, retours, validations", _events(structure).count(), "acte", "etats.csv"),
        ("Lettres aux personnes qui saisissent pour vous", _letters(structure).count(), "lettre", "lettres.csv"),
        ("Lectures de vos données", accesses_to(structure).count(), "lecture", "lectures.csv"),
    )
    return [
        HeldCount("Fiche du registre public et agréments", structure.code, "fiche.json"),
        HeldCount("Vos réponses", told, "reponses-AAAA.json"),
        *(HeldCount(title, plural(count, word), file) for title, count, word, file in counts),
    ]


def archive_of(structure: Structure, *, by: User) -> bytes:
    """Everything of `held_on_structure`, for those who enter for the structure; NotAllowed for anybody else."""
    if not can_enter(by, structure):
        raise NotAllowed("Seule la structure emporte ce que le site garde d’elle.")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _files(structure, by):
            archive.writestr(name, content)
    return buffer.getvalue()


def _files(structure: Structure, by: User) -> Iterator[tuple[str, str]]:
    told = README.format(name=structure.name, code=structure.code, at=moment(clock.now()), person=by)
    yield "LISEZ-MOI.txt", told
    yield "fiche.json", _json(_entry(structure))
    yield "registre.csv", _csv(("date d’effet", "acte", "changements", "motif", "par"), _register_rows(structure))
    responses = Response.objects.filter(structure=structure).select_related("campaign__version", "structure", "invited")
    for response in responses.order_by("campaign__year"):
        yield f"reponses-{response.campaign.year}.json", _json(as_document(response))
    header = ("campagne", "n°", "quand", "par", "code", "avant", "après", "motif")
    yield "historique.csv", _csv(header, _history_rows(structure))
    yield "etats.csv", _csv(("campagne", "quand", "acte", "par", "motif"), _event_rows(structure))
    yield "lettres.csv", _csv(("quand", "à", "objet", "état"), _letter_rows(structure))
    yield "lectures.csv", _csv(("quand", "par", "quoi", "pour quoi"), _reading_rows(structure))


def _json(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1, default=str)


def _csv(header: tuple[str, ...], rows: Iterator[tuple[Any, ...]]) -> str:
    return "\ufeff" + csv_text([header, *rows], delimiter=";", line_end="\r\n")


def _entry(structure: Structure) -> dict[str, object]:
    entry = {name: getattr(structure, name) for name in _ENTRY}
    places = {
        "commune": str(structure.commune),
        "departement": str(structure.departement),
        "caf": str(structure.caf or ""),
        "federation": str(structure.federation or ""),
        "gestionnaire": str(structure.gestionnaire or ""),
    }
    agrements = [
        {"type": one.get_kind_display(), "debut": one.starts_on, "fin": one.ends_on}
        for one in structure.agrements.order_by("starts_on")
    ]
    return entry | places | {"agrements": agrements}


def _lines(structure: Structure) -> QuerySet[RegisterLine]:
    return RegisterLine.objects.filter(structure=structure).select_related("act__by")


def _revisions(structure: Structure) -> QuerySet[Revision]:
    return Revision.objects.filter(response__structure=structure)


def _events(structure: Structure) -> QuerySet[ResponseEvent]:
    return ResponseEvent.objects.filter(response__structure=structure)


def _letters(structure: Structure) -> QuerySet[OutgoingLetter]:
    """To those who enter for it today and for no other: a letter says to whom it went, never of whom it speaks."""
    elsewhere = Mandate.objects.current().filter(role__in=STRUCTURE_ROLES).exclude(structure=structure)
    addresses = people_of(structure).exclude(pk__in=elsewhere.values("user")).order_by().values_list("email", flat=True)
    return OutgoingLetter.objects.filter(to__in=list(addresses)).defer("sealed_body")


def _register_rows(structure: Structure) -> Iterator[tuple[Any, ...]]:
    for line in _lines(structure).order_by("act__on", "pk"):
        changes = " ; ".join(f"{name} : {before} → {after}" for name, (before, after) in line.changes.items())
        told = " ; ".join(part for part in (line.told, changes) if part)
        yield line.act.on, line.act.get_kind_display(), told, line.act.reason, str(line.act.by or "serveur")


def _history_rows(structure: Structure) -> Iterator[tuple[Any, ...]]:
    saves = _revisions(structure).select_related("by", "response__campaign")
    for revision in saves.defer("response__values").order_by("response__campaign__year", "number"):
        head = (revision.response.campaign.year, revision.number, _when(revision.at), str(revision.by or "serveur"))
        for code, change in revision.changes.items():
            yield (*head, code, _stored(change["avant"]), _stored(change["apres"]), revision.reason)


def _stored(stored: Stored | None) -> str:
    if stored is None:
        return "sans réponse"
    return json.dumps(stored["valeur"], ensure_ascii=False) if stored["etat"] == "valeur" else str(stored["etat"])


def _event_rows(structure: Structure) -> Iterator[tuple[Any, ...]]:
    events = _events(structure).select_related("by", "response__campaign").defer("response__values")
    for event in events.order_by("at", "pk"):
        act = EVENT_LABELS.get(event.transition, event.transition)
        yield event.response.campaign.year, _when(event.at), act, str(event.by or "serveur"), event.reason


def _letter_rows(structure: Structure) -> Iterator[tuple[Any, ...]]:
    for letter in _letters(structure).order_by("written_at", "pk"):
        yield _when(letter.written_at), letter.to, letter.subject, letter.get_state_display()


def _reading_rows(structure: Structure) -> Iterator[tuple[Any, ...]]:
    for entry in accesses_to(structure):
        told = " : ".join(part for part in (entry.action_label, entry.what) if part)
        yield _when(entry.at), entry.user.get_full_name(), told, entry.purpose


def _when(at: Any) -> str:
    return f"{at.astimezone(ZONE):%d/%m/%Y %H:%M}"
