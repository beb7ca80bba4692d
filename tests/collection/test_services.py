"""Saves of values: what is kept, refused, in conflict, and what history says of it."""

import pytest

from senacs.accounts.enums import Role
from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign
from senacs.collection import services
from senacs.collection.enums import Provenance, ResponseState
from senacs.collection.models import Response
from senacs.collection.queries import history_of, replay_history, section_progress
from senacs.collection.services import (
    CLEAR,
    NOT_CONCERNED,
    Sending,
    carry_over_previous,
    carry_over_section,
    open_responses,
    save_values,
)
from senacs.lib.refusals import NotAllowed, Refused
from tests import factories
from tests.factories import Cast


def stored(response: Response) -> dict:
    return Response.objects.get(pk=response.pk).values


def test_save_keeps_the_value_its_provenance_and_its_history(cast: Cast, response: Response) -> None:
    result = save_values(
        response=response, inputs={"salaries_total": "1 234", "etp_total": "12,50"}, by=cast.responsable, reason="Bilan"
    )
    assert stored(response) == {
        "salaries_total": {"etat": "valeur", "valeur": 1234, "provenance": "declaree", "revision": 1},
        "etp_total": {"etat": "valeur", "valeur": "12.5", "provenance": "declaree", "revision": 1},
    }
    assert result.saved == stored(response)
    assert (result.refused, result.conflicts, result.warnings) == ({}, {}, {})
    assert result.response.revision == 1
    revision = response.revisions.get()
    assert (revision.number, revision.by, revision.reason) == (1, cast.responsable, "Bilan")
    assert revision.changes["etp_total"] == {"avant": None, "apres": stored(response)["etp_total"]}
    assert result.response.started_at == result.response.updated_at == revision.at


def test_zero_not_concerned_and_unanswered_stay_apart(cast: Cast, response: Response) -> None:
    save_values(
        response=response,
        inputs={"benevoles": "0", "budget_caf": NOT_CONCERNED, "budget_autres": "Non concerné", "salaries_total": "  "},
        by=cast.responsable,
    )
    values = stored(response)
    assert (values["benevoles"]["etat"], values["benevoles"]["valeur"]) == ("valeur", 0)
    assert (values["budget_caf"]["etat"], values["budget_caf"]["valeur"]) == ("non_concerne", None)
    assert values["budget_autres"]["etat"] == "non_concerne"
    assert "salaries_total" not in values


def test_clearing_makes_a_field_unanswered_again(cast: Cast, response: Response) -> None:
    save_values(response=response, inputs={"benevoles": "12"}, by=cast.responsable)
    result = save_values(response=response, inputs={"benevoles": CLEAR}, by=cast.responsable)
    assert result.saved == {"benevoles": None}
    assert stored(response) == {}
    assert history_of(response, "benevoles")[0].changes["benevoles"]["apres"] is None


def test_unchanged_value_writes_nothing(cast: Cast, response: Response) -> None:
    save_values(response=response, inputs={"benevoles": "12"}, by=cast.responsable)
    result = save_values(response=response, inputs={"benevoles": " 12 ", "etp_total": ""}, by=cast.suppleant)
    assert result.saved["benevoles"]["revision"] == 1
    assert response.revisions.count() == 1


def test_bad_input_is_refused_at_its_field_and_the_others_are_saved(cast: Cast, response: Response) -> None:
    result = save_values(
        response=response,
        inputs={
            "salaries_total": "-3",
            "etp_total": "douze",
            "inconnue": "1",
            "budget_detail": "5",
            "emplois_total": "5",
            "statut": "entreprise",
            "benevoles": "7",
        },
        by=cast.responsable,
    )
    assert set(result.saved) == {"benevoles"}
    assert set(result.refused) == {
        "salaries_total",
        "etp_total",
        "inconnue",
        "budget_detail",
        "emplois_total",
        "statut",
    }
    assert "calculé" in result.refused["budget_detail"]
    assert "n’est pas dans ce questionnaire" in result.refused["inconnue"]
    assert set(stored(response)) == {"benevoles"}


