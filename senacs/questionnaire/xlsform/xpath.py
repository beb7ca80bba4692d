"""Formulas as XPath for Kobo and ODK, as far as it can say the same; ours stays the definition.

XPath knows true and false only, and takes an empty answer for NaN. So a formula becomes two expressions, « certainly
true » and « certainly false », each asking that what it reads is answered: unknown is then neither (Kleene).
"""

from senacs.questionnaire.engine import tree
from senacs.questionnaire.engine.typecheck import Base, Type

_OPERATORS = {"=": "=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


class Untranslatable(Exception):
    """The formula asks what a form cannot know: last year's answers, « non concerné », an average."""


def relevant(node: tree.Node, types: dict[str, Type]) -> str:
    """True where the condition is certainly true: unknown hides, as here. Raises Untranslatable."""
    return _Writer(types).when(node, True)


def broken(node: tree.Node, types: dict[str, Type]) -> str:
    """True where a rule certainly fails. Raises Untranslatable."""
    return _Writer(types).when(node, False)


def calculation(node: tree.Node, types: dict[str, Type]) -> str:
    """The number that a computed field shows; empty as long as nothing is known. Raises Untranslatable."""
    writer = _Writer(types)
    value, known = writer.number(node)
    return f"if({known}, {value}, '')" if known != "true()" else value


class _Writer:
    def __init__(self, types: dict[str, Type]) -> None:
        self.types = types

    def when(self, node: tree.Node, truth: bool) -> str:
        """An expression that is true exactly when `node` is known to be `truth`."""
        match node:
            case tree.Not(operand):
                return self.when(operand, not truth)
            case tree.All(items) | tree.AnyOf(items):
                together = isinstance(node, tree.All) == truth
                return _joined("and" if together else "or", [self.when(item, truth) for item in items])
            case tree.Implies(condition, consequence):
                parts = [self.when(condition, not truth), self.when(consequence, truth)]
                return _joined("or" if truth else "and", parts)
            case tree.Boolean(value):
                return "true()" if value == truth else "false()"
            case tree.Ref():
                return f"{self.ref(node)} = '{'oui' if truth else 'non'}'"
            case tree.Is(operand, tree.State.EMPTY, negated):
                return f"{self.ref(operand)} {'=' if truth != negated else '!='} ''"
            case tree.Compare(operator, left, right):
                return self.compare(operator, left, right, truth)
            case tree.OneOf(tree.Ref() as operand, choices):
                same = _joined("or", [f"{self.ref(operand)} = {self.literal(choice)}" for choice in choices])
                return _joined("and", [f"{self.ref(operand)} != ''", same if truth else f"not({same})"])
            case tree.Contains(tree.Ref() as operand, choice):
                has = f"selected({self.ref(operand)}, {self.literal(choice)})"
                return has if truth else _joined("and", [f"{self.ref(operand)} != ''", f"not({has})"])
        raise Untranslatable

    def compare(self, operator: str, left: tree.Node, right: tree.Node, truth: bool) -> str:
        sign = _OPERATORS[operator]
        if self.is_textual(left) or self.is_textual(right):
            one, other = self.literal(left), self.literal(right)
            known = [f"{text} != ''" for node, text in ((left, one), (right, other)) if isinstance(node, tree.Ref)]
        else:
            (one, first), (other, second) = self.number(left), self.number(right)
            known = list(dict.fromkeys(text for text in (first, second) if text != "true()"))
        verdict = f"{one} {sign} {other}"
        return _joined("and", [*known, verdict if truth else f"not({verdict})"])

    def is_textual(self, node: tree.Node) -> bool:
        match node:
            case tree.Text() | tree.Boolean() | tree.Day():
                return True
            case tree.Ref(name):
                return self.types[name].base is not Base.NUMBER
        return False

    def literal(self, node: tree.Node) -> str:
        match node:
            case tree.Text(value) if "'" not in value:
                return f"'{value}'"
            case tree.Boolean(value):
                return "'oui'" if value else "'non'"
            case tree.Day(value):
                return f"date('{value.isoformat()}')"
            case tree.Ref():
                return self.ref(node)
        raise Untranslatable

    def ref(self, node: tree.Ref) -> str:
        if node.previous:
            raise Untranslatable
        return f"${{{node.name}}}"

    def number(self, node: tree.Node) -> tuple[str, str]:
        """The number, and the condition under which it is known."""
        match node:
            case tree.Number(literal):
                return str(literal), "true()"
            case tree.Ref():
                return self.ref(node), f"{self.ref(node)} != ''"
            case tree.Negative(operand):
                value, known = self.number(operand)
                return f"(0 - {value})", known
            case tree.Sum(items):
                parts = [self.number(item) for item in items]
                return f"({' + '.join(value for value, _ in parts)})", _all_known(parts)
            case tree.Arithmetic(operator, left, right):
                parts = [self.number(left), self.number(right)]
                (one, _), (other, _) = parts
                known = _all_known(parts)
                if operator == "/":
                    known = _joined("and", [known, f"{other} != 0"] if known != "true()" else [f"{other} != 0"])
                return f"({one} {'div' if operator == '/' else operator} {other})", known
            case tree.Call(function, arguments):
                return self.call(function, arguments)
        raise Untranslatable

    def call(self, function: str, arguments: tuple[tree.Node, ...]) -> tuple[str, str]:
        match function:
            case "SOMME":
                parts = [self.number(argument) for argument in arguments]
                terms = [value if known == "true()" else f"if({known}, {value}, 0)" for value, known in parts]
                return f"({' + '.join(terms)})", _joined("or", [known for _, known in parts])
            case "NB_RENSEIGNES":
                refs = [self.ref(argument) for argument in arguments if isinstance(argument, tree.Ref)]
                return f"({' + '.join(f'if({ref} != {chr(39) * 2}, 1, 0)' for ref in refs)})", "true()"
            case "ABS":
                value, known = self.number(arguments[0])
                return f"abs({value})", known
            case "ARRONDI":
                value, known = self.number(arguments[0])
                digits = self.number(arguments[1])[0] if len(arguments) > 1 else "0"
                return f"round({value}, {digits})", known
            case "SI":
                yes, no = self.number(arguments[1]), self.number(arguments[2])
                true, false = self.when(arguments[0], True), self.when(arguments[0], False)
                known = _joined("or", [_joined("and", [true, yes[1]]), _joined("and", [false, no[1]])])
                return f"if({true}, {yes[0]}, {no[0]})", known
        raise Untranslatable


def _all_known(parts: list[tuple[str, str]]) -> str:
    known = list(dict.fromkeys(condition for _, condition in parts if condition != "true()"))
    return _joined("and", known) if known else "true()"


def _joined(word: str, parts: list[str]) -> str:
    distinct = list(dict.fromkeys(parts))
    return distinct[0] if len(distinct) == 1 else f"({f' {word} '.join(distinct)})"
