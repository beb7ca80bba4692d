"""From submission to validation, and what stands in the way."""

import pytest
from django.conf import settings
from django.core import mail

from senacs.accounts.enums import Role
from senacs.campaigns.models import Campaign
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.collection.services import CLEAR, save_values
from senacs.lib.refusals import NotAllowed, Refused
from senacs.questionnaire.engine.loader import load_directory
from senacs.review.enums import FlagState
from senacs.review.models import Flag
from senacs.review.permissions import can_contest, can_judge, can_justify, can_reopen, can_return, can_validate
from senacs.review.queries import story
from senacs.review.services import (
    MissingAnswers,
    accept_justification,
    contest_response,
    justify_flag,
    refresh_flags,
    reject_justification,
    reopen_response,
    return_response,
    submit_response,
    withdraw_contest,
)
from senacs.review.validation import validate_response
from tests import factories
from tests.factories import Cast

COMPLETE = {
    "salaries_total": 5,
    "etp_total": "4.5",
    "budget_total": 100,
    "budget_caf": 60,
    "budget_autres": 40,
    "clas": False,
}
PAIR = {"correspondant_caf", "correspondant_federal"}
STRUCTURE = {"responsable", "suppleant"}


def filled(cast: Cast, campaign: Campaign, **changes: object) -> Response:
    return factories.make_response(structure=cast.structure, campaign=campaign, values=COMPLETE | changes)


@pytest.fixture
def sent(cast: Cast, campaign: Campaign) -> Response:
    """A complete response, sent."""
    return submit_response(response=filled(cast, campaign), by=cast.responsable)


@pytest.fixture
def to_explain(cast: Cast, campaign: Campaign) -> Flag:
    """An open flag to justify, on a draft."""
    response = filled(cast, campaign, budget_autres=10)
    refresh_flags(response=response)
    return response.flags.get()


def test_complete_response_is_sent(cast: Cast, sent: Response) -> None:
    assert (sent.state, sent.submitted_by) == (ResponseState.SUBMITTED, cast.responsable)


def test_missing_required_fields_are_listed_by_their_labels(cast: Cast, campaign: Campaign) -> None:
    response = filled(cast, campaign, clas=True)
    save_values(response=response, inputs={"etp_total": CLEAR}, by=cast.responsable)
    with pytest.raises(Refused, match="2\xa0réponses obligatoires") as refused:
        submit_response(response=response, by=cast.responsable)
    assert refused.value.details == ["Équivalents temps plein", "Enfants accompagnés"]
    assert Response.objects.get(pk=response.pk).state == ResponseState.DRAFT


def test_missing_cells_of_a_table_are_told_under_its_question() -> None:
    questionnaire = load_directory(settings.BASE_DIR / "data/questionnaires/2026")
    question = questionnaire.questions["salaries_par_genre"]
    cells = tuple(field for field in question.fields if not field.is_computed)
    assert MissingAnswers(question, cells[:2]).text == "Salariés par genre : salariés, femmes ; salariés, hommes"
    ages = questionnaire.questions["participants_par_age"]
    assert MissingAnswers(ages, ages.fields[:9]).text == "Participants uniques par âge : 9\xa0cases"


def test_not_concerned_answers_a_required_field(cast: Cast, campaign: Campaign) -> None:
    response = filled(cast, campaign, salaries_total=None, etp_total=None)
    assert submit_response(response=response, by=cast.responsable).state == ResponseState.SUBMITTED


def test_blocking_flag_forbids_sending(cast: Cast, campaign: Campaign) -> None:
    response = filled(cast, campaign, salaries_total=3)
    with pytest.raises(Refused, match="contredisent") as refused:
        submit_response(response=response, by=cast.responsable)
    assert "4,5" in refused.value.details[0]


def test_refused_submission_leaves_its_flags_for_the_page(cast: Cast, campaign: Campaign) -> None:
    """The refusal rolls its transaction back; the page refreshes the flags before it shows them."""
    response = filled(cast, campaign, salaries_total=3)
    refresh_flags(response=response)
    with pytest.raises(Refused):
        submit_response(response=response, by=cast.responsable)
    assert response.flags.open().count() == 1


def test_blocking_flag_cannot_be_explained_away(cast: Cast, campaign: Campaign) -> None:
    response = filled(cast, campaign, salaries_total=3)
    refresh_flags(response=response)
    with pytest.raises(Refused, match="corriger"):
        justify_flag(flag=response.flags.get(), by=cast.responsable, text="C’est ainsi")


