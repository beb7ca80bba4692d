"""The tables of states are whole, and docs/states.md says what they say."""

import pytest
from django.conf import settings

from senacs.accounts.enums import Role
from senacs.lib.states import reachable
from senacs.web.state_tables import TABLES, StateTable, document

EACH = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.states.__name__)


def test_documentation_of_states_is_up_to_date() -> None:
    written = (settings.BASE_DIR / "docs" / "states.md").read_text(encoding="utf-8")
    assert written == document(), "run « senacs write_states »"


@EACH
def test_every_state_can_be_reached(table: StateTable) -> None:
    assert reachable(table.transitions, table.start) == set(table.states.values)


@EACH
def test_transitions_name_known_states_and_roles_once(table: StateTable) -> None:
    names = [transition.name for transition in table.transitions]
    assert len(names) == len(set(names))
    for transition in table.transitions:
        assert transition.sources
        assert transition.sources | {transition.target} <= set(table.states.values)
        assert transition.roles <= set(Role.values)
