"""French typography of what people read: curly apostrophes, guillemets, a space before double punctuation.

Read: the texts of the code (its strings, never its comments nor its docstrings), the templates without their tags and
comments, the data, the scripts of the pages. A mark is asked for a space before it, which a page may break; a unit
keeps to its number by a space that nothing breaks, and so do the marks of the scripts.
"""

import ast
import csv
import html
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
_ELISION = re.compile(r"(?<!\w)(?:[ldnsmtcj]|\w*qu|aujourd)'(?=[a-zà-ÿ«A-ZÀ-Ý{])", re.IGNORECASE)
_TIGHT = re.compile(r"[a-zà-ÿ0-9)»](?:;(?=\s)|[?!](?=\s|$)|»)|«(?=[^\W\d_])", re.IGNORECASE)
_TIGHT_COLON = re.compile(r"(?<=[a-zà-ÿ»]):(?=\s+[a-zà-ÿ«{])", re.IGNORECASE)
_DOTS = re.compile(r"\w\.\.\.(?!\w)")
_PERCENT = re.compile(r"\d%(?=[\s,.;)]|$)")
# A number and its unit stand on one line, wherever the page is cut: « 45 », « % » beneath is read as another figure.
_LOOSE_UNIT = re.compile(r"(?:\d|valeur|\}) (?:%|€|[kM]€|[KMG]o|ETP|km|h|min|s)(?![\w(=’'])")
# In a script nothing stands between the text and the page: its own spaces hold.
_LOOSE_MARK = re.compile(r"\w» [:;?!»]|\w [:;?!»](?=\s|$)|« (?=[\w$])")
# A string that holds French words, and no code: markup, an address, a pattern, a query, a formula.
_FRENCH = re.compile(r"[àâçéèêëîïôûùœ«»’]|\b(?:le|la|les|une?|des|du|est|pas|pour|avec|vous|votre)\b", re.IGNORECASE)
_TAGS = re.compile(
    r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|\{%.*?%\}|<(script|style|code|pre)\b.*?</\1>|<!--.*?-->", re.DOTALL
)
_ELEMENTS = re.compile(r"<[^>]*>", re.DOTALL)
_OUTPUT = re.compile(r"\{\{.*?\}\}", re.DOTALL)
# What is quoted as it must be typed, or shown as a file: « nature: etat », « SI(a; b) », a line of YAML.
_QUOTED_CODE = re.compile(r"« ?\w+(?:: |\()[^»]*»|^\s*[a-z_]+:(?: .*)?$", re.MULTILINE)
# Names of columns in the database's own descriptions: a migration each, and no page shows them.
VERBOSE_NAMES = {"senacs/accounts/models.py", "senacs/accounts/invitation_models.py", "senacs/structures/models.py",
                 "senacs/territories/models.py", "senacs/questionnaire/models.py"}  # fmt: skip


def faults(text: str, *, words: bool = True) -> list[str]:
    """What a French typographer would mark, each with what stands around."""
    text = _QUOTED_CODE.sub("« code »", text)
    patterns = (_ELISION, _TIGHT, _TIGHT_COLON, _DOTS, _PERCENT, _LOOSE_UNIT) if words else (_ELISION,)
    return [text[max(0, m.start() - 20) : m.end() + 20] for pattern in patterns for m in pattern.finditer(text)]


def strings_of(source: str) -> Iterator[tuple[int, str]]:
    """Every string of a module that is not a docstring; patterns and bytes are code."""
    docstrings = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                docstrings.add((first.lineno, first.col_offset))
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        is_text = token.type == tokenize.STRING and not re.match(r"[rbRB]", token.string)
        if is_text and token.start not in docstrings:
            written = token.string.replace("\\u00a0", "\u00a0").replace("\\u202f", "\u202f")
            yield token.start[0], re.sub(r"^[fFuU]*(\"\"\"|'''|\"|')|(\"\"\"|'''|\"|')$", "", written)


