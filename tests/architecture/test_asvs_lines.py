"""`docs/asvs.md`: each requirement of levels 1 and 2 of the chapters counted here has its line, and its tests exist."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "asvs.md"
LINE = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
CITED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
STATES = {"tenue", "en partie", "non", "à l’exploitant", "sans objet"}
# Section and how many of its requirements are of levels 1 and 2 (they come first, and are numbered from 1).
REQUIRED = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2,
    "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2,
    "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1,
    "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 3, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4,
    "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5,
    "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7,
    "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
}  # fmt: skip


def lines() -> list[tuple[str, str, str, str]]:
    found = LINE.findall(PAGE.read_text(encoding="utf-8"))
    return [line for line in found if line[0].rpartition(".")[0] in REQUIRED]


@cache
def functions(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_each_requirement_has_its_line_once() -> None:
    wanted = {f"{section}.{rank}" for section, count in REQUIRED.items() for rank in range(1, count + 1)}
    found = Counter(number for number, _, _, _ in lines())
    assert wanted - set(found) == set()
    assert [number for number, count in found.items() if count > 1] == []


def test_each_line_says_its_state_and_why() -> None:
    for number, _, state, why in lines():
        assert state in STATES, number
        assert CITED.search(why) or len(why) > 8, number
        assert state != "tenue" or CITED.search(why), f"{number} is held by no test"


def test_each_cited_test_exists() -> None:
    cited = {match for _, _, _, why in lines() for match in CITED.findall(why)}
    assert len(cited) > 50
    lost = [
        f"{path}::{name}"
        for path, name in sorted(cited)
        if not (ROOT / path).is_file() or (name and name not in functions(path))
    ]
    assert lost == []