def test_flag_to_justify_wants_an_explanation_before_sending(cast: Cast, to_explain: Flag) -> None:
    with pytest.raises(Refused, match="explication") as refused:
        submit_response(response=to_explain.response, by=cast.responsable)
    assert refused.value.details == [to_explain.message]
    justify_flag(flag=to_explain, by=cast.suppleant, text=" Subvention versée en retard ")
    sent = submit_response(response=to_explain.response, by=cast.responsable)
    assert sent.state == ResponseState.SUBMITTED
    flag = sent.flags.get()
    assert (flag.state, flag.justification) == (FlagState.JUSTIFIED, "Subvention versée en retard")
    assert flag.justified_by == cast.suppleant


def test_information_asks_for_nothing(cast: Cast, campaign: Campaign) -> None:
    response = filled(cast, campaign, clas=True, clas_enfants=150)
    sent = submit_response(response=response, by=cast.responsable)
    assert sent.flags.get().state == FlagState.OPEN
    assert validate_response(response=sent, by=cast.correspondant_caf).state == ResponseState.VALIDATED


@pytest.mark.parametrize("text", ["", "  ", "NIR 2 69 05 49 588 157 80"])
def test_explanation_is_a_text_without_social_security_number(cast: Cast, to_explain: Flag, text: str) -> None:
    with pytest.raises(Refused):
        justify_flag(flag=to_explain, by=cast.responsable, text=text)
    assert Flag.objects.get(pk=to_explain.pk).state == FlagState.OPEN


def test_nir_stored_by_an_earlier_import_forbids_sending(cast: Cast, campaign: Campaign) -> None:
    response = filled(cast, campaign, commentaire="2 69 05 49 588 157 80")
    with pytest.raises(Refused, match="sécurité sociale") as refused:
        submit_response(response=response, by=cast.responsable)
    assert refused.value.details == ["Commentaire"]


def test_rejected_explanation_prevents_validation_and_returns_with_the_response(
    cast: Cast, to_explain: Flag, django_capture_on_commit_callbacks
) -> None:
    justify_flag(flag=to_explain, by=cast.responsable, text="Non")
    sent = submit_response(response=to_explain.response, by=cast.responsable)
    reject_justification(flag=to_explain, by=cast.correspondant_federal)
    with pytest.raises(Refused) as refused:
        validate_response(response=sent, by=cast.correspondant_caf)
    assert refused.value.details == [to_explain.message]
    factories.empty_outbox()
    with django_capture_on_commit_callbacks(execute=True):
        returned = return_response(response=sent, by=cast.correspondant_federal, reason="Merci de préciser")
    assert returned.state == ResponseState.RETURNED
    structure, pair = {cast.responsable.email, cast.suppleant.email}, {cast.correspondant_caf.email}
    assert {letter.to[0] for letter in mail.outbox} == structure | pair
    letter = next(letter for letter in mail.outbox if letter.to[0] in structure)
    assert "Merci de préciser" in letter.body
    assert to_explain.message in letter.body


def test_accepted_explanation_lets_validate(cast: Cast, to_explain: Flag) -> None:
    justify_flag(flag=to_explain, by=cast.responsable, text="Report")
    sent = submit_response(response=to_explain.response, by=cast.responsable)
    accept_justification(flag=to_explain, by=cast.correspondant_caf)
    assert validate_response(response=sent, by=cast.correspondant_federal).state == ResponseState.VALIDATED


def test_sent_response_is_no_longer_explained(cast: Cast, to_explain: Flag) -> None:
    justify_flag(flag=to_explain, by=cast.responsable, text="Report")
    submit_response(response=to_explain.response, by=cast.responsable)
    with pytest.raises(Refused, match="envoyée"):
        justify_flag(flag=to_explain, by=cast.responsable, text="Autre chose")


@pytest.mark.parametrize("name", sorted(PAIR))
def test_each_of_the_pair_validates_alone(cast: Cast, sent: Response, name: str) -> None:
    validated = validate_response(response=sent, by=cast.users()[name])
    assert (validated.state, validated.validated_by) == (ResponseState.VALIDATED, cast.users()[name])


def test_contested_response_wants_both(cast: Cast, sent: Response) -> None:
    contest_response(response=sent, by=cast.correspondant_federal, reason="Le budget")
    waiting = validate_response(response=sent, by=cast.correspondant_caf)
    assert waiting.state == ResponseState.SUBMITTED
    with pytest.raises(Refused, match="déjà"):
        validate_response(response=sent, by=cast.correspondant_caf)
    validated = validate_response(response=sent, by=cast.correspondant_federal)
    assert validated.state == ResponseState.VALIDATED
    labels = [moment.label for moment in reversed(story(validated))]
    assert labels == ["Envoyée", "Contestée", "Accord donné", "Accord donné", "Validée"]


