"""No text that people write may take time out of proportion: each regular expression and each parser on its worst.

Nothing is timed against a clock: a text ten times longer may take ten times longer, with room for a noisy machine.
"""

import ast
import gc
import importlib
import json
import re
import re._parser as reading  # type: ignore[import-not-found]
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from senacs.lib import nominative
from senacs.lib.incoming import cleaned, is_keepable, whole_number, without_controls
from senacs.lib.json_bodies import read_json
from senacs.lib.refusals import Refused
from senacs.lib.text import search_key, without_accents
from senacs.publication import richtext
from senacs.questionnaire.engine import language, parsing
from senacs.questionnaire.engine.errors import DefinitionError
from senacs.questionnaire.engine.numbers import read_number
from senacs.questionnaire.engine.schema import Field, Kind, Option
from senacs.questionnaire.xlsform.columns import BadCell, from_cell
from senacs.questionnaire.xlsform.from_xpath import Untranslatable, translate
from senacs.structures.imports import names, values
from senacs.structures.imports import reading as lists
from senacs.territories import places
from senacs.web.plain_markdown import to_html

PRODUCT = Path(__file__).parents[2] / "senacs"
METHODS = {"compile", "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}
SIZES = (16, 160, 1_600, 16_000)  # characters; the last three are 10, 100 and 1,000 times the first
# Ten times the text: a quadratic reading takes a hundred times longer.
MOST_GROWTH = 40
# Under this nothing can be told apart from noise.
FLOOR = 2e-4  # seconds
# Patterns that a table gives: (module, name of the table, how to reach them).
TABLES: dict[str, Callable[[Any], list[str]]] = {
    "structures/imports/values.py": lambda m: [pattern for _, pattern in m._KIND_WORDS],
    "structures/imports/columns.py": lambda m: [pattern for _, pattern in m._HINTS],
    "questionnaire/engine/yaml_source.py": lambda m: [
        rule.pattern for rules in m._Loader.yaml_implicit_resolvers.values() for _, rule in rules
    ],
}
# Read with `fullmatch` on texts that are bounded before, or on drawings and documents of our own making.
BOUNDED = {
    r"([0-9 ]+) ?€ ?([0-9]{2})": "40 characters (engine.numbers.read_number)",
    r"(?P<number>.*[0-9]) ?(?P<word>[^\W\d_]{2,}\.?)": "40 characters (engine.numbers.read_number)",
    r"\(.*[0-9].*\)": "40 characters (engine.numbers.read_number)",
    r"[0-9.,]+ ?[eE] ?[+-]?[0-9]+": "40 characters (engine.numbers.read_number)",
    r"[0-9 .,]*[0-9][0-9 .,]*": "40 characters (engine.numbers.read_number)",
}
OWN = {"publication/charts", "lib/pdf/tables.py", "lib/pdf/rendering.py", "web/templatetags"}


def found_patterns() -> tuple[list[tuple[str, str, int, str]], list[str]]:
    """(place, pattern, flags, method) of each regular expression of the product, and the places not understood."""
    found, lost = [], []
    for path in sorted(PRODUCT.rglob("*.py")):
        name = str(path.relative_to(PRODUCT))
        if any(name.startswith(own) for own in OWN):
            continue
        tree = ast.parse(path.read_text())
        calls = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr in METHODS
        ]
        if not calls:
            continue
        module = importlib.import_module("senacs." + name.removesuffix(".py").replace("/", "."))
        listed = TABLES[name](module) if name in TABLES else []
        found += [(name, pattern, 0, "search") for pattern in listed]
        uses = _methods_of_names(tree)
        for call in calls:
            expression = compile(ast.Expression(call.args[0]), name, "eval")
            try:
                pattern = eval(expression, vars(module))  # noqa: S307 - the product's own source
                flag = _flags(call, vars(module))
            except NameError:
                if not listed:
                    lost.append(f"{name}:{call.lineno}")
                continue
            if isinstance(pattern, bytes):
                continue
            method = call.func.attr  # type: ignore[attr-defined]
            for used in sorted(uses.get(call, {"search"})) if method == "compile" else [method]:
                found.append((f"{name}:{call.lineno}", pattern, flag, used))
    return found, lost


def _flags(call: ast.Call, names: dict[str, Any]) -> int:
    given = [word.value for word in call.keywords if word.arg == "flags"]
    given += [argument for argument in call.args[1:] if ast.unparse(argument).startswith("re.")]
    return int(eval(ast.unparse(given[0]), names)) if given else 0  # noqa: S307 - the product's own source


def _methods_of_names(tree: ast.AST) -> dict[ast.Call, set[str]]:
    """How each compiled expression of a module is used there."""
    named = {
        node.targets[0].id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Call)
    }
    uses: dict[ast.Call, set[str]] = {}
    for node in ast.walk(tree):
        is_use = isinstance(node, ast.Attribute) and node.attr in METHODS and isinstance(node.value, ast.Name)
        if is_use and node.value.id in named:
            uses.setdefault(named[node.value.id], set()).add(node.attr)
    return uses


