"""The formula language: a text becomes a typed tree (Pratt parser). Never evaluated as Python.

Precedence, loosest first: `si … alors …` · `ou` · `et` · `non` · comparisons, `parmi`, `contient`, `est` ·
`+ -` · `* /` · unary `-` · `[N-1]`. Comparisons do not chain. See docs/formulas.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from senacs.lib.text import without_accents
from senacs.questionnaire.engine import tree as nodes
from senacs.questionnaire.engine.errors import DefinitionError, close_match
from senacs.questionnaire.engine.tokens import KEYWORDS, Token, error_at, tokenise
from senacs.questionnaire.engine.typecheck import FUNCTIONS, Base, Type, check_tree

MAX_DEPTH = 60
COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">="})
_IMPLICATION, _OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _SIGN = 5, 10, 20, 30, 40, 50, 60, 70
_BINDING = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, **dict.fromkeys(COMPARISONS, _COMPARISON)}
_KEYWORD_BINDING = {"ou": _OR, "et": _AND, "parmi": _COMPARISON, "contient": _COMPARISON, "est": _COMPARISON}


@dataclass(frozen=True, slots=True)
class Expression:
    """A formula: its text, its tree, and the codes that it reads as (code, is_previous)."""

    text: str
    tree: nodes.Node = field(repr=False, compare=False)
    names: frozenset[tuple[str, bool]] = field(repr=False, compare=False)
    type: Type | None = field(default=None, repr=False, compare=False)  # set by check

    @property
    def codes(self) -> frozenset[str]:
        """This year's codes only."""
        return frozenset(name for name, is_previous in self.names if not is_previous)

    def check(self, types: Mapping[str, Type], *, expect: Base | None = None) -> "Expression":
        """The same formula with its type known; DefinitionError on an unknown code or a wrong type."""
        node, kind, errors = check_tree(self.tree, types)
        if errors:
            raise errors[0]
        if expect is not None and kind.base is not expect:
            raise DefinitionError(f"la formule donne {kind.base.described}, il faut {expect.described}.")
        return Expression(self.text, node, self.names, kind)

    def errors(self, types: Mapping[str, Type]) -> list[DefinitionError]:
        """Everything that `check` would refuse."""
        return check_tree(self.tree, types)[2]


def parse(text: str, *, origin: tuple[str, int] | None = None) -> Expression:
    """Parses `text`; DefinitionError in French with the position. `origin`: (file, line) to name in the error."""
    try:
        return _parsed(text)
    except DefinitionError as error:
        if origin is not None:
            raise error.located(*origin) from None
        raise


# Five years of questionnaires share most of their formulas, and a tree never changes.
@lru_cache(maxsize=8192)
def _parsed(text: str) -> Expression:
    node = _Parser(text).parse()
    # The parser bounds its own recursion; long chains without parentheses are bounded here.
    if any(depth > MAX_DEPTH for _, depth in nodes.walk(node)):
        raise DefinitionError(f"formule trop imbriquée ({MAX_DEPTH} niveaux au plus).")
    names = frozenset((n.name, n.previous) for n, _ in nodes.walk(node) if isinstance(n, nodes.Ref))
    return Expression(text.strip(), node, names)


def joined(expressions: Iterable[Expression | None]) -> Expression | None:
    """All of them at once (« (a) et (b) »); None when there is none."""
    distinct = list(dict.fromkeys(e for e in expressions if e is not None))
    if len(distinct) < 2:
        return distinct[0] if distinct else None
    return parse(" et ".join(f"({e.text})" for e in distinct))