def values_of(tree: object) -> Iterator[str]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            if key not in {"rule", "formula", "condition", "computed", "cell", "code", "denominator", "population"}:
                yield from values_of(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from values_of(value)
    elif isinstance(tree, str):
        yield tree


def test_messages_of_the_code() -> None:
    found = []
    for path in sorted((ROOT / "senacs").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if "migrations" in path.parts or name in VERBOSE_NAMES:
            continue
        for line, text in strings_of(path.read_text(encoding="utf-8")):
            if _FRENCH.search(text):
                found += [f"{name}:{line} {fault!r}" for fault in faults(text, words=" " in text)]
    assert found == []


def test_templates() -> None:
    found = []
    for pattern in ("*.html", "*.txt"):
        for path in sorted((ROOT / "senacs").rglob(pattern)):
            text = _OUTPUT.sub("valeur", _TAGS.sub("", path.read_text(encoding="utf-8")))
            said = html.unescape(_ELEMENTS.sub(" ", text))
            found += [f"{path.relative_to(ROOT)} {fault!r}" for fault in faults(said)]
    assert found == []


def test_data() -> None:
    found = []
    for path in sorted((ROOT / "data").rglob("*.yaml")):
        for text in values_of(yaml.safe_load(path.read_text(encoding="utf-8"))):
            found += [f"{path.relative_to(ROOT)} {fault!r}" for fault in faults(text)]
            if '"' in text:
                found.append(f"{path.relative_to(ROOT)} straight quotes: {text[:60]!r}")
    assert found == []


def test_tables_of_the_data() -> None:
    found = []
    for path in sorted((ROOT / "data").rglob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file, delimiter=";"):
                found += [f"{path.relative_to(ROOT)} {fault!r}" for cell in row for fault in faults(cell)]
    assert found == []


def test_documents_to_typeset() -> None:
    """The strings and the marked-up words of the typst templates, without their code."""
    found = []
    for path in sorted((ROOT / "senacs").rglob("*.typ")):
        source = re.sub(r"(?<!:)//.*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        said = [*re.findall(r'"((?:[^"\\\n]|\\.)*)"', source), *re.findall(r"\[([^\[\]]*)\]", source)]
        for text in said:
            words = re.sub(r"#[\w.]+(?:\([^()]*\))?", "valeur", text).replace("~", " ")
            if _FRENCH.search(words):
                found += [f"{path.relative_to(ROOT)} {fault!r}" for fault in faults(words)]
    assert found == []


def test_scripts_of_the_pages() -> None:
    found = []
    for path in sorted((ROOT / "assets/js").glob("*.mjs")):
        source = re.sub(r"^\s*//.*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        for text in re.findall(r'"((?:[^"\\\n]|\\.)*)"|`([^`]*)`', source):
            said = "".join(text)
            if _FRENCH.search(said):
                told = re.sub(r"\$\{[^}]*\}", "valeur", said.replace("\\u00a0", "\u00a0").replace("\\u202f", "\u202f"))
                found += [f"{path.name} {fault!r}" for fault in faults(told)]
                found += [f"{path.name} {fault.group()!r} in {told!r}" for fault in _LOOSE_MARK.finditer(told)]
    assert found == []


@pytest.mark.parametrize(
    "wrong",
    [
        "l'an dernier",
        "aujourd'hui",
        "Est-ce exact?",
        "« Oui», dit-elle",
        "«Oui »",
        "45% des cas",
        "Attention: rien",
        "bientôt...",
        "45 % des cas",
        "soit 2,5 ETP.",
        "10 Mo au plus",
        "de 2 h à 3 h",
        "{total} k€",
    ],
)
def test_faults_are_seen(wrong: str) -> None:
    assert faults(wrong)


@pytest.mark.parametrize(
    "right",
    [
        "l’an dernier",
        "Est-ce exact ?",
        "« Oui », dit-elle",
        "45\u00a0% des cas",
        "Attention : rien",
        "à 9:30",
        "a;b",
        "12 s’il y en a",
    ],
)
def test_right_writing_is_left_alone(right: str) -> None:
    assert faults(right) == []