def sample(parsed: Any) -> str:
    """A short text that a part of an expression may match."""
    text = ""
    for operation, argument in parsed:
        text += _sample_of(str(operation), argument)
    return text


def _sample_of(operation: str, argument: Any) -> str:
    match operation:
        case "LITERAL":
            return chr(argument)
        case "NOT_LITERAL":
            return "a" if argument != ord("a") else "b"
        case "ANY":
            return "a"
        case "IN":
            return _one_of(argument)
        case "BRANCH":
            return sample(argument[1][0])
        case "SUBPATTERN":
            return sample(argument[3])
        case "ATOMIC_GROUP":
            return sample(argument)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            return sample(argument[2]) * max(1, argument[0])
        case _:
            return ""


def _one_of(choices: Any) -> str:
    listed = [(str(operation), argument) for operation, argument in choices]
    negated = listed[0][0] == "NEGATE"
    plain = {
        "CATEGORY_DIGIT": "1",
        "CATEGORY_SPACE": " ",
        "CATEGORY_WORD": "a",
        "CATEGORY_NOT_SPACE": "a",
        "CATEGORY_NOT_WORD": "-",
    }
    if not negated:
        operation, argument = listed[0]
        if operation == "RANGE":
            return chr(argument[0])
        return chr(argument) if operation == "LITERAL" else plain.get(str(argument), "é")
    ranges = [
        (a, a) if operation == "LITERAL" else a for operation, a in listed[1:] if operation in {"LITERAL", "RANGE"}
    ]
    categories = {str(a) for operation, a in listed[1:] if operation == "CATEGORY"}
    taken = {"CATEGORY_DIGIT": str.isdigit, "CATEGORY_SPACE": str.isspace, "CATEGORY_WORD": str.isalnum}
    return next(
        c
        for c in "a1 .-é\n"
        if not any(low <= ord(c) <= high for low, high in ranges) and not any(taken[name](c) for name in categories)
    )


def repeats(parsed: Any) -> Iterator[str]:
    """A sample of what each repeat repeats."""
    for operation, argument in parsed:
        name = str(operation)
        if name.endswith("REPEAT"):
            yield sample(argument[2])
            yield from repeats(argument[2])
        elif name == "SUBPATTERN":
            yield from repeats(argument[3])
        elif name == "BRANCH":
            for branch in argument[1]:
                yield from repeats(branch)
        elif name in {"ASSERT", "ASSERT_NOT"}:
            yield from repeats(argument[1])
        elif name == "ATOMIC_GROUP":
            yield from repeats(argument)


def attacks(pattern: str, flags: int) -> list[str]:
    """Pieces that, repeated, make an expression begin everywhere and end nowhere."""
    parsed = reading.parse(pattern, flags)
    whole = sample(parsed)
    pieces = {piece for piece in repeats(parsed) if piece}
    starts = {whole[:length] for length in (1, 2, 3, len(whole) - 1) if 0 < length <= len(whole)}
    return sorted(pieces | starts | {f"{piece} " for piece in pieces | starts} | {f"{piece}\n" for piece in pieces})


def growth(run: Callable[[str], object], make: Callable[[int], str]) -> float:
    """How much longer the worst of the last two steps of ten takes; 0 when all is lost in the noise."""
    worst = 0.0
    for smaller, larger in pairwise(SIZES[1:]):
        texts = make(smaller), make(larger)
        # Up to three tries: a noisy machine slows one, a quadratic reading slows all.
        found = float("inf")
        for _ in range(3):
            found = min(found, _ratio(run, *texts))
            if found < MOST_GROWTH:
                break
        worst = max(worst, found)
        if worst > MOST_GROWTH:
            break
    return worst


def _ratio(run: Callable[[str], object], small: str, large: str) -> float:
    long = _best(run, large)
    return long / max(_best(run, small), FLOOR / 10) if long > FLOOR else 0.0


def _best(run: Callable[[str], object], text: str) -> float:
    """Processor time of the reading alone: neither what other processes take counts, nor a search for garbage."""
    best = float("inf")
    gc.disable()
    try:
        for _ in range(5):
            start = time.process_time()
            run(text)
            best = min(best, time.process_time() - start)
            if best > 1:
                break
    finally:
        gc.enable()
    return best


FOUND, LOST = found_patterns()


def test_every_expression_is_understood() -> None:
    assert LOST == []
    assert len(FOUND) > 80


