"""Next year's draft of the demonstration: what changes, what is decided, what is awaited."""

import pytest
from django.conf import settings

from senacs.demo.draft import REDEFINED, REWORDED, prepare_next_year
from senacs.questionnaire.engine.static import warnings_of
from senacs.questionnaire.queries import changes_of, get_compiled
from senacs.questionnaire.services import load_questionnaire
from tests.factories import make_cast

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def test_draft_of_next_year_has_something_to_decide() -> None:
    make_cast()
    current = load_questionnaire(directory=settings.DATA_DIR / "questionnaires" / "2026")
    draft = prepare_next_year(current)
    assert (draft.year, draft.data_year, draft.is_frozen) == (2027, 2026, False)
    changes = changes_of(draft)
    assert changes is not None
    awaited = {change.question.code: change.is_awaited for change in changes.questions if change.question.is_core}
    assert awaited == {REWORDED: False, REDEFINED: True, "zone_zfrr": True}
    questionnaire = get_compiled(draft).questionnaire
    assert [section.code for section in questionnaire.sections if section.is_module] == ["lien_intergenerationnel"]
    assert [warning for warning in warnings_of(questionnaire) if "module" in warning.message] == []
    assert "au 31 décembre 2026" in str(questionnaire.document)
