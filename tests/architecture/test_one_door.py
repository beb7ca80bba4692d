"""Individual answers have one door (`collection.readings`): no page reads them otherwise, no module unannounced.

How to add a page that reads answers: take the response by `web.answers.answers_of`, or `structure.access.own_response`,
and name what it opens in `web.answers.OPENED`. How to add a module below `web` that reads answers: a line in READERS,
with the reason why nobody is shown them.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

PRODUCT = Path(settings.BASE_DIR) / "senacs"
WEB = sorted((PRODUCT / "web").rglob("*.py"))
BELOW = sorted(
    path
    for path in PRODUCT.rglob("*.py")
    if path.relative_to(PRODUCT).parts[0] not in {"web", "demo"} and "migrations" not in path.parts
)
# Functions that give answers without asking who reads them, and rows that hold answers.
CLOSED_TO_PAGES = {
    "Revision",
    "answers_by_structure",
    "automated_tables",
    "compose_fiche",
    "FicheMaker",
    "lock_by_key",
    "previous_response",
    "read_years",
    "replay_history",
    "write_archive",
}
# Where a page comes to a response at all.
DOORS = {"web/answers.py", "web/structure/access.py", "web/api/access.py"}
DOOR_FUNCTIONS = {"answers_of_own", "hold_answers", "read_answers", "read_by_software"}
# Pages that need the rows of a response's history, taken from a response that the door gave.
HISTORY = {
    (
        "web/structure/entry/saving.py",
        "Revision",
    ): "who saved first, told in a conflict of a response being filled",
    ("web/history.py", "Revision"): "types the changes that `history_of` gives of a response read before",
}
# Module (package, stem) below `web`, and why it may read answers.
READERS = {
    ("agenda", "follow_up"): "codes of the last save of each draft, counted by section: no value is read",
    ("review", "seen"): "labels of what changed, for who judges the response",
    ("collection", "checking"): "each stored answer against its question, names of those that do not fit",
    ("collection", "copies"): "copies of a response that the door gave",
    ("collection", "documents"): "how a stored document is read",
    ("collection", "models"): "the rows themselves",
    ("collection", "lineage"): "last year's answers of structures that were merged, as one response",
    ("collection", "register_corrections"): "corrections of the public entry, which the structure wrote for it",
    ("collection", "own_data"): "the archive of a structure, given to those who enter for it",
    ("collection", "on_behalf"): "values entered for the structure, shown to it",
    ("collection", "proposals"): "proposals of the structure's own software",
    ("collection", "queries"): "what formulas work on",
    ("collection", "samples"): "quartiles and modes over five answers at least, for a preview",
    ("collection", "services"): "the entry itself",
    ("collection", "tabular"): "one line of the response of a token's structure",
    ("collection", "writer"): "workbook of a response that the door gave",
    ("collection", "cover"): "workbook of a response that the door gave",
    ("observatory", "microdata"): "the snapshot of validated responses, read by releases and logged extracts alone",
    ("publication", "history"): "years of a fiche, which its structure and its links read",
    ("review", "rule_effect"): "medians over five changes at least, by rule",
    ("review", "frames"): "the search of atypical values, in memory",
    ("review", "queries"): "the structure's own series, on the page of a response that the door gave",
    ("review", "services"): "the control of a response",
}


def name_of(path: Path) -> str:
    return path.relative_to(PRODUCT).as_posix()


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names)


def ways_around(tree: ast.Module) -> Iterator[str]:
    """Ways to a response that ask nobody: its manager, relations that lead to it, joins that bring it whole."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else ""
            if owner == "Response" and node.attr in {"objects", "_base_manager", "_default_manager"}:
                yield f"line {node.lineno}: Response.{node.attr}"
            if node.attr in {"responses", "response_set"}:
                yield f"line {node.lineno}: .{node.attr}"
        if isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            if called in {"select_related", "prefetch_related"} and any("response" in text for text in texts):
                yield f"line {node.lineno}: {called}{texts}"
            names = [a.id for a in node.args if isinstance(a, ast.Name)]
            if called.startswith("get_") and "Response" in names:
                yield f"line {node.lineno}: {called}(Response)"


@pytest.mark.parametrize("path", WEB, ids=name_of)
def test_pages_come_to_answers_by_the_door_alone(path: Path) -> None:
    tree, name = tree_of(path), name_of(path)
    taken = {closed for closed in imported(tree) if closed in CLOSED_TO_PAGES and (name, closed) not in HISTORY}
    taken |= {door for door in imported(tree) if door in DOOR_FUNCTIONS and name not in DOORS}
    found = sorted(taken) + list(ways_around(tree))
    assert not found, f"{name} reads answers beside the door: {found}. {__doc__}"


def reads_answers(tree: ast.Module) -> bool:
    """Whether a module reads `Response.values` (an attribute that is not called) or `Revision.changes`."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or id(node) in called:
            continue
        owner = node.value
        named = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
        if node.attr == "values" and named in {"response", "last", "stored", "held", "saved"}:
            return True
        if node.attr == "changes" and named == "revision":
            return True
    return any(
        isinstance(node, ast.Call)
        and getattr(node.func, "attr", "") in {"values_list", "values"}
        and any(isinstance(a, ast.Constant) and a.value in {"values", "changes"} for a in node.args)
        for node in ast.walk(tree)
    )


def test_modules_that_read_answers_are_announced() -> None:
    found = {(path.relative_to(PRODUCT).parts[0], path.stem) for path in BELOW if reads_answers(tree_of(path))}
    assert found <= set(READERS), f"{sorted(found - set(READERS))} read answers: {__doc__}"
    assert {("collection", "copies"), ("observatory", "microdata"), ("review", "rule_effect")} <= found


def test_ledger_has_one_writer() -> None:
    """`accounts.services.log_access`, which wants a purpose; nothing changes or removes a line."""
    writers = set()
    for path in [*BELOW, *WEB]:
        for node in ast.walk(tree_of(path)):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            if called == "AccessEntry" or (called.startswith("AccessEntry.objects") and called.rsplit(".", 1)[1] in {
                "create", "bulk_create", "get_or_create", "update_or_create", "update", "delete",
            }):  # fmt: skip
                writers.add((name_of(path), called))
    assert writers == {("accounts/services.py", "AccessEntry.objects.create")}


def test_walls_find_what_they_look_for() -> None:
    beside = ast.parse(
        "from senacs.collection.models import Response\n"
        "def show(request, pk):\n"
        "    one = get_object_or_404(Response, pk=pk)\n"
        "    two = Flag.objects.select_related('response__structure')\n"
        "    three = structure.responses.first()\n"
        "    return Response.objects.get(pk=pk)\n"
    )
    assert len(list(ways_around(beside))) == 4
    assert reads_answers(ast.parse("def f(response):\n    return response.values['a']"))
    assert reads_answers(ast.parse("rows = Response.objects.values_list('values', flat=True)"))
    assert not reads_answers(ast.parse("def f(d):\n    return d.values()"))
