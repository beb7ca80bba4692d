"""The stored document of a response: `values[code]` read as engine values and written back."""

from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

from senacs.campaigns.models import InvitedStructure
from senacs.collection.enums import Provenance, ValueState
from senacs.collection.models import Revision
from senacs.questionnaire.engine.possible import is_possible, require_possible
from senacs.questionnaire.engine.schema import Field
from senacs.questionnaire.engine.values import NOT_CONCERNED, Value, from_json, to_json
from senacs.structures.enums import PriorityGeography


class Stored(TypedDict):
    """One value as stored. etat: a ValueState; valeur: JSON, null when « non concerné »; provenance: a Provenance."""

    etat: str
    valeur: Any
    provenance: str
    revision: int


def write_entry(field: Field, value: Value, *, provenance: Provenance, revision: int) -> Stored:
    """The stored form of one answer, the only way to it: ImpossibleValue for what the question cannot hold."""
    require_possible(field, value)
    state = ValueState.NOT_CONCERNED if value is NOT_CONCERNED else ValueState.VALUE
    return {
        "etat": state.value,
        "valeur": to_json(field, value),
        "provenance": provenance.value,
        "revision": revision,
    }


def read_entry(field: Field, stored: Stored) -> Value:
    """The engine's value of one stored answer."""
    if stored["etat"] == ValueState.NOT_CONCERNED:
        return NOT_CONCERNED
    return from_json(field, stored["valeur"])


def read_document(fields: Mapping[str, Field], document: Mapping[str, Stored]) -> dict[str, Value]:
    """Every answer by code; codes that the version does not know are left out."""
    return {code: read_entry(fields[code], stored) for code, stored in document.items() if code in fields}


def known_of(fields: Mapping[str, Field], invited: InvitedStructure) -> dict[str, Value]:
    """What the register answers in the place of questions, by code, as it was on the day of the invitation."""
    if not invited.facts:
        return {}
    known = {}
    for code, field in fields.items():
        if field.register in invited.facts:
            value = from_json(field, invited.facts[field.register])
            # The register's bounds are not the question's: what a person could not have answered is asked.
            if is_possible(field, value):
                known[code] = value
    return known


def same_answer(one: Stored | None, other: Stored | None) -> bool:
    """Whether two stored answers say the same thing, whoever gave them and when."""
    if one is None or other is None:
        return one is other
    return one["etat"] == other["etat"] and one["valeur"] == other["valeur"]


def replay(revisions: Iterable[Revision]) -> dict[str, Stored]:
    """The document that a history gives, its revisions taken in their order."""
    document: dict[str, Stored] = {}
    for revision in revisions:
        for code, change in revision.changes.items():
            if change["apres"] is None:
                document.pop(code, None)
            else:
                document[code] = change["apres"]
    return document


def context_of(invited: InvitedStructure) -> dict[str, Value]:
    """What formulas may ask about the structure, as it was on the day of its invitation; unknown is absent."""
    context: dict[str, Value] = {"structure_type": invited.kind}
    if invited.gestion:
        context["structure_gestion"] = invited.gestion
    if invited.territory_type:
        context["structure_territoire"] = invited.territory_type
    if invited.priority_geography:
        context["structure_qpv"] = invited.priority_geography == PriorityGeography.QPV
    if invited.is_fcsf_member is not None:
        context["structure_fcsf"] = invited.is_fcsf_member
    return context