def test_stale_field_is_a_conflict_and_keeps_the_stored_value(cast: Cast, response: Response) -> None:
    save_values(response=response, inputs={"benevoles": "10"}, by=cast.responsable, sending=Sending({"benevoles": 0}))
    result = save_values(
        response=response,
        inputs={"benevoles": "11", "etp_total": "2"},
        by=cast.suppleant,
        sending=Sending({"benevoles": 0, "etp_total": 0}),
    )
    assert result.conflicts == {"benevoles": stored(response)["benevoles"]}
    assert stored(response)["benevoles"]["valeur"] == 10
    assert stored(response)["etp_total"]["valeur"] == "2"
    chosen = save_values(
        response=response, inputs={"benevoles": "11"}, by=cast.suppleant, sending=Sending({"benevoles": 1})
    )
    assert chosen.conflicts == {}
    assert stored(response)["benevoles"]["valeur"] == 11


def test_stale_field_cleared_meanwhile_is_a_conflict_too(cast: Cast, response: Response) -> None:
    save_values(response=response, inputs={"benevoles": "10"}, by=cast.responsable)
    save_values(response=response, inputs={"benevoles": CLEAR}, by=cast.suppleant)
    result = save_values(
        response=response, inputs={"benevoles": "12"}, by=cast.responsable, sending=Sending({"benevoles": 1})
    )
    assert result.conflicts == {"benevoles": None}


def test_same_value_from_both_sides_is_no_conflict(cast: Cast, response: Response) -> None:
    save_values(response=response, inputs={"benevoles": "10"}, by=cast.responsable, sending=Sending({"benevoles": 0}))
    result = save_values(
        response=response, inputs={"benevoles": "10"}, by=cast.suppleant, sending=Sending({"benevoles": 0})
    )
    assert result.conflicts == {}
    assert result.saved["benevoles"]["revision"] == 1


def test_save_sent_twice_is_applied_once_and_answers_the_same(cast: Cast, response: Response) -> None:
    def send() -> services.SaveResult:
        return save_values(
            response=response,
            inputs={"benevoles": "10", "etp_total": "x"},
            by=cast.responsable,
            sending=Sending({"benevoles": 0}, "a1"),
        )

    first = send()
    save_values(response=response, inputs={"benevoles": "99"}, by=cast.suppleant)
    again = send()
    assert (again.saved, again.refused, again.conflicts) == (first.saved, first.refused, first.conflicts)
    assert stored(response)["benevoles"]["valeur"] == 99
    assert response.revisions.count() == 2


def test_a_save_sent_again_says_no_conflict_of_its_own_making(cast: Cast, response: Response) -> None:
    """Seen at revision 0, it is stale after its own first attempt: only its key tells that nobody else wrote."""

    def send(key: str) -> services.SaveResult:
        return save_values(
            response=response,
            inputs={"benevoles": "10"},
            by=cast.responsable,
            sending=Sending({"benevoles": 0}, key),
        )

    send("a1")
    save_values(response=response, inputs={"benevoles": "12"}, by=cast.suppleant)
    again, stranger = send("a1"), send("b2")
    assert (again.conflicts, again.saved["benevoles"]["valeur"]) == ({}, 10)
    assert stranger.conflicts["benevoles"]["valeur"] == 12 and not stranger.saved
    assert stored(response)["benevoles"]["valeur"] == 12 and response.revisions.count() == 2


def test_acknowledged_save_is_still_acknowledged_after_the_response_was_sent(cast: Cast, response: Response) -> None:
    save_values(response=response, inputs={"benevoles": "10"}, by=cast.responsable, sending=Sending(key="a1"))
    factories.sign(response, ResponseState.SUBMITTED, by=cast.responsable)
    again = save_values(response=response, inputs={"benevoles": "10"}, by=cast.responsable, sending=Sending(key="a1"))
    assert again.saved["benevoles"]["valeur"] == 10


@pytest.mark.parametrize(
    "name", ["copil", "preparation", "regional", "national", "comite_technique", "stranger", "nobody"]
)
def test_others_cannot_enter(cast: Cast, response: Response, name: str) -> None:
    with pytest.raises(NotAllowed):
        save_values(response=response, inputs={"benevoles": "1"}, by=cast.users()[name])
    assert stored(response) == {}


