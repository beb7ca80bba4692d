"""Whatever comes from outside is read at one door: no view parses a query, a form or a number of its own."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.walk.routes import ROUTES

WEB = Path(__file__).parents[2] / "senacs" / "web"
DOOR = WEB / "incoming.py"
LAX = {"isdigit", "isdecimal", "isnumeric"}


def read_directly(source: str) -> Iterator[int]:
    """Lines that take something out of `request.GET` and the like; handing the whole to a form is no reading."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            taken = isinstance(child, ast.Attribute) and child.attr in {"GET", "POST", "COOKIES", "META"}
            is_whole = isinstance(node, ast.Call | ast.IfExp | ast.keyword)
            if taken and not (is_whole or (isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or))):
                yield child.lineno


def parses_numbers(source: str) -> Iterator[int]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in LAX:
            yield node.lineno
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "int":
            yield node.lineno


def test_views_read_what_comes_in_at_the_door() -> None:
    modules = [path for path in WEB.rglob("*.py") if path != DOOR]
    found = {
        f"{path.relative_to(WEB)}:{line}"
        for path in modules
        for line in [*read_directly(path.read_text()), *parses_numbers(path.read_text())]
    }
    assert found == set()
    assert len(modules) > 80


@pytest.mark.parametrize(
    "line",
    [
        "request.GET['q']",
        "request.POST.get('q')",
        "'q' in request.POST",
        "[q for q in request.GET]",
        "self.request.POST.getlist('q')",
        "n = request.GET",
    ],
)
def test_reading_past_the_door_is_found(line: str) -> None:
    assert list(read_directly(line)) == [1]


@pytest.mark.parametrize("line", ["F(request.POST)", "F(request.GET or None)", "F(data=request.POST if x else None)"])
def test_handing_all_to_a_form_is_allowed(line: str) -> None:
    assert list(read_directly(line)) == []


def test_numbers_are_read_at_the_door() -> None:
    assert list(parses_numbers("int(x)\nx.isdigit()\n'intérieur'")) == [1, 2]


def test_routes_take_bounded_numbers_and_words() -> None:
    ours = [route for route, pattern in ROUTES if getattr(pattern.callback, "__module__", "").startswith("senacs.")]
    lax = [route for route in ours if any(mark in route for mark in ("<int:", "<str:", "<path:"))]
    assert lax == []
    assert sum("<number:" in route for route in ours) > 50
