"""Answers of earlier years of structures that others have joined: those of all of them, added up; or none.

A merged structure answers for what several answered before. Its N-1 is their sum once each of them has sent its
response, and unknown otherwise: half a sum would read as a doubling. A fiche made one with its double has the answers
of either. What came out of a split has no N-1.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any

from senacs.collection.documents import Stored, read_entry, write_entry
from senacs.collection.enums import Provenance
from senacs.collection.models import Response
from senacs.questionnaire.engine.possible import ImpossibleValue
from senacs.questionnaire.engine.schema import Field, Kind
from senacs.questionnaire.engine.values import NOT_CONCERNED
from senacs.register.enums import SuccessionLink
from senacs.register.queries import origins

# A share or a duration of the year is that of each: two of them do not add up.
_NOT_ADDED = frozenset({"semaines", "années", "%"})


@dataclass(frozen=True, slots=True)
class Joined:
    """Whose answers of one year are a structure's: doubles of its own entry, and those that it took in since."""

    doubles: frozenset[int]
    merged: frozenset[int]


def joined_since(structures: Collection[int], data_year: int) -> dict[int, Joined]:
    """Of these structures, those whose answers of `data_year` are not theirs alone; one query."""
    found = {}
    for structure, links in origins(structures).items():
        doubles = frozenset(one.predecessor_id for one in links if one.link == SuccessionLink.DUPLICATE)
        merged = frozenset(
            one.predecessor_id for one in links if one.link == SuccessionLink.MERGE and one.act.on.year > data_year
        )
        if doubles or merged:
            found[structure] = Joined(doubles, merged)
    return found


def everyone(joined: Mapping[int, Joined]) -> set[int]:
    """Structures whose responses are needed besides."""
    return {one for each in joined.values() for one in each.doubles | each.merged}


def as_one(
    structure: int, joined: Joined | None, sent: Mapping[int, Response], fields: Mapping[str, Field]
) -> Response | None:
    """The response of a year that stands for a structure; `sent` by structure; None where it cannot be told.

    Unsaved where it is made of several: their answers added up, the rest where they all agree.
    """
    own = sent.get(structure)
    if joined is None:
        return own
    if own is None:
        own = next((sent[one] for one in sorted(joined.doubles) if one in sent), None)
    if own is None or not joined.merged:
        return own
    if not joined.merged <= sent.keys():
        return None
    whole = copy(own)
    parts = [own.values, *(sent[one].values for one in sorted(joined.merged))]
    whole.pk, whole.structure_id, whole.values = None, structure, added_up(fields, parts)
    return whole


def joined_up(
    responses: Iterable[Response], joined: Mapping[int, Joined], fields: Mapping[str, Field]
) -> Iterator[Response]:
    """Responses of one year as they come, but those of structures that were joined, last and as one."""
    held: dict[int, Response] = {}
    concerned = everyone(joined) | set(joined)
    for response in responses:
        if response.structure_id in concerned:
            held[response.structure_id] = response
        else:
            yield response
    for structure in sorted(joined):
        one = as_one(structure, joined[structure], held, fields)
        if one is not None:
            yield one


def added_up(fields: Mapping[str, Field], parts: Iterable[Mapping[str, Stored]]) -> dict[str, Stored]:
    """Stored answers of several as those of one; what one of them left unanswered is unanswered."""
    documents = list(parts)
    whole: dict[str, Stored] = {}
    for code in set.intersection(*(set(document) for document in documents)):
        if code not in fields or fields[code].computed is not None:
            continue
        value = _together(fields[code], [read_entry(fields[code], document[code]) for document in documents])
        if value is None:
            continue
        try:
            whole[code] = write_entry(fields[code], value, provenance=Provenance.CARRIED_OVER, revision=0)
        except ImpossibleValue:
            continue  # a sum that the question cannot hold is none
    return whole


def _together(field: Field, values: list[Any]) -> Any:
    if all(value == values[0] for value in values) and not _adds_up(field):
        return values[0]
    if not _adds_up(field):
        return None
    numbers = [value for value in values if value is not NOT_CONCERNED]
    return sum(numbers[1:], numbers[0]) if numbers else NOT_CONCERNED


def _adds_up(field: Field) -> bool:
    return field.kind.is_numeric and field.kind != Kind.PERCENT and field.unit not in _NOT_ADDED
