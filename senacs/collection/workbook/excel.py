"""Formulas as Excel ones over the cells of a workbook, as far as it can say the same; ours stays the rule.

A cell holds what a person types: a number, a label, « Non concerné » or nothing. As for XPath, a formula becomes
« certainly true » and « certainly false », so that what is not answered yet is neither.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from senacs.questionnaire.engine import tree
from senacs.questionnaire.engine.schema import Field, Kind
from senacs.questionnaire.engine.values import NOT_CONCERNED, Value, format_value

NOT_CONCERNED_LABEL = "Non concerné"


class Untranslatable(Exception):
    """The formula reads something that the workbook does not hold."""


@dataclass(frozen=True)
class Cells:
    """Where each answer stands (« 'C. Emplois'!$C$12 »), this year's and last year's; context as constants."""

    fields: Mapping[str, Field]
    now: Mapping[str, str]
    before: Mapping[str, str]
    context: Mapping[str, Value]

    def at(self, ref: tree.Ref) -> str:
        known = (self.before if ref.previous else self.now).get(ref.name)
        if known is None:
            raise Untranslatable
        return known

    def when(self, node: tree.Node, truth: bool) -> str:
        """An expression that is TRUE exactly when `node` is known to be `truth`."""
        match node:
            case tree.Not(operand):
                return self.when(operand, not truth)
            case tree.All(items) | tree.AnyOf(items):
                both = isinstance(node, tree.All) == truth
                return _joined("AND" if both else "OR", [self.when(item, truth) for item in items])
            case tree.Implies(condition, consequence):
                parts = [self.when(condition, not truth), self.when(consequence, truth)]
                return _joined("OR" if truth else "AND", parts)
            case tree.Boolean(value):
                return _constant(value == truth)
            case tree.Ref(name) if name in self.context:
                return _constant(self.context[name] == truth)
            case tree.Ref():
                return f'{self.at(node)}="{"Oui" if truth else "Non"}"'
            case tree.Is(operand, state, negated):
                word = "" if state is tree.State.EMPTY else NOT_CONCERNED_LABEL
                return f'{self.at(operand)}{"=" if truth != negated else "<>"}"{word}"'
            case tree.OneOf(tree.Ref() as operand, choices):
                return self.same(operand, list(choices), truth)
            case tree.Compare(("=" | "<>") as sign, tree.Ref() as left, tree.Text() | tree.Boolean() as right):
                return self.same(left, [right], truth == (sign == "="))
            case tree.Compare(operator, left, right):
                (one, first), (other, second) = self.number(left), self.number(right)
                verdict = f"{one}{operator}{other}"
                known = list(dict.fromkeys((*first, *second)))
                return _joined("AND", [*known, verdict if truth else f"NOT({verdict})"])
        raise Untranslatable

    def same(self, ref: tree.Ref, choices: list[tree.Node], truth: bool) -> str:
        if ref.name in self.context:
            wanted = [c.value for c in choices if isinstance(c, tree.Text | tree.Boolean)]
            return _constant((self.context[ref.name] in wanted) == truth)
        cell = self.at(ref)
        match = _joined("OR", [f"{cell}={self.label(ref.name, choice)}" for choice in choices])
        if truth:
            return match
        return _joined("AND", [f'{cell}<>""', f'{cell}<>"{NOT_CONCERNED_LABEL}"', f"NOT({match})"])

    def label(self, code: str, choice: tree.Node) -> str:
        """The text that a person reads in the cell for an option."""
        field = self.fields[code]
        if isinstance(choice, tree.Boolean) and field.kind is Kind.YES_NO:
            return '"Oui"' if choice.value else '"Non"'
        if isinstance(choice, tree.Text) and field.kind is Kind.CHOICE:
            return quoted({option.code: option.label for option in field.options}[choice.value])
        raise Untranslatable

    def number(self, node: tree.Node) -> tuple[str, tuple[str, ...]]:
        """The number, and the tests under which it is known."""
        match node:
            case tree.Number(literal):
                return str(literal), ()
            case tree.Ref(name) if not node.previous and name in self.fields and self.fields[name].kind.is_numeric:
                return self.at(node), (f"ISNUMBER({self.at(node)})",)
            case tree.Ref() if node.previous:
                return self.at(node), (f"ISNUMBER({self.at(node)})",)
            case tree.Negative(operand):
                value, known = self.number(operand)
                return f"(-{value})", known
            case tree.Sum(items):
                parts = [self.term(item) for item in items]
                return f"({'+'.join(value for value, _ in parts)})", _together(parts)
            case tree.Arithmetic(operator, left, right):
                parts = [self.number(left), self.number(right)]
                known = _together(parts)
                (one, _), (other, _) = parts
                return f"({one}{operator}{other})", (*known, f"{other}<>0") if operator == "/" else known
            case tree.Call("SOMME", arguments):
                parts = [self.term(argument) for argument in arguments]
                any_known = _joined("OR", [_joined("AND", list(tests)) for _, tests in parts if tests])
                return f"({'+'.join(value for value, _ in parts)})", (any_known,)
            case tree.Call("ABS", (argument,)):
                value, known = self.number(argument)
                return f"ABS({value})", known
            case tree.Call("MIN" | "MAX", arguments):
                parts = [self.number(argument) for argument in arguments]
                return f"{node.function}({','.join(value for value, _ in parts)})", _together(parts)
        raise Untranslatable

    def term(self, node: tree.Node) -> tuple[str, tuple[str, ...]]:
        """The same in a sum, where « non concerné » counts as 0."""
        if isinstance(node, tree.Ref):
            return f"N({self.at(node)})", (f'{self.at(node)}<>""',)
        return self.number(node)


def _together(parts: list[tuple[str, tuple[str, ...]]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(test for _, tests in parts for test in tests))


def _joined(function: str, parts: list[str]) -> str:
    distinct = list(dict.fromkeys(parts))
    return distinct[0] if len(distinct) == 1 else f"{function}({','.join(distinct)})"


def _constant(truth: bool) -> str:
    return "TRUE" if truth else "FALSE"


def quoted(text: str) -> str:
    """A text in a formula, in pieces of the 255 characters that Excel allows."""
    pieces = [text[start : start + 250] for start in range(0, len(text), 250)] or [""]
    return "&".join('"' + piece.replace('"', '""') + '"' for piece in pieces)


def typed(field: Field, value: Value | None) -> int | Decimal | str:
    """What a cell holds for a value: a number, or the text that a person would type."""
    if value is None:
        return ""
    if value is NOT_CONCERNED:
        return NOT_CONCERNED_LABEL
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return value
    if isinstance(value, tuple):
        labels = {option.code: option.label for option in field.options}
        return " ; ".join(labels.get(code, code) for code in value)
    if field.kind is Kind.DATE:
        return f"{value:%d/%m/%Y}"
    return format_value(field, value)
