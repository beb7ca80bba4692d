"""The public record of a structure, as the register holds it, shown beside the question that asks to confirm it."""

from datetime import date

from senacs.lib import french
from senacs.lib.clock import today
from senacs.questionnaire.engine.schema import Section
from senacs.structures.models import Structure

# The question of the questionnaires that asks whether the record is right, where they have it.
CONFIRMED_BY = "fiche_exacte"
UNKNOWN = "non renseigné"


def records_of(structure: Structure, section: Section) -> dict[str, list[tuple[str, str]]]:
    """By question code, the lines to show beside it; nothing for a section that does not ask about the record."""
    if all(question.code != CONFIRMED_BY for question in section.questions):
        return {}
    return {CONFIRMED_BY: _lines(structure)}


def _lines(structure: Structure) -> list[tuple[str, str]]:
    place = " ".join(part for part in (structure.postal_code, structure.commune.name) if part)
    lines = [
        ("Nom", structure.name),
        ("Adresse", ", ".join(part for part in (structure.address, place) if part)),
        ("Courriel", structure.email),
        ("Téléphone", structure.phone),
        ("Site internet", structure.website),
        ("Numéro SIRET", structure.siret),
        ("Mode de gestion", structure.get_gestion_display()),
        ("Agrément", _agrement(structure, today())),
        ("Fédération des centres sociaux", _membership(structure.is_fcsf_member)),
    ]
    return [(label, value or UNKNOWN) for label, value in lines]


def _agrement(structure: Structure, day: date) -> str:
    """The agrément in force, else the last one known."""
    known = list(structure.agrements.order_by("starts_on"))
    current = next((a for a in known if a.starts_on <= day <= a.ends_on), known[-1] if known else None)
    if current is None:
        return ""
    return f"du {french.long_date(current.starts_on)} au {french.long_date(current.ends_on)}"


def _membership(is_member: bool | None) -> str:
    return "" if is_member is None else "adhérente" if is_member else "non adhérente"
