"""Values as the text of an HTML control, and what a control sends back."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.http import QueryDict

from senacs.lib import french
from senacs.questionnaire.engine.numbers import in_hours
from senacs.questionnaire.engine.schema import Field, Kind
from senacs.questionnaire.engine.values import NotConcerned, Value, canonical

Raw = str | list[str]
# What a control sends for « non concerné »; free text has a checkbox of its own.
NC = "nc"


def control_text(field: Field, value: Value | None) -> Raw:
    """What the control of `field` holds: grouped digits, « 9h30 », option codes, ISO date; « nc » for non concerné."""
    if value is None:
        return [] if field.kind is Kind.MULTIPLE else ""
    if isinstance(value, NotConcerned):
        return [NC] if field.kind is Kind.MULTIPLE else NC
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, int):
        return french.number(value, 0)
    if isinstance(value, Decimal):
        if field.is_clock:
            return in_hours(value).replace(french.NBSP, "").removesuffix("h")
        return french.number(value, len(canonical(value).partition(".")[2]))
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def posted(data: QueryDict, fields: Mapping[str, Field]) -> dict[str, Raw]:
    """The raw input of each control of a section that the plain form showed.

    `v-<code>` holds the value and `present` the codes shown, since an unticked box sends nothing. A box of `nc` makes
    its field non concerned; a box of `nc-row` the cells of its row that were left blank.
    """
    ticked, rows, present = (_codes(data, name) for name in ("nc", "nc-row", "present"))
    inputs: dict[str, Raw] = {}
    for code in present & fields.keys():
        if fields[code].kind is Kind.MULTIPLE:
            inputs[code] = [str(item) for item in data.getlist(f"v-{code}")]
        else:
            inputs[code] = str(data.get(f"v-{code}", ""))
        if code in ticked or (code in rows and not str(inputs[code]).strip()):
            inputs[code] = NC
    return inputs


def _codes(data: QueryDict, name: str) -> set[str]:
    return {code for item in data.getlist(name) for code in str(item).split()}
