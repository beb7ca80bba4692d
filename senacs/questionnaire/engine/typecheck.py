"""Types of formulas: every code known, every operation between things that can be compared or computed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from senacs.questionnaire.engine import tree
from senacs.questionnaire.engine.errors import DefinitionError, close_match
from senacs.questionnaire.engine.tokens import error_at

# Function: fewest and most arguments (None: no limit).
FUNCTIONS: dict[str, tuple[int, int | None]] = {
    "SOMME": (1, None),
    "MIN": (1, None),
    "MAX": (1, None),
    "MOYENNE": (1, None),
    "ABS": (1, 1),
    "ARRONDI": (1, 2),
    "NB_RENSEIGNES": (1, None),
    "SI": (3, 3),
}
MAX_DIGITS = 6


class Base(StrEnum):
    NUMBER = "nombre"
    BOOLEAN = "oui/non"
    CHOICE = "choix"
    MULTIPLE = "choix multiple"
    TEXT = "texte"
    DATE = "date"

    @property
    def described(self) -> str:
        return _DESCRIBED[self]


_DESCRIBED = {
    Base.NUMBER: "un nombre",
    Base.BOOLEAN: "un oui/non",
    Base.CHOICE: "un choix",
    Base.MULTIPLE: "un choix multiple",
    Base.TEXT: "un texte",
    Base.DATE: "une date",
}


@dataclass(frozen=True, slots=True)
class Type:
    base: Base
    options: tuple[str, ...] = ()
    has_previous: bool = True


NUMBER, BOOLEAN, TEXT, DATE = Type(Base.NUMBER), Type(Base.BOOLEAN), Type(Base.TEXT), Type(Base.DATE)


def check_tree(node: tree.Node, types: Mapping[str, Type]) -> tuple[tree.Node, Type, list[DefinitionError]]:
    """The tree with its dates resolved, its type, and every mistake found, in the order of the text."""
    checker = _Checker(types)
    checked, kind = checker.visit(node)
    return checked, kind or NUMBER, [error for _, error in sorted(checker.errors, key=lambda pair: pair[0])]


class _Checker:
    """An operand whose type is None carries a mistake already told: what holds it stays silent."""

    def __init__(self, types: Mapping[str, Type]) -> None:
        self.types = types
        self.errors: list[tuple[int, DefinitionError]] = []

    def refuse(self, at: int, message: str, suggestion: str = "") -> None:
        self.errors.append((at, error_at(at, message, suggestion)))

    def visit(self, node: tree.Node) -> tuple[tree.Node, Type | None]:
        match node:
            case tree.Number():
                return node, NUMBER
            case tree.Text():
                return node, TEXT
            case tree.Boolean():
                return node, BOOLEAN
            case tree.Day():
                return node, DATE
            case tree.Ref():
                return node, self.reference(node)
            case tree.Negative(operand):
                return tree.Negative(self.wanted(operand, Base.NUMBER, "« - »"), node.at), NUMBER
            case tree.Not(operand):
                return tree.Not(self.wanted(operand, Base.BOOLEAN, "« non »"), node.at), BOOLEAN
            case tree.All(items):
                return tree.All(tuple(self.wanted(i, Base.BOOLEAN, "« et »") for i in items), node.at), BOOLEAN
            case tree.AnyOf(items):
                return tree.AnyOf(tuple(self.wanted(i, Base.BOOLEAN, "« ou »") for i in items), node.at), BOOLEAN
            case tree.Implies(condition, consequence):
                checked = tree.Implies(
                    self.wanted(condition, Base.BOOLEAN, "« si »"),
                    self.wanted(consequence, Base.BOOLEAN, "« alors »"),
                    node.at,
                )
                return checked, BOOLEAN
            case tree.Sum(items):
                return tree.Sum(tuple(self.wanted(i, Base.NUMBER, "« + »") for i in items), node.at), NUMBER
            case tree.Arithmetic(operator, left, right):
                word = f"« {operator} »"
                return tree.Arithmetic(
                    operator, self.wanted(left, Base.NUMBER, word), self.wanted(right, Base.NUMBER, word), node.at
                ), NUMBER
            case tree.Compare():
                return self.comparison(node), BOOLEAN
            case tree.OneOf():
                return self.one_of(node), BOOLEAN
            case tree.Contains():
                return self.contains(node), BOOLEAN
            case tree.Is(operand):
                self.reference(operand)
                return node, BOOLEAN
            case tree.Call():
                return self.call(node)

    def reference(self, node: tree.Ref) -> Type | None:
        kind = self.types.get(node.name)
        if kind is None:
            self.refuse(node.at, f"code « {node.name} » inconnu", close_match(node.name, self.types))
        elif node.previous and not kind.has_previous:
            self.refuse(
                node.at, f"« {node.name} » n’a pas de valeur N-1 (nouveau cette année, ou propre à la structure)"
            )
        return kind

    def wanted(self, node: tree.Node, base: Base, where: str) -> tree.Node:
        checked, kind = self.visit(node)
        if kind is not None and kind.base is not base:
            suggestion = ""
            if base is Base.BOOLEAN and isinstance(node, tree.Ref):
                suggestion = f"Comparez-le à une valeur : « {node.name} = … » ou « {node.name} est non vide »."
            elif base is Base.NUMBER and kind.base is Base.BOOLEAN:
                suggestion = "Utilisez SI(condition; 1; 0)."
            self.refuse(
                node.at, f"{where} attend {base.described}, et {_name(node)} est {kind.base.described}", suggestion
            )
        return checked

    def comparison(self, node: tree.Compare) -> tree.Compare:
        left, left_type = self.visit(node.left)
        right, right_type = self.visit(node.right)
        if left_type is None or right_type is None:
            return tree.Compare(node.operator, left, right, node.at)
        if left_type.base is Base.DATE:
            right, right_type = self.as_day(right, right_type)
        elif right_type.base is Base.DATE:
            left, left_type = self.as_day(left, left_type)
        self.comparable(node, (left, left_type), (right, right_type))
        return tree.Compare(node.operator, left, right, node.at)

    def as_day(self, node: tree.Node, kind: Type) -> tuple[tree.Node, Type]:
        if not isinstance(node, tree.Text):
            return node, kind
        try:
            return tree.Day(date.fromisoformat(node.value), node.at), DATE
        except ValueError:
            self.refuse(node.at, f"« {node.value} » n’est pas une date", "Écrivez la date ainsi : '2025-12-31'.")
            return tree.Day(date.min, node.at), DATE

    def comparable(self, node: tree.Compare, left: tuple[tree.Node, Type], right: tuple[tree.Node, Type]) -> None:
        (left_node, left_type), (right_node, right_type) = left, right
        bases = {left_type.base, right_type.base}
        if Base.MULTIPLE in bases:
            self.refuse(node.at, f"« {node.operator} » ne compare pas un choix multiple", "Utilisez « contient ».")
        elif bases == {Base.CHOICE, Base.TEXT}:
            choice, literal = (left, right_node) if left_type.base is Base.CHOICE else (right, left_node)
            self.option(choice[0], choice[1], literal)
            self.equality_only(node, left_type)
        elif len(bases) > 1:
            suggestion = ""
            if bases == {Base.BOOLEAN, Base.NUMBER}:
                suggestion = "Écrivez « = oui » ou « = non »."
            elif bases == {Base.CHOICE, Base.NUMBER} and isinstance(right_node, tree.Number):
                suggestion = f"Mettez le code entre guillemets : '{right_node.value}'."
            elif bases == {Base.CHOICE, Base.BOOLEAN}:
                suggestion = "Mettez le code entre guillemets."
            self.refuse(
                node.at,
                f"« {node.operator} » compare {left_type.base.described} ({_name(left_node)}) "
                f"et {right_type.base.described} ({_name(right_node)})",
                suggestion,
            )
        elif bases not in ({Base.NUMBER}, {Base.DATE}):
            self.equality_only(node, left_type)

    def equality_only(self, node: tree.Compare, kind: Type) -> None:
        if node.operator not in {"=", "<>"}:
            self.refuse(node.at, f"« {node.operator} » ne s’applique pas à {kind.base.described}", "Utilisez = ou <>.")

    def option(self, operand: tree.Node, kind: Type, literal: tree.Node) -> None:
        if not isinstance(literal, tree.Text):
            self.refuse(literal.at, "un choix se compare à un code entre guillemets")
        elif literal.value not in kind.options:
            suggestion = close_match(literal.value, kind.options) or f"Codes possibles : {', '.join(kind.options)}."
            self.refuse(literal.at, f"« {literal.value} » n’est pas un choix de {_name(operand)}", suggestion)

    def one_of(self, node: tree.OneOf) -> tree.OneOf:
        operand, kind = self.visit(node.operand)
        if kind is not None and kind.base is Base.CHOICE:
            for choice in node.choices:
                self.option(node.operand, kind, choice)
        elif kind is not None and kind.base in {Base.NUMBER, Base.TEXT}:
            for choice in node.choices:
                self.wanted(choice, kind.base, "« parmi »")
        elif kind is not None:
            self.refuse(node.at, f"« parmi » ne s’applique pas à {kind.base.described}")
        return tree.OneOf(operand, node.choices, node.at)

    def contains(self, node: tree.Contains) -> tree.Contains:
        operand, kind = self.visit(node.operand)
        if kind is not None and kind.base is Base.MULTIPLE:
            self.option(node.operand, kind, node.choice)
        elif kind is not None:
            self.refuse(
                node.at, f"« contient » attend un choix multiple, et {_name(node.operand)} est {kind.base.described}"
            )
        return tree.Contains(operand, node.choice, node.at)

    def call(self, node: tree.Call) -> tuple[tree.Node, Type | None]:
        if node.function == "SI":
            return self.alternative(node)
        if node.function == "NB_RENSEIGNES":
            for argument in node.arguments:
                if not isinstance(argument, tree.Ref):
                    self.refuse(argument.at, "NB_RENSEIGNES ne compte que des codes de champs")
            return tree.Call(node.function, tuple(self.visit(a)[0] for a in node.arguments), node.at), NUMBER
        checked = tuple(self.wanted(a, Base.NUMBER, node.function) for a in node.arguments)
        if node.function == "ARRONDI" and len(checked) == 2:
            digits = checked[1]
            if not (isinstance(digits, tree.Number) and isinstance(digits.value, int) and digits.value <= MAX_DIGITS):
                self.refuse(digits.at, f"le nombre de décimales d’ARRONDI est un entier de 0 à {MAX_DIGITS}")
        return tree.Call(node.function, checked, node.at), NUMBER

    def alternative(self, node: tree.Call) -> tuple[tree.Node, Type | None]:
        condition = self.wanted(node.arguments[0], Base.BOOLEAN, "SI")
        then, then_type = self.visit(node.arguments[1])
        otherwise, else_type = self.visit(node.arguments[2])
        if then_type is not None and else_type is not None and then_type.base is not else_type.base:
            self.refuse(
                node.at, f"SI donne {then_type.base.described} ou {else_type.base.described} : il faut le même type"
            )
        kind = then_type or else_type
        if then_type is not None and else_type is not None and then_type.base is else_type.base is Base.CHOICE:
            kind = Type(Base.CHOICE, tuple(dict.fromkeys(then_type.options + else_type.options)))
        return tree.Call("SI", (condition, then, otherwise), node.at), kind


def _name(node: tree.Node) -> str:
    match node:
        case tree.Ref(name, previous):
            return f"« {name}{'[N-1]' if previous else ''} »"
        case tree.Text(value):
            return f"'{value}'"
        case tree.Number(value):
            return str(value)
        case tree.Boolean(value):
            return "oui" if value else "non"
        case tree.Call(function):
            return function
        case _:
            return "le calcul"
