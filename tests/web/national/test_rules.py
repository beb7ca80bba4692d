"""The effect of the control, for those who keep the rules."""

import pytest

from senacs.questionnaire.engine.loader import from_document, load_directory, to_document
from senacs.questionnaire.services import save_questionnaire
from senacs.review.enums import RecheckState
from senacs.review.models import Recheck
from senacs.web.national import rules
from tests import factories


@pytest.fixture
def response(cast, campaign):
    return factories.make_response(structure=cast.structure, campaign=campaign, values={"budget_total": 5})


def test_rules_are_listed_with_their_effect(response, cast, sign_in):
    page = sign_in(cast.comite_technique).get("/national/regles/").content.decode()
    assert "ETP_SALARIES" in page
    assert "n’a pas encore été vérifiée" in page
    assert "CLAS_TAILLE" not in sign_in(cast.national).get("/national/regles/?q=etp").content.decode()


def test_campaign_is_checked_again(response, campaign, cast, sign_in, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(rules, "load_settings", lambda **_: None)  # data/controls speaks of the real questionnaire
    client = sign_in(cast.comite_technique)
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/national/regles/verifier/")
    assert Recheck.objects.get().state == RecheckState.DONE
    assert "1 sur 1" in client.get("/national/regles/").content.decode()


@pytest.mark.parametrize("role", ["correspondant_caf", "responsable", "copil", "nobody"])
def test_others_are_refused(role, response, cast, sign_in):
    client = sign_in(getattr(cast, role))
    assert client.get("/national/regles/").status_code == 403
    assert client.post("/national/regles/verifier/").status_code == 403
    assert not Recheck.objects.exists()


def test_comite_technique_takes_the_rules_of_another_version(
    response, campaign, cast, sign_in, django_capture_on_commit_callbacks
):
    document = to_document(load_directory(factories.QUESTIONNAIRES / "minimal")) | {"code": "minimal-b", "rules": []}
    save_questionnaire(questionnaire=from_document(document))
    assert sign_in(cast.national).post("/national/regles/changer/", {"version": "minimal-b"}).status_code == 403
    client = sign_in(cast.comite_technique)
    assert "minimal-b" in client.get("/national/regles/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/national/regles/changer/", {"version": "minimal-b"})
    campaign.refresh_from_db()
    assert (campaign.version.code, Recheck.objects.get().state) == ("minimal-b", RecheckState.DONE)
