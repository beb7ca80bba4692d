"""The states of a questionnaire version: one table, one door. Nothing else sets `QuestionnaireVersion.frozen_at`."""

from senacs.accounts.enums import Role
from senacs.lib import clock, states
from senacs.lib.states import Transition
from senacs.questionnaire.enums import VersionState
from senacs.questionnaire.models import QuestionnaireVersion

# The national team freezes a version by opening its campaign.
TRANSITIONS = (
    Transition(
        "freeze",
        frozenset({VersionState.DRAFT}),
        VersionState.FROZEN,
        frozenset({Role.NATIONAL}),
        "Figer à l’ouverture de la saisie",
    ),
)


def apply(version: QuestionnaireVersion, name: str) -> QuestionnaireVersion:
    """Moves a version through the transition `name`; the service that calls holds its row. Raises Refused."""
    states.find(TRANSITIONS, name, current=version.state, current_label=version.state.label, reason="")
    version.frozen_at = clock.now()
    version.save(update_fields=["frozen_at"])
    return version