def test_nobody_approves_for_both_sides(cast: Cast, sent: Response) -> None:
    factories.make_mandate(cast.correspondant_caf, Role.CORRESPONDANT_FEDERAL, federation=cast.structure.federation)
    contest_response(response=sent, by=cast.responsable, reason="La Caf a changé nos effectifs")
    validate_response(response=sent, by=cast.correspondant_caf)
    with pytest.raises(Refused, match="celui de la fédération"):
        validate_response(response=sent, by=cast.correspondant_caf)
    assert Response.objects.get(pk=sent.pk).state == ResponseState.SUBMITTED


def test_return_forgets_the_approvals(cast: Cast, sent: Response) -> None:
    contest_response(response=sent, by=cast.correspondant_federal, reason="Le budget")
    validate_response(response=sent, by=cast.correspondant_caf)
    returned = return_response(response=sent, by=cast.correspondant_federal, reason="À revoir")
    assert not returned.approvals.exists()


def test_contest_is_withdrawn_by_its_author_alone(cast: Cast, sent: Response) -> None:
    contest_response(response=sent, by=cast.correspondant_federal, reason="Le budget")
    with pytest.raises(NotAllowed):
        withdraw_contest(response=sent, by=cast.correspondant_caf)
    withdraw_contest(response=sent, by=cast.correspondant_federal)
    assert validate_response(response=sent, by=cast.correspondant_caf).state == ResponseState.VALIDATED
    with pytest.raises(Refused):
        withdraw_contest(response=sent, by=cast.correspondant_federal)


def test_contest_says_what_and_only_of_a_sent_response(cast: Cast, sent: Response) -> None:
    with pytest.raises(Refused, match="contesté"):
        contest_response(response=sent, by=cast.correspondant_caf, reason=" ")
    returned = return_response(response=sent, by=cast.correspondant_caf, reason="À revoir")
    with pytest.raises(Refused, match="envoyée"):
        contest_response(response=returned, by=cast.correspondant_caf, reason="Le budget")


def test_whole_circle_leaves_its_story(cast: Cast, sent: Response) -> None:
    returned = return_response(response=sent, by=cast.correspondant_caf, reason="Vérifier les ETP")
    save_values(response=returned, inputs={"etp_total": "4"}, by=cast.suppleant)
    again = submit_response(response=returned, by=cast.suppleant)
    validated = validate_response(response=again, by=cast.correspondant_federal)
    reopened = reopen_response(response=validated, by=cast.correspondant_caf, reason="Erreur signalée")
    assert reopened.state == ResponseState.RETURNED
    assert [(moment.label, moment.by, moment.reason) for moment in reversed(story(reopened))] == [
        ("Envoyée", cast.responsable, ""),
        ("Retournée", cast.correspondant_caf, "Vérifier les ETP"),
        ("Envoyée", cast.suppleant, ""),
        ("Validée", cast.correspondant_federal, ""),
        ("Rouverte", cast.correspondant_caf, "Erreur signalée"),
    ]


def test_validation_thanks_the_structure(cast: Cast, sent: Response, django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        validate_response(response=sent, by=cast.correspondant_caf)
    thanked = {letter.to[0] for letter in mail.outbox if "votre réponse est validée" in letter.subject}
    assert thanked == {cast.responsable.email, cast.suppleant.email}


def test_who_may_do_what_on_a_sent_response(cast: Cast, sent: Response) -> None:
    def allowed(action, response: Response = sent) -> set[str]:
        return {name for name, user in cast.users().items() if action(user, response)}

    assert allowed(can_validate) == allowed(can_return) == PAIR
    assert allowed(can_contest) == PAIR | STRUCTURE
    assert allowed(can_reopen) == set()
    validated = validate_response(response=sent, by=cast.correspondant_caf)
    assert allowed(can_reopen, validated) == PAIR
    assert allowed(can_validate, validated) == allowed(can_return, validated) == set()


def test_who_may_explain_and_judge(cast: Cast, to_explain: Flag) -> None:
    assert {name for name, user in cast.users().items() if can_justify(user, to_explain)} == STRUCTURE
    assert {name for name, user in cast.users().items() if can_judge(user, to_explain)} == PAIR


def test_services_refuse_those_whom_permissions_refuse(cast: Cast, to_explain: Flag) -> None:
    for name, user in cast.users().items():
        if name not in STRUCTURE:
            with pytest.raises(NotAllowed):
                justify_flag(flag=to_explain, by=user, text="Parce que")
            with pytest.raises(NotAllowed):
                submit_response(response=to_explain.response, by=user)
        if name not in PAIR:
            with pytest.raises(NotAllowed):
                accept_justification(flag=to_explain, by=user)
            with pytest.raises(NotAllowed):
                validate_response(response=to_explain.response, by=user)
