"""Compiled questionnaires are kept by checksum."""

from pathlib import Path
from typing import Any

import pytest

from senacs.questionnaire.engine.loader import load_directory
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.questionnaire.queries import get_compiled
from senacs.questionnaire.services import load_questionnaire

FIXTURES = Path(__file__).parent / "fixtures"

pytestmark = pytest.mark.django_db


def test_a_version_is_compiled_once_and_its_document_left_unread(django_assert_num_queries: Any) -> None:
    first = get_compiled(load_questionnaire(directory=FIXTURES / "conditions"))
    deferred = QuestionnaireVersion.objects.defer("document").get()
    with django_assert_num_queries(0):
        assert get_compiled(deferred) is first


def test_what_the_database_stores_gives_the_same_questionnaire() -> None:
    load_questionnaire(directory=FIXTURES / "kinds")
    assert get_compiled(QuestionnaireVersion.objects.get()).questionnaire == load_directory(FIXTURES / "kinds")