def test_provenance_follows_who_writes_and_when(cast: Cast, response: Response) -> None:
    save_values(response=response, inputs={"benevoles": "1"}, by=cast.correspondant_caf)
    save_values(
        response=response, inputs={"etp_total": "1"}, by=cast.correspondant_federal, provenance=Provenance.IMPORTED
    )
    save_values(response=response, inputs={"salaries_total": "1"}, by=cast.responsable, provenance=Provenance.IMPORTED)
    factories.sign(response, ResponseState.RETURNED, by=cast.responsable)
    save_values(response=response, inputs={"budget_caf": "1"}, by=cast.responsable)
    assert {code: entry["provenance"] for code, entry in stored(response).items()} == {
        "benevoles": Provenance.ON_BEHALF_CAF,
        "etp_total": Provenance.ON_BEHALF_FEDERATION,
        "salaries_total": Provenance.IMPORTED,
        "budget_caf": Provenance.CORRECTED,
    }


@pytest.mark.parametrize("state", [ResponseState.SUBMITTED, ResponseState.VALIDATED])
def test_sent_response_does_not_change(cast: Cast, campaign: Campaign, state: ResponseState) -> None:
    response = factories.make_response(structure=cast.structure, campaign=campaign, state=state, by=cast.responsable)
    with pytest.raises(Refused, match="retourner"):
        save_values(response=response, inputs={"benevoles": "1"}, by=cast.responsable)


@pytest.mark.parametrize("phase", [Phase.PREPARATION, Phase.TRAITEMENT, Phase.DIFFUSION, Phase.ARCHIVEE])
def test_closed_campaign_does_not_change(cast: Cast, response: Response, phase: Phase) -> None:
    Campaign.objects.update(phase=phase)
    with pytest.raises(Refused, match="close"):
        save_values(response=response, inputs={"benevoles": "1"}, by=cast.responsable)


def test_during_control_only_what_was_returned_changes(cast: Cast, response: Response) -> None:
    Campaign.objects.update(phase=Phase.CONTROLE)
    with pytest.raises(Refused, match="contrôle"):
        save_values(response=response, inputs={"benevoles": "1"}, by=cast.responsable)
    factories.sign(response, ResponseState.RETURNED, by=cast.responsable)
    assert save_values(response=response, inputs={"benevoles": "1"}, by=cast.responsable).saved


def test_free_text_with_a_person_is_saved_with_a_warning_and_an_nir_is_refused(cast: Cast, response: Response) -> None:
    warned = save_values(response=response, inputs={"commentaire": "Voir Mme Martin"}, by=cast.responsable)
    assert "Mme Martin" in warned.warnings["commentaire"]
    refused = save_values(response=response, inputs={"commentaire": "2 69 05 49 588 157 80"}, by=cast.responsable)
    assert "sécurité sociale" in refused.refused["commentaire"]
    assert stored(response)["commentaire"]["valeur"] == "Voir Mme Martin"
    assert "588" not in str([revision.changes for revision in response.revisions.all()])


def test_progress_counts_what_this_structure_is_asked(cast: Cast, response: Response) -> None:
    answered = {"salaries_total": "4", "etp_total": "3", "benevoles": "0", "budget_total": "100", "budget_caf": "60"}
    save_values(response=response, inputs=answered | {"clas": "non"}, by=cast.responsable)
    without_clas = Response.objects.get(pk=response.pk).progress
    save_values(response=response, inputs={"clas": "oui"}, by=cast.responsable)
    with_clas = Response.objects.get(pk=response.pk).progress
    assert 0 < with_clas < without_clas < 100
    [emplois, finances, activites] = section_progress(Response.objects.get(pk=response.pk))
    assert (emplois.answered, emplois.expected) == (3, 7)
    assert (finances.answered, finances.expected, finances.is_complete) == (2, 3, False)
    # « projet_evs » is not asked to a centre social, a comment is expected from nobody.
    assert (activites.answered, activites.expected) == (1, 6)


