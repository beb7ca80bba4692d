"""One thing, one name, one shape: names of classes, arguments, and French that code writes and never reads back."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

PRODUCT = Path(settings.BASE_DIR) / "senacs"
GLOSSARY = Path(settings.BASE_DIR) / "docs" / "glossary.md"

# Names that two packages share on purpose, and why.
SHARED = {
    "Command": "Django's name for a command",
    # Disclosure control, which stands alone, and the observatory, which calls it, speak of the same things.
    "Cell": "a cell of a table to protect; a cell of a release",
    "Dimension": "a classification of a table to protect; one of the publication plan",
    "Plan": "what disclosure control hides; what the observatory publishes",
    "Rules": "the rules of disclosure control; those of the publication plan, which has others besides",
    "Sum": "the addition of a formula; a sum that published figures show",
    "Table": "a table to protect; a family of cells of the publication plan",
    "Variable": "what an attacker from outside reads in published files; what a measure gives back",
}
# How many arguments may come without their name, and how many at all before an object takes their place.
MOST_POSITIONAL = 6
MOST_ARGUMENTS = 12
# Functions of more than six arguments, all told; the number may only shrink.
LONG_SIGNATURES = 22
# `dict[str, Any]` for a thousand lines; it may only shrink.
UNTYPED = 1.45


@cache
def modules() -> dict[str, ast.Module]:
    return {
        path.relative_to(PRODUCT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(PRODUCT.rglob("*.py"))
        if "migrations" not in path.parts
    }


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                yield name, node


def given(node: ast.FunctionDef) -> list[str]:
    return [arg.arg for arg in (*node.args.posonlyargs, *node.args.args) if arg.arg not in {"self", "cls"}]


def test_no_public_class_has_the_name_of_one_in_another_package() -> None:
    packages = defaultdict(set)
    for name, tree in modules().items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                packages[node.name].add(name.split("/")[0])
    shared = {name: sorted(where) for name, where in packages.items() if len(where) > 1}
    assert sorted(set(shared) - set(SHARED)) == [], "one thing, one name: rename the newer one"
    assert sorted(set(SHARED) - set(shared)) == [], "shared no longer: take it out of SHARED"


def test_no_function_takes_more_than_six_arguments_by_place() -> None:
    long = [f"{name}: {node.name}" for name, node in functions() if len(given(node)) > MOST_POSITIONAL]
    assert long == [], "name them after « * », or make an object of those that go together"


def test_long_signatures_only_shrink() -> None:
    counts = {f"{name}: {node.name}": len(given(node)) + len(node.args.kwonlyargs) for name, node in functions()}
    long = sorted(name for name, count in counts.items() if count > MOST_POSITIONAL)
    assert len(long) <= LONG_SIGNATURES, f"more than six arguments ask for an object with a name: {long}"
    assert max(counts.values()) <= MOST_ARGUMENTS


def test_untyped_dictionaries_only_shrink() -> None:
    texts = [path.read_text(encoding="utf-8") for path in PRODUCT.rglob("*.py") if "migrations" not in path.parts]
    lines = sum(text.count("\n") for text in texts)
    found = sum(text.count("dict[str, Any]") for text in texts)
    assert 1000 * found / lines <= UNTYPED


def words_of_code() -> list[str]:
    """Class names that the glossary of code words tells, in the first column of its table."""
    table = GLOSSARY.read_text(encoding="utf-8").split("## Shapes of the code")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return [name for row in rows for name in re.findall(r"`(\w+)`", row)]


def test_every_word_of_the_glossary_is_a_class() -> None:
    classes = {node.name for tree in modules().values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    words = words_of_code()
    assert len(words) == len(set(words)) and len(words) >= 20
    assert [word for word in words if word not in classes] == []


def test_the_glossary_says_where_each_class_is() -> None:
    """The second column names the module, without « senacs »."""
    table = GLOSSARY.read_text(encoding="utf-8").split("## Shapes of the code")[1].split("\n## ")[0]
    for line in table.splitlines():
        if line.startswith("| `"):
            names, where = (re.findall(r"`([\w.]+)`", cell) for cell in line.split("|")[1:3])
            tree = modules()[where[0].replace(".", "/") + ".py"]
            there = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
            assert set(names) <= there, f"{names} are not in {where[0]}"


# Attributes and variables that hold sentences for people, and what would read one back.
SENTENCES = {"reason", "message", "told", "said", "words", "sentence", "text", "label", "note", "public_words"}
CUTS = {"startswith", "endswith", "replace", "partition", "rpartition", "split", "removeprefix", "removesuffix"}
# What looks alike and is not: texts of files that others write, and typography.
NO_SENTENCE = {
    ("questionnaire/xlsform/reader.py", "text.startswith('select_')"): "a type of the XLSForm standard",
    ("structures/imports/names.py", "words.replace('socio culturel', 'socioculturel')"): "names of imported files",
    ("web/public/method.py", "'rule_waivers' in note"): "a key of the methodology",
}


def held(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def is_french(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr):
        return True
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return sum(letter.isalpha() for letter in node.value) >= 3
    return held(node) in {"NBSP", "THIN"}


def read_back(tree: ast.AST) -> list[str]:
    """Expressions that look for words in a sentence, or cut it."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
            sentence, sought = node.comparators[0], node.left
        elif (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CUTS and node.args
        ):
            sentence, sought = node.func.value, node.args[0]
        else:
            continue
        if held(sentence) in SENTENCES and is_french(sought):
            found.append(ast.unparse(node))
    return found


def test_french_is_written_and_never_read_back() -> None:
    found = {(name, line) for name, tree in modules().items() for line in read_back(tree)}
    assert sorted(found - set(NO_SENTENCE)) == [], "keep what was meant beside the words (an enum, a flag, a number)"
    assert sorted(set(NO_SENTENCE) - found) == []


@pytest.mark.parametrize(
    "line",
    [
        "f'moins de {threshold}' in cell.reason",
        "'moins de' in reason",
        "reason.replace('répondants', 'structures')",
        "figure.text.partition(french.NBSP)",
        "view.label.startswith('détenteur')",
    ],
)
def test_a_sentence_read_back_is_seen(line: str) -> None:
    assert read_back(ast.parse(line)) == [ast.unparse(ast.parse(line))]
