"""Queries, waivers and bulk validation through the pages, with the structure's answer in between."""

import pytest

from senacs.campaigns.models import Campaign
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.lib import clock
from senacs.review.demandes import open_query
from senacs.review.enums import FlagOrigin, FlagState, QueryState, RecheckState
from senacs.review.models import DoubtfulCell, Flag, Query, Recheck
from senacs.review.seen import seal_of
from senacs.review.services import refresh_flags
from senacs.review.validation import validate_response
from tests import factories
from tests.factories import Cast

VALUES = {
    "salaries_total": 5,
    "etp_total": "4.5",
    "budget_total": 100,
    "budget_caf": 60,
    "budget_autres": 40,
    "clas": False,
}


@pytest.fixture
def sent(cast: Cast, campaign: Campaign) -> Response:
    return factories.make_response(
        structure=cast.structure, campaign=campaign, values=VALUES, state=ResponseState.SUBMITTED, by=cast.responsable
    )


@pytest.fixture
def query(sent: Response, cast: Cast) -> Query:
    return open_query(
        response=sent, field_code="budget_autres", by=cast.correspondant_caf, text="Sans les dons ?", proposal="45"
    )


@pytest.fixture
def doubt(sent: Response) -> Flag:
    """An atypical budget, with what it could move."""
    now = clock.now()
    DoubtfulCell.objects.create(
        response=sent, code="budget_total", value=100, expected=10, key="budget_total", share=12.4, score=12.4,
        moves={"budget_total": 12.4}, flags=["ATYPIQUE:budget_total"], raised_at=now,
    )  # fmt: skip
    return Flag.objects.create(
        response=sent, rule_code="ATYPIQUE:budget_total", origin=FlagOrigin.ATYPICAL, severity="to_justify",
        details={"value": 100.0, "previous": 10.0}, fields=["budget_total"], message="Budget : dix fois plus.",
        raised_at=now, updated_at=now,
    )  # fmt: skip


def test_list_tells_the_reason_and_what_is_left(doubt, cast, sign_in):
    page = sign_in(cast.correspondant_caf).get("/suivi/").content.decode()
    assert "Budget total de fonctionnement\u00a0: jusqu’à 12\u00a0% du total départemental" in page
    assert "Ce qui reste peut encore déplacer le total «\u00a0Budget total de fonctionnement\u00a0»" in page
    assert "Voir 1\u00a0valeur douteuse" in page


def test_list_says_when_to_stop(sent, cast, sign_in):
    campaign = sent.campaign
    Recheck.objects.create(campaign=campaign, version=campaign.version, state=RecheckState.DONE, asked_at=clock.now())
    page = sign_in(cast.correspondant_federal).get("/suivi/").content.decode()
    assert "Ce qui reste ne peut plus déplacer aucun total publié de plus de 1\u00a0%." in page


def test_passing_over_settles_the_doubt(doubt, cast, sign_in):
    client = sign_in(cast.correspondant_caf)
    client.post(f"/suivi/signalement/{doubt.pk}/passer/", {"reason": " ", "seen": seal_of(doubt.response)})
    doubt.refresh_from_db()
    assert doubt.state == FlagState.OPEN
    client.post(
        f"/suivi/signalement/{doubt.pk}/passer/",
        {"reason": "Fusion de deux structures.", "seen": seal_of(doubt.response)},
    )
    doubt.refresh_from_db()
    assert (doubt.state, doubt.justification) == (FlagState.ACCEPTED, "Fusion de deux structures.")
    assert "aucun total publié" in client.get("/suivi/").content.decode()


def test_query_is_asked_at_the_cell(sent, cast, sign_in):
    client = sign_in(cast.correspondant_caf)
    assert "Demander à la structure" in client.get(f"/suivi/{sent.pk}/reponse/budget_total/").content.decode()
    client.post(f"/suivi/{sent.pk}/reponse/budget_total/", {"text": "Tout compris ?", "proposal": "110"})
    query = sent.queries.get()
    assert (query.field_code, query.messages.get().proposal) == ("budget_total", "110")
    assert "Tout compris ?" in client.get(f"/suivi/{sent.pk}/reponse/budget_total/").content.decode()
    assert "Budget total" in client.get("/suivi/demandes/").content.decode()


