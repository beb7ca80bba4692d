"""Formulas as Excel ones over the cells of a workbook, as far as it can say the same; ours stays the rule.

A cell holds what a person types: a number, a label, « Non concerné » or nothing. As for XPath, a formula becomes
« certainly true » and « certainly false », so that what is not answered yet is neither.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from senacs.questionnaire.engine import tree
from senacs.questionnaire.engine.schema import Field, Kind
from senacs.questionnaire.engine.values import NOT_CONCERNED, Value, format_value

NOT_CONCERNED_LABEL = "Non concerné"


class UntranslatableInCells(Exception):
    """The formula asks what a cell cannot tell (a date, a text)."""


@dataclass(frozen=True)
class AnswerPlaces:
    """Where each answer stands (« 'C. Emplois'!$C$12 »), this year's and last year's; context as constants.

    A field without a cell is never asked of this structure, or had no answer last year: it is unanswered.
    """

    fields: Mapping[str, Field]
    now: Mapping[str, str]
    before: Mapping[str, str]
    context: Mapping[str, Value]

    def at(self, ref: tree.Ref) -> str | None:
        return (self.before if ref.previous else self.now).get(ref.name)

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
                cell = self.at(node)
                return f'{cell}="{"Oui" if truth else "Non"}"' if cell else _constant(False)
            case tree.Is(operand, state, negated):
                cell, word = self.at(operand), "" if state is tree.State.EMPTY else NOT_CONCERNED_LABEL
                if cell is None:
                    return _constant((state is tree.State.EMPTY) == (truth != negated))
                return f'{cell}{"=" if truth != negated else "<>"}"{word}"'
            case tree.Contains(tree.Ref() as operand, tree.Text() as choice):
                return self.contains(operand, choice, truth)
            case tree.OneOf(operand, choices) if isinstance(choices[0], tree.Number):
                found: list[tree.Node] = [tree.Compare("=", operand, choice) for choice in choices]
                return self.when(tree.AnyOf(tuple(found)), truth)
            case tree.OneOf(tree.Ref() as operand, choices):
                return self.same(operand, list(choices), truth)
            case tree.Compare(("=" | "<>") as sign, tree.Ref() as left, tree.Text() | tree.Boolean() as right):
                return self.same(left, [right], truth == (sign == "="))
            case tree.Compare(("=" | "<>") as sign, tree.Ref() as left, tree.Ref() as right) if self.is_choice(left):
                return self.alike(left, right, truth == (sign == "="))
            case tree.Compare(operator, left, right):
                (one, first), (other, second) = self.number(left), self.number(right)
                # A sum of decimals is a hair away from what it should be: compared as we do, to the millionth.
                exact = isinstance(left, tree.Ref | tree.Number) and isinstance(right, tree.Ref | tree.Number)
                verdict = f"{one}{operator}{other}" if exact else f"ROUND({one}-{other},6){operator}0"
                known = list(dict.fromkeys((*first, *second)))
                return _joined("AND", [*known, verdict if truth else f"NOT({verdict})"])
        raise UntranslatableInCells

    def is_choice(self, ref: tree.Ref) -> bool:
        field = self.fields.get(ref.name)
        return field is not None and field.kind in {Kind.CHOICE, Kind.YES_NO}

    def alike(self, left: tree.Ref, right: tree.Ref, truth: bool) -> str:
        """Two answers chosen in the same list."""
        one, other = self.at(left), self.at(right)
        if one is None or other is None:
            return _constant(False)
        known = [f'{cell}<>"{word}"' for cell in (one, other) for word in ("", NOT_CONCERNED_LABEL)]
        return _joined("AND", [*known, f"{one}{'=' if truth else '<>'}{other}"])

    def contains(self, ref: tree.Ref, choice: tree.Text, truth: bool) -> str:
        """Whether a label is among those of a cell, which « ; » separates."""
        cell = self.at(ref)
        if cell is None:
            return _constant(False)
        label = {option.code: option.label for option in self.fields[ref.name].options}[choice.value]
        wanted = quoted(f";{label};".replace(" ", "").lower())
        match = f'ISNUMBER(FIND({wanted},LOWER(";"&SUBSTITUTE({cell}," ","")&";")))'
        if truth:
            return match
        return _joined("AND", [f'{cell}<>""', f'{cell}<>"{NOT_CONCERNED_LABEL}"', f"NOT({match})"])

    def same(self, ref: tree.Ref, choices: list[tree.Node], truth: bool) -> str:
        if ref.name in self.context:
            wanted = [c.value for c in choices if isinstance(c, tree.Text | tree.Boolean)]
            return _constant((self.context[ref.name] in wanted) == truth)
        cell = self.at(ref)
        if cell is None:
            return _constant(False)
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
        raise UntranslatableInCells

    def number(self, node: tree.Node) -> tuple[str, tuple[str, ...]]:
        """The number, and the tests under which it is known."""
        match node:
            case tree.Number(literal):
                return str(literal), ()
            case tree.Ref(name) if name not in self.context and self.is_numeric(name):
                cell = self.at(node)
                # A text in a calculation would be an error, and hide everything else that the formula says.
                return (f"N({cell})", (f"ISNUMBER({cell})",)) if cell else ("0", (_constant(False),))
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
                if operator != "/":
                    return f"({one}{operator}{other})", known
                return f"({one}/IF({other}=0,1,{other}))", (*known, f"{other}<>0")
            case tree.Call("SOMME", arguments):
                parts = [self.term(argument) for argument in arguments]
                any_known = _joined("OR", [_joined("AND", list(tests) or [_constant(True)]) for _, tests in parts])
                return f"({'+'.join(value for value, _ in parts)})", (any_known,)
            case tree.Call("ABS", (argument,)):
                value, known = self.number(argument)
                return f"ABS({value})", known
            case tree.Call("MIN" | "MAX" | "MOYENNE", arguments):
                parts = [self.number(argument) for argument in arguments]
                name = "AVERAGE" if node.function == "MOYENNE" else node.function
                return f"{name}({','.join(value for value, _ in parts)})", _together(parts)
            case tree.Call("ARRONDI", (argument, *digits)):
                value, known = self.number(argument)
                places = self.number(digits[0])[0] if digits else "0"
                # To the twelfth decimal first: a half that calculation made a hair too small still rounds up.
                return f"ROUND(ROUND({value},12),{places})", known
            case tree.Call("SI", (condition, then, otherwise)):
                (yes, first), (no, second) = self.number(then), self.number(otherwise)
                true, false = self.when(condition, True), self.when(condition, False)
                known_either = _joined("OR", [_joined("AND", [true, *first]), _joined("AND", [false, *second])])
                return f"IF({true},{yes},{no})", (known_either,)
            case tree.Call("NB_RENSEIGNES", arguments):
                cells = [self.at(argument) for argument in arguments if isinstance(argument, tree.Ref)]
                return f"({'+'.join(f'N({cell}<>{chr(34) * 2})' for cell in cells if cell) or '0'})", ()
        raise UntranslatableInCells

    def is_numeric(self, name: str) -> bool:
        """A field that last year's version alone knows has its cell of last year, and nothing else to go by."""
        return name not in self.fields or self.fields[name].kind.is_numeric

    def term(self, node: tree.Node) -> tuple[str, tuple[str, ...]]:
        """The same in a sum, where « non concerné » counts as 0."""
        if isinstance(node, tree.Ref):
            cell = self.at(node)
            return (f"N({cell})", (f'{cell}<>""',)) if cell else ("0", (_constant(False),))
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


def typed(field: Field, value: Value | None) -> int | Decimal | date | str:
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
    if isinstance(value, date):
        return value
    return format_value(field, value)