class _Parser:
    def __init__(self, text: str) -> None:
        if not text.strip():
            raise DefinitionError("formule vide.")
        self.tokens = tokenise(text)
        self.position = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.position]

    def advance(self) -> Token:
        token = self.token
        self.position += 1
        return token

    def is_operator(self, text: str) -> bool:
        return self.token.kind == "operator" and self.token.text == text

    def is_keyword(self, text: str) -> bool:
        return self.token.kind == "keyword" and self.token.text == text

    def expect(self, text: str, why: str) -> None:
        if not self.is_operator(text):
            raise error_at(self.token.at, f"il faut « {text} » {why}, pas {_shown(self.token)}")
        self.position += 1

    def parse(self) -> nodes.Node:
        node = self.expression(0)
        if self.token.kind != "end":
            raise self.unexpected_after()
        return node

    def unexpected_after(self) -> DefinitionError:
        token, before = self.token, self.tokens[self.position - 1]
        if token.kind == "number" and before.kind == "number":
            return error_at(
                token.at,
                "deux nombres qui se suivent",
                f"Écrivez {before.text}{token.text} sans espace, ou « ; » entre.",
            )
        if token.kind == "name":
            return error_at(token.at, f"« {token.text} » inattendu", close_match(token.text, KEYWORDS))
        if token.kind == "operator" and token.text == ";":
            return error_at(token.at, "« ; » hors d’une fonction ou d’une liste")
        return error_at(token.at, f"{_shown(token)} inattendu")

    def expression(self, minimum: int) -> nodes.Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise error_at(self.token.at, f"formule trop imbriquée ({MAX_DEPTH} niveaux au plus)")
        left = self.prefix()
        while (binding := self.binding()) > minimum:
            left = self.infix(left, binding)
        self.depth -= 1
        return left

    def binding(self) -> int:
        token = self.token
        if token.kind == "operator":
            return _BINDING.get(token.text, 0)
        if token.kind == "keyword":
            return _KEYWORD_BINDING.get(token.text, 0)
        return 0

    def prefix(self) -> nodes.Node:
        token = self.advance()
        match token.kind, token.text:
            case "number", text:
                return self.number(token, text)
            case "string", text:
                return nodes.Text(text, token.at)
            case "keyword", "oui" | "vrai":
                return nodes.Boolean(True, token.at)
            case "keyword", "faux":
                return nodes.Boolean(False, token.at)
            case "keyword", "non":
                return self.negation(token)
            case "keyword", "si":
                return self.conditional(token)
            case "operator", "-":
                return nodes.Negative(self.expression(_SIGN), token.at)
            case "operator", "(":
                node = self.expression(0)
                self.expect(")", "pour fermer la parenthèse")
                return node
            case "name", _ if self.is_operator("("):
                return self.call(token)
            case "name", _:
                return self.reference(token)
            case "end", _:
                raise error_at(token.at, "la formule s’arrête trop tôt")
        raise error_at(token.at, f"il faut une valeur ou un code, pas {_shown(token)}")

    def number(self, token: Token, text: str) -> nodes.Number:
        exact = Decimal(text.replace(",", "."))
        if abs(exact) >= Decimal(10) ** 15 or len(text) > 20:
            raise error_at(token.at, f"nombre « {text[:20]} » trop grand")
        return nodes.Number(int(exact) if exact == exact.to_integral_value() else exact.normalize(), token.at)

    def negation(self, token: Token) -> nodes.Node:
        following = self.token
        starts_operand = following.kind in {"number", "string", "name"} or (
            (following.kind == "keyword" and following.text in {"oui", "non", "si", "vrai", "faux"})
            or (following.kind == "operator" and following.text in {"(", "-"})
        )
        # « clas = non » is the answer, « non clas » the operator.
        return nodes.Not(self.expression(_NOT), token.at) if starts_operand else nodes.Boolean(False, token.at)

    def conditional(self, token: Token) -> nodes.Node:
        if self.is_operator("(") and self.has_arguments():
            return self.call(Token("name", "SI", token.at))
        condition = self.expression(_IMPLICATION)
        if not self.is_keyword("alors"):
            raise error_at(
                self.token.at, f"il faut « alors » après la condition, pas {_shown(self.token)}",
                "Écrivez « si A alors B » ou « SI(condition; valeur; sinon) ».",
            )  # fmt: skip
        self.advance()
        return nodes.Implies(condition, self.expression(0), token.at)

    def has_arguments(self) -> bool:
        """Whether the parenthesis that opens here holds a « ; » of its own: SI(a; b; c), not si (a) alors b."""
        depth = 0
        for token in self.tokens[self.position :]:
            if token.kind == "operator":
                depth += {"(": 1, ")": -1}.get(token.text, 0)
                if depth == 0:
                    return False
                if token.text == ";" and depth == 1:
                    return True
        return False

    def call(self, token: Token) -> nodes.Node:
        name = without_accents(token.text).upper()
        if name not in FUNCTIONS:
            raise error_at(token.at, f"fonction « {token.text} » inconnue", close_match(token.text, FUNCTIONS))
        self.advance()
        if self.is_operator(")"):
            raise error_at(self.token.at, f"{name} attend au moins un argument")
        arguments = [self.expression(0)]
        while self.is_operator(";"):
            self.advance()
            arguments.append(self.expression(0))
        self.expect(")", f"pour fermer {name}")
        least, most = FUNCTIONS[name]
        if len(arguments) < least or (most is not None and len(arguments) > most):
            wanted = str(least) if least == most else (f"au moins {least}" if most is None else f"{least} à {most}")
            raise error_at(token.at, f"{name} attend {wanted} argument(s), pas {len(arguments)}")
        return nodes.Call(name, tuple(arguments), token.at)

    def reference(self, token: Token) -> nodes.Ref:
        if self.token.kind == "previous":
            self.advance()
            return nodes.Ref(token.text, True, token.at)
        return nodes.Ref(token.text, False, token.at)

    def infix(self, left: nodes.Node, binding: int) -> nodes.Node:
        token = self.advance()
        match token.text:
            case "parmi":
                node: nodes.Node = nodes.OneOf(left, self.choices(), token.at)
            case "contient":
                node = nodes.Contains(left, self.expression(binding), token.at)
            case "est":
                node = self.state(left, token)
            case "et":
                right = self.expression(binding)
                return nodes.All((*left.items, right) if isinstance(left, nodes.All) else (left, right), token.at)
            case "ou":
                right = self.expression(binding)
                return nodes.AnyOf((*left.items, right) if isinstance(left, nodes.AnyOf) else (left, right), token.at)
            case "+":
                right = self.expression(binding)
                return nodes.Sum((*left.items, right) if isinstance(left, nodes.Sum) else (left, right), token.at)
            case "-" | "*" | "/":
                return nodes.Arithmetic(token.text, left, self.expression(binding), token.at)
            case _:
                node = nodes.Compare(token.text, left, self.expression(binding), token.at)
        if self.binding() == _COMPARISON:
            raise error_at(
                self.token.at, f"{_shown(self.token)} après une comparaison", "Séparez par « et » : 0 <= x et x <= 10."
            )
        return node

    def choices(self) -> tuple[nodes.Node, ...]:
        self.expect("(", "après « parmi »")
        items = [self.literal()]
        while self.is_operator(";"):
            self.advance()
            items.append(self.literal())
        self.expect(")", "pour fermer la liste")
        return tuple(items)

    def literal(self) -> nodes.Node:
        at = self.token.at
        node = self.expression(_SUM)
        if isinstance(node, nodes.Ref):
            raise error_at(at, f"« {node.name} » sans guillemets dans une liste", f"Écrivez '{node.name}'.")
        if not isinstance(node, nodes.Text | nodes.Number):
            raise error_at(at, "une liste ne contient que des valeurs entre guillemets ou des nombres")
        return node

    def state(self, left: nodes.Node, token: Token) -> nodes.Is:
        if not isinstance(left, nodes.Ref):
            raise error_at(token.at, "« est » se place juste après un code de champ")
        negated = False
        if self.is_keyword("non"):
            self.advance()
            negated = True
        word = without_accents(self.token.text).lower() if self.token.kind == "name" else ""
        if word == "vide":
            self.advance()
            return nodes.Is(left, nodes.State.EMPTY, negated, token.at)
        if word in {"concerne", "concernee"} and negated:
            self.advance()
            return nodes.Is(left, nodes.State.NOT_CONCERNED, False, token.at)
        raise error_at(
            self.token.at, f"{_shown(self.token)} après « est »",
            "Écrivez « est vide », « est non vide » ou « est non concerné ».",
        )  # fmt: skip


def _shown(token: Token) -> str:
    return "la fin de la formule" if token.kind == "end" else f"« {token.text} »"
