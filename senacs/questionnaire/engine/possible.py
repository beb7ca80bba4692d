"""What a field can hold: the last word on a value before it is stored, whoever writes it and by whatever way."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from senacs.lib import french
from senacs.questionnaire.engine.parsing import EARLIEST_YEAR, LATEST_YEAR
from senacs.questionnaire.engine.schema import Field, Kind
from senacs.questionnaire.engine.values import NOT_CONCERNED, Value


class ImpossibleValue(ValueError):
    """A value that the field cannot hold: a fault of the writer, since whatever a person types is read before.

    The message, in French, says why and never repeats a text.
    """


def require_possible(field: Field, value: Value) -> None:
    """Raises ImpossibleValue unless the value is one that a person could have given to this very question."""
    if reason := _reason(field, value):
        raise ImpossibleValue(f"{field.code} : {reason}")


def is_possible(field: Field, value: Value) -> bool:
    return not _reason(field, value)


def _reason(field: Field, value: Value) -> str:
    if field.is_computed:
        return "ce total est calculé et ne se garde pas"
    if value is NOT_CONCERNED:
        return "" if field.allows_not_concerned else "« non concerné » n’est pas possible"
    return _BY_KIND[field.kind](field, value)


def _number(field: Field, value: Value) -> str:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return "ce n’est pas un nombre"
    if isinstance(value, Decimal) and not value.is_finite():
        return "ce nombre n’est pas fini"
    if field.minimum is not None and value < field.minimum:
        return f"le nombre est inférieur à {french.number(field.minimum)}"
    if field.maximum is not None and value > field.maximum:
        return f"le nombre est supérieur à {french.number(field.maximum)}"
    if field.kind in {Kind.INTEGER, Kind.AMOUNT}:
        return "" if isinstance(value, int) else "le nombre n’est pas entier"
    if value != round(value, field.decimals):
        return f"le nombre a plus de {french.plural(field.decimals, 'décimale')}"
    return ""


def _yes_no(field: Field, value: Value) -> str:
    return "" if isinstance(value, bool) else "ce n’est ni oui ni non"


def _choice(field: Field, value: Value) -> str:
    if isinstance(value, str) and any(option.code == value for option in field.options):
        return ""
    return f"« {str(value)[:40]} » ne fait pas partie des choix"


def _several(field: Field, value: Value) -> str:
    if not isinstance(value, tuple):
        return "ce n’est pas une liste de choix"
    order = [option.code for option in field.options]
    if unknown := [code for code in value if code not in order]:
        return f"« {unknown[0][:40]} » ne fait pas partie des choix"
    return "" if sorted(set(value), key=order.index) == list(value) else "les choix sont répétés ou en désordre"


def _text(field: Field, value: Value) -> str:
    if not isinstance(value, str):
        return "ce n’est pas un texte"
    if not value.strip():
        return "le texte est vide"
    return "" if len(value) <= field.max_length else f"le texte dépasse {french.plural(field.max_length, 'caractère')}"


def _date(field: Field, value: Value) -> str:
    if not isinstance(value, date):
        return "ce n’est pas une date"
    is_known = EARLIEST_YEAR <= value.year <= LATEST_YEAR
    return "" if is_known else f"l’année n’est pas entre {EARLIEST_YEAR} et {LATEST_YEAR}"


_BY_KIND: dict[Kind, Callable[[Field, Value], str]] = {
    Kind.INTEGER: _number,
    Kind.AMOUNT: _number,
    Kind.DECIMAL: _number,
    Kind.PERCENT: _number,
    Kind.YES_NO: _yes_no,
    Kind.CHOICE: _choice,
    Kind.MULTIPLE: _several,
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.DATE: _date,
}
