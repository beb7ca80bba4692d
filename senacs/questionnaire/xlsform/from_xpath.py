"""Formulas of Kobo and ODK (XPath) in our own language, as far as it can say the same; the rest is refused."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


class Untranslatable(Exception):
    """The formula says something that ours cannot; the message, in French, says what."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a formula may ask of a question: our code, our kind, and our code of each of its options by theirs."""

    code: str
    kind: str
    options: Mapping[str, str] = field(default_factory=dict)


_TOKEN = re.compile(
    r"""\s*(?:
        (?P<ref>\$\{\s*[^}]*\})
      | (?P<number>\d+(?:\.\d+)?|\.\d+)
      | (?P<text>'[^']*'|"[^"]*"|‘[^’]*’|“[^”]*”)
      | (?P<sign><=|>=|!=|=|<|>|\+|-|\*|\(|\)|,)
      | (?P<word>[A-Za-z_][\w:.-]*)
      | (?P<self>\.)
    )""",
    re.VERBOSE,
)
_COMPARISONS = {"=": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_FUNCTIONS = {"abs": "ABS", "round": "ARRONDI", "min": "MIN", "max": "MAX"}
_CHOICES = frozenset({"choix", "oui_non"})
_DEEPEST = 60
_LONGEST = 6000  # characters, as our own formulas


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of the result: its text, and what it is (« nombre », « vrai », « texte », « réponse »)."""

    text: str
    kind: str
    answer: Answer | None = None
    value: str = ""


def translate(formula: str, answers: Mapping[str, Answer], itself: Answer | None = None) -> str:
    """Our formula; `answers` by the name that `${…}` gives, `itself` what « . » is. Raises Untranslatable."""
    if len(formula) > _LONGEST:
        raise Untranslatable(f"la formule est trop longue ({len(formula)} caractères)")
    parser = _Parser(_tokens(formula), answers, itself)
    part = parser.either()
    if parser.at < len(parser.tokens):
        raise Untranslatable(f"« {parser.tokens[parser.at][1][:40]} » n’est pas à sa place")
    return part.text


def _tokens(formula: str) -> list[tuple[str, str]]:
    found, at = [], 0
    formula = formula.rstrip()
    while at < len(formula):
        match = _TOKEN.match(formula, at)
        if match is None or match.lastgroup is None:
            raise Untranslatable(f"« {formula[at : at + 20].strip()} » ne se lit pas")
        found.append((match.lastgroup, match.group(match.lastgroup)))
        at = match.end()
    return found


class _Parser:
    def __init__(self, tokens: Sequence[tuple[str, str]], answers: Mapping[str, Answer], itself: Answer | None) -> None:
        self.tokens, self.answers, self.itself, self.at, self.depth = tokens, answers, itself, 0, 0

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("", "")

    def take(self, *texts: str) -> str:
        """The next token when it is one of these texts, else nothing."""
        kind, text = self.peek()
        if kind in {"sign", "word"} and text in texts:
            self.at += 1
            return text
        return ""

    def expect(self, text: str) -> None:
        if not self.take(text):
            raise Untranslatable(f"il manque « {text} »")

    def either(self) -> _Part:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise Untranslatable("trop de parenthèses")
        parts = [self.both()]
        while self.take("or"):
            parts.append(self.both())
        self.depth -= 1
        if len(parts) == 1:
            return parts[0]
        return _Part("(" + " ou ".join(_true(part) for part in parts) + ")", "vrai")

    def both(self) -> _Part:
        parts = [self.comparison()]
        while self.take("and"):
            parts.append(self.comparison())
        if len(parts) == 1:
            return parts[0]
        return _Part("(" + " et ".join(_true(part) for part in parts) + ")", "vrai")

    def comparison(self) -> _Part:
        left = self.sum()
        sign = self.take(*_COMPARISONS)
        return _compared(left, _COMPARISONS[sign], self.sum()) if sign else left

    def sum(self) -> _Part:
        left = self.product()
        while sign := self.take("+", "-"):
            left = _Part(f"({_number(left)} {sign} {_number(self.product())})", "nombre")
        return left

    def product(self) -> _Part:
        left = self.unary()
        while sign := self.take("*", "div"):
            left = _Part(f"({_number(left)} {'/' if sign == 'div' else sign} {_number(self.unary())})", "nombre")
        return left

    def unary(self) -> _Part:
        if self.take("-"):
            signs = "-"
            while self.take("-"):
                signs += "-"
            return _Part(f"{signs}{_number(self.unary())}", "nombre")
        kind, text = self.peek()
        self.at += 1
        if kind == "number":
            return _Part(text, "nombre")
        if kind == "text":
            return _Part(text, "texte", value=text[1:-1])
        if kind == "ref":
            return self.reference(text[2:-1].strip())
        if kind == "self":
            if self.itself is None:
                raise Untranslatable("« . » ne désigne rien ici")
            return _Part(self.itself.code, "réponse", self.itself)
        if text == "(":
            inner = self.either()
            self.expect(")")
            return inner
        if kind == "word" and self.take("("):
            return self.call(text)
        raise Untranslatable(f"« {text[:40]} » n’est pas à sa place" if text else "la formule s’arrête trop tôt")

    def reference(self, name: str) -> _Part:
        answer = self.answers.get(name)
        if answer is None:
            raise Untranslatable(f"la question « {name[:40]} » n’existe pas, ou n’est pas reprise")
        return _Part(answer.code, "réponse", answer)

    def call(self, name: str) -> _Part:
        arguments: list[_Part] = []
        if not self.take(")"):
            arguments.append(self.either())
            while self.take(","):
                arguments.append(self.either())
            self.expect(")")
        match name, arguments:
            case "not", [operand]:
                return _Part(f"non ({_true(operand)})", "vrai")
            case (("true" | "false"), []):
                return _Part("0 = 0" if name == "true" else "0 = 1", "vrai", value=name)
            case "selected", [operand, chosen] if operand.answer is not None and chosen.kind == "texte":
                if operand.answer.kind == "choix_multiple":
                    return _Part(f"{operand.answer.code} contient '{_option(operand.answer, chosen.value)}'", "vrai")
                return _compared(operand, "=", chosen)
            case "if", [condition, then, otherwise]:
                return _Part(f"SI({_true(condition)}; {_number(then)}; {_number(otherwise)})", "nombre")
            case (("number" | "int"), [operand]):
                return _Part(_number(operand), "nombre")
            case _, [_, *_] if name in _FUNCTIONS:
                return _Part(f"{_FUNCTIONS[name]}({'; '.join(_number(a) for a in arguments)})", "nombre")
        raise Untranslatable(f"la fonction « {name}() » n’a pas d’équivalent")


def _true(part: _Part) -> str:
    if part.kind == "vrai":
        return part.text
    if part.answer is not None and part.answer.kind == "oui_non":
        return f"{part.text} = oui"
    raise Untranslatable(f"« {part.text[:40]} » n’est ni vrai ni faux")


def _number(part: _Part) -> str:
    if part.kind == "nombre":
        return part.text
    if part.answer is not None and part.answer.kind in {"entier", "decimal"}:
        return part.text
    raise Untranslatable(f"« {part.text[:40]} » n’est pas un nombre")


def _compared(left: _Part, sign: str, right: _Part) -> _Part:
    if left.answer is None and right.answer is not None:
        swapped = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(sign, sign)
        return _compared(right, swapped, left)
    answer = left.answer
    if answer is not None and right.kind == "texte" and right.value == "" and sign in {"=", "<>"}:
        return _Part(f"{answer.code} est {'vide' if sign == '=' else 'non vide'}", "vrai")
    if answer is not None and answer.kind in _CHOICES and right.kind in {"texte", "nombre"}:
        if sign not in {"=", "<>"}:
            raise Untranslatable(f"les options de « {answer.code} » ne se comparent pas par « {sign} »")
        code = _option(answer, right.value or right.text)
        return _Part(
            f"{answer.code} {sign} {code if answer.kind == 'oui_non' else f'{chr(39)}{code}{chr(39)}'}", "vrai"
        )
    return _Part(f"{_number(left)} {sign} {_number(right)}", "vrai")


def _option(answer: Answer, theirs: str) -> str:
    if theirs not in answer.options:
        raise Untranslatable(f"« {theirs[:40]} » n’est pas une option de « {answer.code} »")
    return answer.options[theirs]