def test_cell_draws_the_structure_s_own_years_only(sent, cast, campaign, sign_in):
    old = factories.make_campaign(year=campaign.year - 1, version=campaign.version)
    before = {"values": VALUES | {"budget_total": 4321}, "state": ResponseState.VALIDATED, "by": cast.responsable}
    factories.make_response(structure=cast.structure, campaign=old, **before)
    other = factories.make_structure(commune=cast.structure.commune, name="Espace voisin")
    stranger = VALUES | {"budget_total": 8765}
    factories.make_response(structure=other, campaign=old, **before | {"values": stranger})
    client = sign_in(cast.correspondant_caf)
    page = client.get(f"/suivi/{sent.pk}/reponse/budget_total/").content.decode()
    assert f"4\u202f321 en {old.data_year}" in page
    assert "8\u202f765" not in page
    assert "sn-sparkline" not in client.get(f"/suivi/{sent.pk}/reponse/clas/").content.decode()


def test_suggested_value_is_ready_in_the_form(sent, cast, sign_in):
    page = sign_in(cast.correspondant_caf).get(f"/suivi/{sent.pk}/reponse/budget_total/?valeur=110").content.decode()
    assert 'value="110"' in page


def test_unreadable_proposal_is_told(sent, cast, sign_in):
    client = sign_in(cast.correspondant_caf)
    page = client.post(f"/suivi/{sent.pk}/reponse/budget_total/", {"proposal": "beaucoup"}).content.decode()
    assert "ne convient pas" in page
    assert not Query.objects.exists()


def test_structure_accepts_and_the_other_correspondent_closes(query, sent, cast, sign_in):
    client = sign_in(cast.responsable)
    assert "Accepter la valeur 45" in client.get(f"/saisie/{sent.pk}/demandes/").content.decode()
    client.post(f"/saisie/demandes/{query.pk}/accepter/")
    sent.refresh_from_db()
    assert sent.values["budget_autres"]["valeur"] == 45
    sign_in(cast.correspondant_federal).post(f"/suivi/demandes/{query.pk}/clore/")
    query.refresh_from_db()
    assert query.state == QueryState.CLOSED


def test_structure_answers_and_is_asked_again(query, cast, sign_in):
    sign_in(cast.suppleant).post(f"/saisie/demandes/{query.pk}/repondre/", {"text": "Ils y sont."})
    client = sign_in(cast.correspondant_caf)
    assert "Ils y sont." in client.get(f"/suivi/{query.response_id}/reponse/budget_autres/").content.decode()
    client.post(f"/suivi/demandes/{query.pk}/redemander/", {"text": "Lesquels ?"})
    query.refresh_from_db()
    assert query.state == QueryState.OPEN


def test_structure_confirms_an_atypical_value(doubt, sent, cast, sign_in):
    client = sign_in(cast.responsable)
    assert "dix fois plus" in client.get(f"/saisie/{sent.pk}/demandes/").content.decode()
    client.post(f"/saisie/points/{doubt.pk}/confirmer/", {"text": "Un nouveau lieu."})
    doubt.refresh_from_db()
    assert (doubt.state, doubt.justification) == (FlagState.JUSTIFIED, "Un nouveau lieu.")


def test_rule_is_waived_by_the_two(cast, campaign, sign_in):
    draft = factories.make_response(structure=cast.structure, campaign=campaign, values=VALUES | {"etp_total": "6"})
    refresh_flags(response=draft)
    flag = draft.flags.get(severity="blocking")
    client, offer = sign_in(cast.correspondant_caf), "Donner mon accord pour lever ce point"
    client.post(f"/suivi/signalement/{flag.pk}/lever/", {"reason": "Un cumul d’été.", "seen": seal_of(flag.response)})
    page = client.get(f"/suivi/{draft.pk}/").content.decode()
    assert ("L’accord de l’autre correspondant est attendu" in page, offer in page) == (True, False)
    client = sign_in(cast.correspondant_federal)
    page = client.get(f"/suivi/{draft.pk}/").content.decode()
    assert ("Levée proposée par" in page, offer in page, "Raison, publiée" in page) == (True, True, False)
    page = client.post(
        f"/suivi/signalement/{flag.pk}/lever/", {"seen": seal_of(flag.response)}, follow=True
    ).content.decode()
    assert "Le point est levé, par les deux correspondants." in page
    assert "Levé par" in client.get(f"/suivi/{draft.pk}/").content.decode()
    flag.refresh_from_db()
    assert flag.state == FlagState.WAIVED


