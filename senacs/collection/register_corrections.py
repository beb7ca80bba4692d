"""« Que faut-il corriger sur la fiche ? »: what a response sent says of its entry, proposed to those who keep it."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from senacs.accounts.models import User
from senacs.collection.documents import read_entry
from senacs.collection.models import Response
from senacs.collection.queries import compiled_of
from senacs.questionnaire.engine.values import format_value
from senacs.register.enums import ActKind
from senacs.register.models import RegisterProposal
from senacs.register.proposals import TOLD, propose
from senacs.structures.imports import values

# The questions of the questionnaires that have them: the last part of « fiche_… », and the field that it corrects.
PREFIX = "fiche_"
_READERS: dict[str, tuple[str, Callable[[str], tuple[Any, str]]]] = {
    "nom": ("name", lambda text: (text[:200], "")),
    "courriel": ("email", values.email),
    "telephone": ("phone", values.phone),
    "site": ("website", values.website),
    "siret": ("siret", values.siret),
    "gestion": ("gestion", values.gestion),
}
# The facts of the register that a response may correct, and the field that holds each; the others are told.
_FACTS = {
    "population": "catchment_population",
    "taille": "territory_size",
    "geographie": "priority_geography",
    "multi_sites": "is_multi_site",
    "itinerante": "is_itinerant",
    "gens_du_voyage": "is_travellers",
}
# Told as they were written: the seat and agréments are acts of their own.
_TOLD = ("adresse", "agrement", "federation")


@transaction.atomic
def propose_corrections(*, response: Response, by: User) -> RegisterProposal | None:
    """Proposes what the response corrects, once for the same words; None when it corrects nothing."""
    written = _written(response)
    changes, told = _corrected_facts(response)
    if not written and not changes and not told:
        return None
    for row, text in written.items():
        field, reader = _READERS.get(row, ("", None))
        read = reader(text)[0] if reader is not None else ""
        if read:
            changes[field] = str(read)
        else:
            told.append(f"{_label(response, row)} : {text}")
    if told:
        changes[TOLD] = told
    last = RegisterProposal.objects.filter(kind=ActKind.CORRECT, structure=response.structure).first()
    if last is not None and last.values == changes:
        return last
    reason = f"Corrections écrites dans la réponse à l’enquête {response.campaign.year}."
    return propose(kind=ActKind.CORRECT, structure=response.structure, values=changes, reason=reason, by=by)


def _written(response: Response) -> dict[str, str]:
    """By row of the grid, what was written to be read there; nothing when the entry was said to be right."""
    if response.values.get(f"{PREFIX}exacte", {}).get("valeur") is not False:
        return {}
    found = {}
    for row in (*_READERS, *_TOLD):
        text = response.values.get(f"{PREFIX}{row}", {}).get("valeur")
        if isinstance(text, str) and text.strip():
            found[row] = " ".join(text.split())
    return found


def _corrected_facts(response: Response) -> tuple[dict[str, Any], list[str]]:
    """What the structure answered otherwise than the register, of what the register knew: by field, and in words."""
    changes: dict[str, Any] = {}
    told = []
    for code, field in compiled_of(response).questionnaire.known_by_register.items():
        known, stored = response.invited.facts.get(field.register), response.values.get(code)
        if known is None or stored is None or stored["valeur"] in (None, known):
            continue
        if field.register in _FACTS:
            changes[_FACTS[field.register]] = stored["valeur"]
        else:
            told.append(f"{field.label} : {format_value(field, read_entry(field, stored))}")
    return changes, told


def _label(response: Response, row: str) -> str:
    field = compiled_of(response).questionnaire.fields.get(f"{PREFIX}{row}")
    return field.caption.partition(",")[0] if field is not None and field.caption else row
