"""The tables of states are whole, and docs/states.md says what they say."""

import ast
from pathlib import Path

import pytest
from django.conf import settings

from senacs.accounts.enums import Role
from senacs.lib.states import Transition, reachable
from senacs.web.state_tables import TABLES, StateTable, document

EACH = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.states.__name__)


def test_documentation_of_states_is_up_to_date() -> None:
    written = (settings.BASE_DIR / "docs" / "states.md").read_text(encoding="utf-8")
    assert written == document(), "run « senacs write_states »"


@EACH
def test_every_state_can_be_reached(table: StateTable) -> None:
    assert reachable(table.transitions, table.start) == set(table.states.values)


def test_a_state_that_no_path_leads_to_is_not_reached() -> None:
    alone = Transition("go", frozenset({"island"}), "far", frozenset(), "Aller")
    assert reachable([alone], "start") == {"start"}


@EACH
def test_transitions_name_known_states_and_roles_once(table: StateTable) -> None:
    names = [transition.name for transition in table.transitions]
    assert len(names) == len(set(names))
    for transition in table.transitions:
        assert transition.sources
        assert transition.sources | {transition.target} <= set(table.states.values)
        assert transition.roles <= set(Role.values)


PRODUCT = Path(settings.BASE_DIR) / "senacs"
# Modules with a table and its door; the demonstration writes years of history at once, before anybody is there.
DOORS = {"states.py", "agreements.py"}
MODULES = sorted(
    path
    for path in PRODUCT.rglob("*.py")
    if path.name not in DOORS and not {"migrations", "demo"} & set(path.relative_to(PRODUCT).parts)
)


def states_set(tree: ast.AST) -> list[int]:
    """Lines that set a `state` outside any door: an assignment, an update, a row saved with it."""
    lines = []
    for node in ast.walk(tree):
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
        )
        flat = [one for target in targets for one in (target.elts if isinstance(target, ast.Tuple) else [target])]
        lines += [one.lineno for one in flat if isinstance(one, ast.Attribute) and one.attr == "state"]
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"update", "bulk_update"}:
            lines += [node.lineno for keyword in node.keywords if keyword.arg == "state"]
    return lines


def test_nothing_but_a_door_sets_a_state() -> None:
    found = {path.relative_to(PRODUCT).as_posix(): states_set(ast.parse(path.read_text("utf-8"))) for path in MODULES}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "line", ["flag.state = 'open'", "a, row.state = 1, 'sent'", "rows.filter(pk=1).update(state='done')"]
)
def test_a_state_set_elsewhere_is_seen(line: str) -> None:
    assert states_set(ast.parse(line)) == [1]