def test_chosen_responses_are_validated_together(sent, cast, campaign, sign_in):
    elsewhere = factories.make_structure(commune=cast.structure.commune)
    values = VALUES | {"budget_autres": 4}
    other = factories.make_response(
        structure=elsewhere, campaign=campaign, values=values, state=ResponseState.SUBMITTED, by=cast.responsable
    )
    refresh_flags(response=other)
    client = sign_in(cast.correspondant_caf)
    seals = {f"seen-{response.pk}": seal_of(response) for response in (sent, other)}
    data = {"responses": [sent.pk, other.pk, "x"], **seals}
    page = client.post("/suivi/validation/", data, follow=True).content.decode()
    assert "Réponses validées : 1." in page
    assert "laissées telles quelles" in page


def test_page_says_where_to_look(cast, campaign, sign_in):
    values = VALUES | {"budget_total": 1000, "budget_caf": 60}
    response = factories.make_response(
        structure=cast.structure, campaign=campaign, values=values, state=ResponseState.SUBMITTED, by=cast.responsable
    )
    refresh_flags(response=response)
    page = sign_in(cast.correspondant_caf).get(f"/suivi/{response.pk}/").content.decode()
    assert "Où regarder d’abord" in page
    assert "un zéro de trop\u202f?" in page
    assert f"/suivi/{response.pk}/reponse/budget_total/?valeur=100" in page
    # One cause, one box: what follows from it is folded there, and stands nowhere else.
    box = page[page.index("data-cause") :]
    folded = box[box.index("data-consequences") : box.index("</details>")]
    flag = response.flags.get(rule_code="BUDGET_DETAIL")
    assert "1\u00a0signalement en découle" in folded
    assert f'id="signalement-{flag.pk}"' in folded
    assert page.count(f'id="signalement-{flag.pk}"') == 1
    assert "Aucun signalement" not in page


@pytest.mark.parametrize(("role", "status"), [("stranger", 404), ("copil", 404), ("responsable", 403), ("nobody", 404)])
def test_cell_is_hidden_or_forbidden_to_others(role, status, query, cast, sign_in):
    client = sign_in(getattr(cast, role))
    assert client.get(f"/suivi/{query.response_id}/reponse/budget_autres/").status_code == status
    assert client.post(f"/suivi/demandes/{query.pk}/clore/").status_code == status
    query.refresh_from_db()
    assert query.state == QueryState.OPEN


@pytest.mark.parametrize(
    ("role", "status"), [("neighbour_responsable", 404), ("correspondant_caf", 403), ("stranger", 404)]
)
def test_structure_s_page_is_its_own(role, status, query, doubt, cast, sign_in):
    client = sign_in(getattr(cast, role))
    assert client.get(f"/saisie/{query.response_id}/demandes/").status_code == status
    assert client.post(f"/saisie/demandes/{query.pk}/accepter/").status_code == status
    assert client.post(f"/saisie/points/{doubt.pk}/confirmer/", {"text": "x"}).status_code == status


def test_unknown_acts_and_fields_are_not_found(query, sent, cast, sign_in):
    client = sign_in(cast.correspondant_caf)
    assert client.get(f"/suivi/{sent.pk}/reponse/inconnue/").status_code == 404
    assert client.post(f"/suivi/demandes/{query.pk}/brûler/").status_code == 404
    assert sign_in(cast.responsable).post(f"/saisie/demandes/{query.pk}/brûler/").status_code == 404


def test_nothing_is_asked_about_a_validated_response(sent, cast, sign_in):
    validate_response(response=sent, by=cast.correspondant_caf)
    page = sign_in(cast.correspondant_caf).get(f"/suivi/{sent.pk}/reponse/budget_total/").content.decode()
    assert ("Demander à la structure" in page, "rouvrez-la pour poser une question" in page) == (False, True)
