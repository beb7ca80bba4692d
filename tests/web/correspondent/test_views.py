"""The day of a correspondent: the list, one response, decisions; who sees what."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from senacs.accounts.models import User
from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign, Reminder
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.collection.services import save_values
from senacs.letters.models import OutgoingLetter
from senacs.lib import clock
from senacs.review.enums import FlagState
from senacs.review.models import DoubtfulCell, Flag
from senacs.review.seen import seal_of
from senacs.review.services import justify_flag, refresh_flags, return_response, submit_response
from senacs.review.validation import validate_response
from tests import factories
from tests.factories import Cast
from tests.reading import flat

COMPLETE = {
    "salaries_total": 5,
    "etp_total": "4.5",
    "budget_total": 100,
    "budget_caf": 60,
    "budget_autres": 40,
    "clas": False,
}
SignIn = Callable[[User], Client]


@pytest.fixture
def sent(cast: Cast, campaign: Campaign) -> Response:
    response = factories.make_response(structure=cast.structure, campaign=campaign, values=COMPLETE)
    return submit_response(response=response, by=cast.responsable)


@pytest.fixture
def explained(cast: Cast, campaign: Campaign) -> Flag:
    """A flag that the structure explained, on a response sent."""
    values = COMPLETE | {"budget_autres": 10}
    response = factories.make_response(structure=cast.structure, campaign=campaign, values=values)
    refresh_flags(response=response)
    justify_flag(flag=response.flags.get(), by=cast.responsable, text="Une subvention n’est pas détaillée.")
    submit_response(response=response, by=cast.responsable)
    return response.flags.get()


def test_list_shows_the_territory_and_nothing_else(sent: Response, cast: Cast, sign_in: SignIn, campaign: Campaign):
    factories.make_response(structure=cast.neighbour, campaign=campaign)
    page = sign_in(cast.correspondant_caf).get("/suivi/").content.decode()
    assert sent.invited.name in page
    assert cast.neighbour.name not in page
    assert "Envoyée" in page


def test_list_filters_by_name_and_state(sent: Response, cast: Cast, sign_in: SignIn):
    client = sign_in(cast.correspondant_federal)
    assert sent.invited.name in client.get("/suivi/?q=PLAN&etat=submitted").content.decode()
    assert sent.invited.name not in client.get("/suivi/?etat=validated").content.decode()
    assert sent.invited.name not in client.get("/suivi/?q=ailleurs").content.decode()


def test_list_costs_the_same_for_one_and_for_three(cast: Cast, sign_in: SignIn, campaign: Campaign):
    client = sign_in(cast.correspondant_caf)
    factories.make_response(structure=cast.structure, campaign=campaign, values=COMPLETE)
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get("/suivi/")
    for number in range(2):
        other = factories.make_structure(commune=cast.structure.commune, name=f"Espace {number}")
        factories.make_response(structure=other, campaign=campaign, values=COMPLETE)
    with CaptureQueriesContext(connection) as three:
        page = client.get("/suivi/").content.decode()
    assert "Espace 1" in page
    assert len(three) == len(one)


@pytest.mark.parametrize("role", ["responsable", "suppleant", "copil", "regional", "comite_technique", "nobody"])
def test_list_is_for_those_who_follow(role: str, sent: Response, cast: Cast, sign_in: SignIn):
    assert sign_in(getattr(cast, role)).get("/suivi/").status_code == 403


@pytest.mark.parametrize(
    ("role", "status"),
    [("stranger", 404), ("copil", 404), ("responsable", 403), ("national", 302), ("preparation", 404)],
)
def test_response_is_hidden_or_forbidden_to_others(role: str, status: int, sent: Response, cast: Cast, sign_in: SignIn):
    assert sign_in(getattr(cast, role)).get(f"/suivi/{sent.pk}/").status_code == status


def test_response_shows_answers_flags_and_story(explained: Flag, cast: Cast, sign_in: SignIn):
    page = sign_in(cast.correspondant_caf).get(f"/suivi/{explained.response_id}/").content.decode()
    assert explained.message in page
    assert "Une subvention n’est pas détaillée." in page
    assert "Accepter l’explication" in page
    assert "4,5" in page
    assert "Envoyée" in page


def seen(response: Response) -> dict[str, str]:
    """What the page of the response, opened now, sends back with each decision."""
    return {"seen": seal_of(Response.objects.get(pk=response.pk))}


@pytest.mark.parametrize(
    ("act", "changed"),
    [
        ("valider", "answers"),
        ("valider", "points"),
        ("accepter-explications", "answers"),
        ("one explanation", "points"),
    ],
)
def test_what_changed_since_the_page_was_opened_is_read_again(
    act: str, changed: str, explained: Flag, cast: Cast, sign_in: SignIn
):
    response, client = explained.response, sign_in(cast.correspondant_caf)
    data = seen(response)
    if changed == "answers":
        return_response(response=response, by=cast.correspondant_federal, reason="Les ETP ?")
        save_values(response=response, inputs={"etp_total": "4"}, by=cast.responsable)
        submit_response(response=response, by=cast.responsable)
        named = "Ont changé : "
    else:
        now = clock.now()
        Flag.objects.create(
            response=response, rule_code="AUTRE", severity="to_justify", message="Autre", raised_at=now, updated_at=now
        )
        named = ""
    url = f"/suivi/{response.pk}/{act}/" if " " not in act else f"/suivi/signalement/{explained.pk}/accepter/"
    page = client.post(url, data, follow=True).content.decode()
    assert "a changé depuis que vous avez ouvert la page" in page
    assert named in page
    explained.refresh_from_db()
    assert explained.state == FlagState.JUSTIFIED
    assert Response.objects.get(pk=response.pk).state == ResponseState.SUBMITTED


def test_a_list_validates_what_it_showed(sent: Response, cast: Cast, sign_in: SignIn):
    client = sign_in(cast.correspondant_caf)
    page = client.get("/suivi/").content.decode()
    shown = re.search(rf'name="seen-{sent.pk}" value="([^"]+)"', page)
    assert shown
    now = clock.now()
    late = Flag.objects.create(
        response=sent, rule_code="AUTRE", severity="information", message="Autre", raised_at=now, updated_at=now
    )
    data = {"responses": [sent.pk], f"seen-{sent.pk}": shown[1]}
    assert "laissées telles quelles" in client.post("/suivi/validation/", data, follow=True).content.decode()
    late.delete()
    client.post("/suivi/validation/", data)
    sent.refresh_from_db()
    assert sent.state == ResponseState.VALIDATED


def test_explanation_is_accepted_then_the_response_validated(explained: Flag, cast: Cast, sign_in: SignIn):
    client = sign_in(cast.correspondant_caf)
    assert client.post(f"/suivi/signalement/{explained.pk}/accepter/", seen(explained.response)).status_code == 302
    assert client.post(f"/suivi/{explained.response_id}/valider/", seen(explained.response)).status_code == 302
    explained.refresh_from_db()
    assert explained.state == FlagState.ACCEPTED
    assert Response.objects.get(pk=explained.response_id).state == ResponseState.VALIDATED


def test_what_was_accepted_is_not_placed_again(
    explained: Flag, cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
):
    asked: list[dict[str, str]] = []

    def placed(response: Response, at: object, *, explained: dict[str, str]) -> list[object]:
        asked.append(explained)
        return []

    monkeypatch.setattr("senacs.web.correspondent.views.suggestions_for", placed)
    page, client = f"/suivi/{explained.response_id}/", sign_in(cast.correspondant_caf)
    client.get(page)
    Flag.objects.filter(pk=explained.pk).update(state=FlagState.ACCEPTED)
    client.get(page)
    assert asked == [{}, {explained.rule_code: explained.message}]


def test_return_needs_a_reason_and_says_it(sent: Response, cast: Cast, sign_in: SignIn):
    client = sign_in(cast.correspondant_federal)
    refused = client.post(f"/suivi/{sent.pk}/retourner/", {"reason": " "})
    assert refused.status_code == 422
    assert "Écrivez le motif" in refused.content.decode()
    client.post(f"/suivi/{sent.pk}/retourner/", {"reason": "Le budget est à revoir."})
    sent.refresh_from_db()
    assert sent.state == ResponseState.RETURNED
    assert sent.events.get(transition="return").reason == "Le budget est à revoir."


def test_contested_response_waits_for_both(sent: Response, cast: Cast, sign_in: SignIn):
    sign_in(cast.correspondant_caf).post(f"/suivi/{sent.pk}/contester/", {"reason": "Budget discuté."})
    page = sign_in(cast.correspondant_caf).post(f"/suivi/{sent.pk}/valider/", seen(sent), follow=True).content.decode()
    assert "n’est pas encore partie" in page, "days run from the letter"
    assert "celui de l’autre correspondant est attendu" in page
    assert "Votre accord est donné ; celui de la fédération est attendu." in page
    assert ("Retirer ma contestation" in page, "Valider la réponse" in page) == (True, False)
    client = sign_in(cast.correspondant_federal)
    page = client.get(f"/suivi/{sent.pk}/").content.decode()
    assert ("Donner mon accord" in page, "Retirer ma contestation" in page) == (True, False)
    client.post(f"/suivi/{sent.pk}/valider/", seen(sent))
    sent.refresh_from_db()
    assert sent.state == ResponseState.VALIDATED


def test_silence_of_the_other_offers_to_validate_alone(sent: Response, cast: Cast, sign_in: SignIn):
    sign_in(cast.correspondant_federal).post(f"/suivi/{sent.pk}/contester/", {"reason": "Budget discuté."})
    sign_in(cast.correspondant_caf).post(f"/suivi/{sent.pk}/valider/", seen(sent))
    OutgoingLetter.objects.update(state="envoyee", sealed_body="", sent_at=clock.now() - timedelta(days=16))
    client = sign_in(cast.correspondant_caf)
    page = client.get(f"/suivi/{sent.pk}/").content.decode()
    assert "La fédération n’a pas réagi depuis 15\u00a0jours" in page
    assert "Valider la réponse" in page
    client.post(f"/suivi/{sent.pk}/valider/", seen(sent))
    sent.refresh_from_db()
    assert sent.state == ResponseState.VALIDATED


@pytest.mark.parametrize("act", ["valider", "retourner", "contester"])
def test_national_team_decides_nothing_about_a_response(act: str, sent: Response, cast: Cast, sign_in: SignIn):
    assert sign_in(cast.national).post(f"/suivi/{sent.pk}/{act}/", {"reason": "x"}).status_code == 403
    sent.refresh_from_db()
    assert sent.state == ResponseState.SUBMITTED


def test_history_tells_each_change_with_its_author(cast: Cast, campaign: Campaign, sign_in: SignIn):
    response = factories.make_response(structure=cast.structure, campaign=campaign)
    save_values(response=response, inputs={"salaries_total": "12"}, by=cast.responsable)
    save_values(response=response, inputs={"salaries_total": "13"}, by=cast.responsable)
    page = sign_in(cast.correspondant_caf).get(f"/suivi/{response.pk}/historique/salaries_total/").content.decode()
    assert "sans réponse" in page
    assert page.index("13") < page.index("sans réponse")
    assert "Déclarée par la structure" in page


def test_history_of_an_unknown_question_is_not_found(sent: Response, cast: Cast, sign_in: SignIn):
    assert sign_in(cast.correspondant_caf).get(f"/suivi/{sent.pk}/historique/inconnue/").status_code == 404


def test_reminders_reach_only_the_late_ones_of_the_territory(
    cast: Cast, campaign: Campaign, sign_in: SignIn, django_capture_on_commit_callbacks, mailoutbox
):
    late = factories.make_response(structure=cast.structure, campaign=campaign)
    elsewhere = factories.make_response(structure=cast.neighbour, campaign=campaign)
    client = sign_in(cast.correspondant_caf)
    page = client.get("/suivi/relances/").content.decode()
    assert cast.structure.name in page
    assert cast.neighbour.name not in page
    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            "/suivi/relances/",
            {"structures": [late.structure_id, elsewhere.structure_id], "message": "Besoin d’aide ?"},
        )
    assert list(Reminder.objects.values_list("structure", flat=True)) == [late.structure_id]
    assert any("Besoin d’aide\u202f?" in letter.body for letter in mailoutbox)


def test_reminders_stop_with_the_control(cast: Cast, campaign: Campaign, sign_in: SignIn):
    Campaign.objects.filter(pk=campaign.pk).update(phase=Phase.TRAITEMENT)
    page = sign_in(cast.correspondant_caf).get("/suivi/relances/", follow=True).content.decode()
    assert "Les relances ne partent que pendant la saisie et le contrôle." in page


def test_residual_is_not_told_before_anything_was_looked_for(sent: Response, cast: Cast, sign_in: SignIn):
    page = sign_in(cast.correspondant_caf).get("/suivi/").content.decode()
    assert "n’ont pas encore été recherchées" in page
    assert "ne peut plus déplacer" not in page


def test_validated_response_doubted_since_has_a_list_of_its_own(sent: Response, cast: Cast, sign_in: SignIn):
    client = sign_in(cast.correspondant_caf)
    assert "Validées, à revoir" not in client.get("/suivi/").content.decode().split("<form")[0]
    validate_response(response=sent, by=cast.correspondant_caf)
    now = clock.now()
    DoubtfulCell.objects.create(
        response=sent, code="budget_total", value=100, expected=10, key="budget_total", share=40, score=40,
        moves={"budget_total": 40}, flags=["ATYPIQUE:budget_total"], raised_at=now,
    )  # fmt: skip
    waiting = factories.make_response(
        structure=factories.make_structure(commune=cast.structure.commune, name="À contrôler"),
        campaign=sent.campaign,
        values=COMPLETE,
        state=ResponseState.SUBMITTED,
        by=cast.responsable,
    )
    reply = client.get("/suivi/")
    # In the order of effect: it still weighs.
    assert [line.response.pk for line in reply.context["lines"]] == [sent.pk, waiting.pk]
    assert [line.response.pk for line in reply.context["again"]["lines"]] == [sent.pk]
    assert "rouvrez celles qui sont à corriger" in flat(reply)
    only = client.get("/suivi/?etat=validated-again")
    assert [line.response.pk for line in only.context["lines"]] == [sent.pk]


def test_all_explanations_are_accepted_at_once(explained: Flag, cast: Cast, sign_in: SignIn):
    response, now = explained.response, clock.now()
    other = Flag.objects.create(
        response=response, rule_code="AUTRE", severity="to_justify", fields=["etp_total"], message="Autre point.",
        state=FlagState.JUSTIFIED, justification="Un temps partiel.", justified_by=cast.responsable, justified_at=now,
        raised_at=now, updated_at=now,
    )  # fmt: skip
    url = f"/suivi/{response.pk}/"
    assert sign_in(cast.responsable).post(f"{url}accepter-explications/").status_code == 403
    client = sign_in(cast.correspondant_federal)
    assert "Accepter toutes les explications" in client.get(url).content.decode()
    page = client.post(f"{url}accepter-explications/", seen(response), follow=True).content.decode()
    assert "2\u00a0explications acceptées" in page
    assert {flag.state for flag in response.flags.filter(pk__in=[explained.pk, other.pk])} == {FlagState.ACCEPTED}


def doubt(response: Response, code: str, share: float) -> DoubtfulCell:
    return DoubtfulCell.objects.create(
        response=response, code=code, key="budget_total", share=share, score=share, moves={"budget_total": share},
        raised_at=clock.now(),
    )  # fmt: skip


def test_the_last_response_of_a_departement_is_validated_in_sight_of_what_doubts_move(
    sent: Response, cast: Cast, sign_in: SignIn, campaign: Campaign
) -> None:
    other = factories.make_response(structure=cast.neighbour, campaign=campaign, values=COMPLETE)
    submit_response(response=other, by=cast.neighbour_responsable)
    assert other.invited.departement_code != sent.invited.departement_code
    doubt(sent, "budget_autres", 12.0)
    doubt(other, "budget_total", 80.0)  # another département's
    html = flat(sign_in(cast.correspondant_caf).get(f"/suivi/{sent.pk}/").content.decode())
    assert "Avant de valider la dernière réponse du département" in html
    assert "12 % du total du département" in html.replace("\u00a0", " ")
    assert f"/suivi/{sent.pk}/#champ-budget_autres" in html
    DoubtfulCell.objects.filter(response=sent).update(share=4.0, moves={"budget_total": 4.0})
    html = flat(sign_in(cast.correspondant_caf).get(f"/suivi/{sent.pk}/").content.decode())
    assert "ne tient plus à une valeur douteuse" in html


def test_while_others_wait_nothing_is_said_of_the_last(
    sent: Response, cast: Cast, sign_in: SignIn, campaign: Campaign
) -> None:
    doubt(sent, "budget_autres", 12.0)
    beside = factories.make_structure(name="Autre", commune=cast.structure.commune)
    waiting = factories.make_response(structure=beside, campaign=campaign, state=ResponseState.SUBMITTED)
    address = f"/suivi/{sent.pk}/"
    assert "dernière réponse" not in sign_in(cast.correspondant_caf).get(address).content.decode()
    Response.objects.filter(pk=waiting.pk).update(state=ResponseState.DRAFT)
    assert "dernière réponse" in sign_in(cast.correspondant_caf).get(address).content.decode()


def test_a_draft_that_nobody_opened_is_not_begun(cast: Cast, campaign: Campaign, sign_in: SignIn) -> None:
    untouched = factories.make_response(structure=cast.structure, campaign=campaign)
    client = sign_in(cast.correspondant_caf)
    for address in ("/suivi/", "/suivi/?etat=untouched", f"/suivi/{untouched.pk}/"):
        page = client.get(address).content.decode()
        assert untouched.invited.name in page and ">Non commencée</strong>" in page, address
    assert untouched.invited.name not in client.get("/suivi/?etat=draft").content.decode()
