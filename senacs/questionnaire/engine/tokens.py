"""The words of the formula language: cuts a text into tokens, or says in French where it cannot."""

import re
from typing import NamedTuple

from senacs.lib.text import without_accents
from senacs.questionnaire.engine.errors import DefinitionError

MAX_LENGTH = 6000
KEYWORDS = frozenset({"et", "ou", "non", "si", "alors", "parmi", "contient", "est", "oui", "vrai", "faux"})
# After « est » only; kept out of field codes so that nobody reads « x est vide » two ways.
STATE_WORDS = frozenset({"vide", "concerne", "concernee"})
RESERVED = KEYWORDS | STATE_WORDS

_PATTERN = re.compile(
    r"""(?P<space>[\s\ufeff\u200b]+)
    |(?P<number>[0-9]+(?:[.,][0-9]+)?)
    |(?P<string>'[^'\n]*'|"[^"\n]*"|«[^»\n]*»|“[^”\n]*”)
    |(?P<name>[^\W\d]\w*)
    |(?P<previous>\[\s*[Nn]\s*[-\u2212\u2013]\s*1\s*\])
    |(?P<operator><>|<=|>=|==|!=|&&|\|\||[-+*/=<>();≤≥≠×÷\u2212])
    """,
    re.VERBOSE,
)
_ALIASES = {"≤": "<=", "≥": ">=", "≠": "<>", "×": "*", "÷": "/", "\u2212": "-"}
_FOREIGN = {"==": "=", "!=": "<>", "&&": "et", "||": "ou"}


class Token(NamedTuple):
    kind: str  # number, string, name, keyword, previous, operator, end
    text: str  # keywords in lower case without accents; strings without quotes
    at: int  # 0-based position in the formula


def tokenise(text: str) -> list[Token]:
    """Tokens of `text`, closed by an « end » token. DefinitionError with the position of what cannot be read."""
    if len(text) > MAX_LENGTH:
        raise DefinitionError(f"formule trop longue ({len(text)} caractères, {MAX_LENGTH} au plus)")
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        match = _PATTERN.match(text, at)
        if match is None:
            raise _unreadable(text, at)
        kind, raw = str(match.lastgroup), match.group()
        if kind != "space":
            tokens.append(_token(kind, raw, at))
        at = match.end()
    tokens.append(Token("end", "", len(text)))
    return tokens


def _token(kind: str, raw: str, at: int) -> Token:
    if kind == "name":
        word = without_accents(raw).lower()
        return Token("keyword", word, at) if word in KEYWORDS else Token("name", raw, at)
    if kind == "string":
        return Token("string", raw[1:-1].strip() if raw[0] == "«" else raw[1:-1], at)
    if kind == "operator":
        if raw in _FOREIGN:
            raise error_at(at, f"« {raw} » n’existe pas dans les formules", f"Écrivez « {_FOREIGN[raw]} ».")
        return Token("operator", _ALIASES.get(raw, raw), at)
    return Token(kind, raw, at)


def error_at(at: int, message: str, suggestion: str = "") -> DefinitionError:
    return DefinitionError(f"position {at + 1} : {message}.", suggestion=suggestion)


def _unreadable(text: str, at: int) -> DefinitionError:
    character = text[at]
    if character in "'\"«“":
        return error_at(at, "texte sans guillemet fermant")
    if character == ",":
        return error_at(at, "virgule inattendue", "Les arguments se séparent par « ; ».")
    if character == "[":
        return error_at(at, "crochet inattendu", "Seul « [N-1] » est possible, juste après un code.")
    if character == "%":
        return error_at(at, "« % » n’est pas un opérateur", "Multipliez ou divisez par 100.")
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    return error_at(at, f"caractère « {shown} » inattendu")
