"""Every stored answer against its question: what the door of storage refuses must not be there by another way."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from senacs.collection.documents import Stored, read_entry
from senacs.collection.enums import ResponseState, ValueState
from senacs.collection.models import Response
from senacs.collection.queries import compiled_of
from senacs.questionnaire.engine.possible import ImpossibleValue, require_possible
from senacs.questionnaire.engine.schema import Field
from senacs.questionnaire.engine.values import to_json

BATCH = 200


@dataclass(frozen=True, slots=True)
class Checked:
    """One response: its structure's code, how many answers it holds, and why some are impossible, by field code."""

    response: int
    structure: str
    year: int
    answers: int
    impossible: Mapping[str, str]


def impossible_answers(*, year: int | None = None, validated: bool = False) -> Iterator[Checked]:
    """Each response in turn, all of them or those of one survey year, or only those that are validated."""
    responses = Response.objects.select_related("campaign__version", "structure").defer("campaign__version__document")
    if year is not None:
        responses = responses.filter(campaign__year=year)
    if validated:
        responses = responses.filter(state=ResponseState.VALIDATED)
    for response in responses.order_by("campaign__year", "pk").iterator(BATCH):
        fields = compiled_of(response).questionnaire.fields
        found = {code: reason for code, stored in response.values.items() if (reason := _reason(fields, code, stored))}
        yield Checked(response.pk, response.structure.code, response.campaign.year, len(response.values), found)


def _reason(fields: Mapping[str, Field], code: str, stored: Stored) -> str:
    field = fields.get(code)
    if field is None:
        return "cette question n’est pas dans le questionnaire"
    if stored["etat"] not in set(ValueState):
        return "cet état n’existe pas"
    try:
        value = read_entry(field, stored)
        require_possible(field, value)
    except ImpossibleValue as impossible:
        return str(impossible).partition(" : ")[2]
    except (ValueError, ArithmeticError):
        return "la valeur n’est pas du type de la question"
    return "" if to_json(field, value) == stored["valeur"] else "la valeur n’est pas écrite sous sa forme"