@pytest.mark.slow
@pytest.mark.parametrize(
    ("place", "pattern", "flags", "method"), FOUND, ids=[f"{place}-{method}" for place, _, _, method in FOUND]
)
def test_expression_is_linear(place: str, pattern: str, flags: int, method: str) -> None:
    if pattern in BOUNDED:
        pytest.skip(BOUNDED[pattern])
    expression = re.compile(pattern, flags)
    runs: dict[str, Callable[[str], object]] = {
        "sub": lambda text: expression.sub("", text),
        "subn": lambda text: expression.subn("", text),
        "finditer": lambda text: sum(1 for _ in expression.finditer(text)),
    }
    run = runs.get(method, getattr(expression, method))
    for piece in attacks(pattern, flags):
        for end in ("", "\x01"):
            found = growth(run, lambda size, piece=piece, end=end: piece * (size // len(piece)) + end)  # type: ignore[misc]
            assert found < MOST_GROWTH, (pattern, piece)


@pytest.mark.parametrize("pattern", [r"\d[\d ]*(?:%|€)", r"[\w.+-]+@", r"(\*+)(?=\S)(.+?)(?<=\S)\1", r"\s+cedex$"])
def test_an_expression_that_is_not_is_found(pattern: str) -> None:
    expression = re.compile(pattern)
    assert any(
        growth(expression.search, lambda size, piece=piece: piece * (size // len(piece))) > MOST_GROWTH  # type: ignore[misc]
        for piece in attacks(pattern, 0)
    )


NUMBER = Field("n", "N", Kind.INTEGER, "q", "s")
CHOICE = Field("c", "C", Kind.CHOICE, "q", "s", options=(Option("oui", "Oui"), Option("non", "Non")))
TEXT = Field("t", "T", Kind.LONG_TEXT, "q", "s", max_length=10**9)
REFUSALS = (parsing.InputError, Refused, DefinitionError, Untranslatable, lists.ReadingError, BadCell, ValueError)
PARSERS: dict[str, Callable[[str], object]] = {
    "number": lambda text: read_number(NUMBER, text),
    "date": parsing.parse_date,
    "choice": lambda text: parsing.parse_choice(CHOICE, text),
    "text": lambda text: parsing.parse_text(TEXT, text),
    # Not what it keeps of a text that it has read.
    "formula": language._parsed.__wrapped__,
    "XPath": lambda text: translate(text, {}),
    "cell of a questionnaire": lambda text: from_cell("minimum", text),
    "rich text": richtext.parse,
    "rich text, cleaned": lambda text: richtext.clean(text, longest=10**9),
    "figures typed": richtext.typed_figures,
    "Markdown": to_html,
    "names in a text": nominative.findings,
    "security numbers": nominative.contains_nir,
    "search": search_key,
    "accents": without_accents,
    "whole number": whole_number,
    "keepable": is_keepable,
    "controls": without_controls,
    "JSON": lambda text: read_json(json.dumps([text, {text[:9]: text}]).encode()),
    "JSON as sent": lambda text: read_json(text.encode("utf-8", "replace")),
    "document": lambda text: cleaned({"a": [text]}),
    "CSV": lambda text: sum(1 for _ in lists._csv_rows(text)),
    "encoding": lambda text: lists.decode(text.encode("utf-8", "replace")),
    "kind": values.kind_from_name,
    "SIRET": values.siret,
    "telephone": values.phone,
    "website": values.website,
    "website or telephone": values.website_phone,
    "courriel": values.email,
    "day": values.day,
    "population": values.population,
    "management": values.gestion,
    "federation": values.other_federation,
    "postcode": places.read_postal_code,
    "place": places.split_place,
    "structure's name": names.name_key,
}
WORST = [
    *["1", "1 ", "1,", "1.", "12 000 ", "9", "²", "1/", "é", "e\u0301", "\ufdfa", " ", "\n", "\t", "\u202f"],
    *[
        "a",
        "A ",
        "a.",
        "a@",
        "a@a.",
        "M. ",
        "Mme ",
        "*",
        "**",
        "*a ",
        "**a ",
        "**a *b ",
        "- ",
        "#",
        "[",
        "(",
        "((",
        "{",
    ],
    *['"', '";', '""', "'", "«", "« ", ";", "\\", "/", "http://", "&", "=", "(1+", "non ", "si ", "a et ", "${a} + "],
    *["cedex ", ", ", "(75001", " 75001 ", "0", "06 ", "06 12 34 56 78 ", "1 85 05 78 006 084 ", "[^1]", "1E1", "oui "],
    "\ud800",
]


@pytest.mark.slow
@pytest.mark.parametrize("name", PARSERS)
def test_parser_is_linear(name: str) -> None:
    parser = PARSERS[name]

    def run(text: str) -> None:
        try:
            parser(text)
        except REFUSALS:
            return

    for piece in WORST:
        found = growth(run, lambda size, piece=piece: piece * (size // len(piece)))  # type: ignore[misc]
        assert found < MOST_GROWTH, piece