def test_open_responses_opens_one_for_each_invited_structure_once(cast: Cast, campaign: Campaign) -> None:
    for structure in (cast.structure, cast.neighbour):
        factories.make_invited(structure, campaign)
    assert open_responses(campaign=campaign) == 2
    assert open_responses(campaign=campaign) == 0
    assert set(campaign.responses.values_list("structure", flat=True)) == {cast.structure.pk, cast.neighbour.pk}


@pytest.fixture
def last_year(cast: Cast, campaign: Campaign) -> Response:
    """Last year's validated response of the cast's structure, on last year's questionnaire."""
    version = factories.make_questionnaire("minimal_2025")
    previous = factories.make_campaign(version=version, phase=Phase.DIFFUSION)
    return factories.make_response(
        structure=cast.structure,
        campaign=previous,
        values={"salaries_total": 10, "etp_total": "7.5", "benevoles_actifs": 30, "budget_caf": None},
        state=ResponseState.VALIDATED,
    )


def test_carry_over_takes_last_years_answers_under_this_years_codes(
    cast: Cast, response: Response, last_year: Response
) -> None:
    save_values(response=response, inputs={"etp_total": "12"}, by=cast.responsable)
    result = carry_over_section(response=response, section="emplois", by=cast.suppleant)
    # What is counted each year (salaries_total) is not taken over with the rest.
    assert {code: entry["valeur"] for code, entry in result.saved.items()} == {"benevoles": 30}
    assert stored(response)["benevoles"]["provenance"] == Provenance.CARRIED_OVER
    assert stored(response)["etp_total"]["valeur"] == "12"
    alone = carry_over_previous(response=response, codes=["salaries_total"], by=cast.responsable)
    assert alone.saved["salaries_total"]["valeur"] == 10
    not_concerned = carry_over_previous(response=response, codes=["budget_caf", "budget_detail"], by=cast.responsable)
    assert not_concerned.saved["budget_caf"]["etat"] == "non_concerne"
    assert "budget_detail" not in not_concerned.saved


def test_history_replays_to_the_stored_document(cast: Cast, response: Response, last_year: Response) -> None:
    carry_over_section(response=response, section="emplois", by=cast.responsable)
    save_values(response=response, inputs={"etp_total": CLEAR, "benevoles": "31"}, by=cast.correspondant_caf)
    assert replay_history(response) == stored(response)


def test_person_with_a_role_on_both_sides_enters_as_the_structure(cast: Cast, response: Response) -> None:
    factories.make_mandate(cast.correspondant_caf, Role.SUPPLEANT, structure=cast.structure)
    save_values(response=response, inputs={"benevoles": "1"}, by=cast.correspondant_caf)
    assert stored(response)["benevoles"]["provenance"] == Provenance.DECLARED


def test_autosave_cost_does_not_grow_with_what_is_stored(
    cast: Cast, response: Response, django_assert_max_num_queries
) -> None:
    save_values(response=response, inputs={"salaries_total": "1"}, by=cast.responsable)
    with django_assert_max_num_queries(8):
        save_values(response=response, inputs={"benevoles": "1"}, by=cast.responsable, sending=Sending(key="k"))
    save_values(response=response, inputs={"etp_total": "1", "budget_caf": "3", "clas": "oui"}, by=cast.responsable)
    with django_assert_max_num_queries(8):
        save_values(response=response, inputs={"benevoles": "2"}, by=cast.responsable, sending=Sending(key="l"))


def test_key_longer_than_its_column_is_refused_before_anything_is_written(cast: Cast, response: Response) -> None:
    with pytest.raises(Refused, match="64 caractères"):
        save_values(response=response, inputs={"benevoles": "1"}, by=cast.responsable, sending=Sending(key="k" * 65))
    assert stored(response) == {}


@pytest.mark.parametrize("raw", ["a\x00b", "moiti\ud800", "\u202eretourné", "👪 " * 20])
def test_strange_characters_are_refused_or_kept_but_never_break_a_save(
    cast: Cast, response: Response, raw: str
) -> None:
    result = save_values(response=response, inputs={"commentaire": raw, "benevoles": raw}, by=cast.responsable)
    assert "benevoles" in result.refused
    assert ("commentaire" in result.saved) != ("commentaire" in result.refused)
    assert replay_history(response) == stored(response)
