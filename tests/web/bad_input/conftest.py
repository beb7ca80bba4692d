"""A response whose questionnaire asks one question for each case."""

import pytest

from senacs.collection.models import Response
from senacs.questionnaire.engine.loader import from_document
from senacs.questionnaire.services import save_questionnaire
from tests import factories
from tests.factories import Cast
from tests.web.bad_input.cases import ACCEPTED, KINDS, REFUSED, code_of


@pytest.fixture
def asked(cast: Cast) -> Response:
    """A response whose questionnaire asks one question for each case, and one more that is answered already."""
    cases = [*REFUSED, *ACCEPTED]
    questions = [
        {"code": code_of(index), "label": f"Question {index}", **KINDS[kind]}
        for index, (kind, _, _) in enumerate(cases)
    ]
    document = {
        "code": "entrees-2026", "year": 2026, "data_year": 2025, "title": "Entrées douteuses", "rules": [],
        "sections": [
            {"code": "tout", "letter": "A", "title": "Tout", "questions": questions},
            {"code": "repond", "letter": "B", "title": "Déjà répondu", "questions": [
                {"code": "temoin", "label": "Témoin", "kind": "entier"},
                {"code": "total", "label": "Total", "kind": "entier", "computed": "temoin + 1"},
            ]},
        ],
    }  # fmt: skip
    version = save_questionnaire(questionnaire=from_document(document))
    campaign = factories.make_campaign(version=version)
    return factories.make_response(
        structure=cast.structure, campaign=campaign, values={"temoin": 7}, by=cast.responsable
    )
