"""States that tell the truth: titles, reasons, the last second of the entry, what awaits, the response taken back."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign
from senacs.collection.enums import AbsenceKind, AbsenceReason, ResponseState
from senacs.collection.models import Response
from senacs.collection.participation import declare_absence
from senacs.collection.services import save_values
from senacs.lib import clock
from senacs.lib.refusals import Refused
from senacs.review.demandes import open_query
from senacs.review.enums import FlagOrigin, FlagSeverity
from senacs.review.models import Flag
from senacs.review.services import control_has_begun, take_back_response
from senacs.web.structure.standing import awaited_from, deadline_of, standing_of
from senacs.web.templatetags.senacs_intake import intake_card
from tests import factories
from tests.factories import Cast
from tests.reading import flat

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def response(cast: Cast, campaign: Campaign) -> Response:
    return factories.make_response(structure=cast.structure, campaign=campaign, by=cast.responsable)


@pytest.fixture
def sent(cast: Cast, campaign: Campaign) -> Response:
    return factories.make_response(
        structure=cast.structure, campaign=campaign, state=ResponseState.SUBMITTED, by=cast.responsable
    )


def last_second(campaign: Campaign) -> datetime:
    return datetime.combine(campaign.closes_on, time(23, 59, 59), PARIS)


def test_entry_closes_at_the_second_whatever_the_phase(cast: Cast, response: Response) -> None:
    end = last_second(response.campaign)
    with clock.frozen(end):
        assert standing_of(response, cast.responsable).may_write
        assert save_values(response=response, inputs={"salaries_total": "3"}, by=cast.responsable).saved
    with clock.frozen(end + timedelta(seconds=1)):
        standing = standing_of(response, cast.responsable)
        assert (standing.title, standing.may_write) == ("Saisie fermée", False)
        assert "s’est terminée le" in standing.reason
        assert deadline_of(response) == standing.reason
        with pytest.raises(Refused, match="s’est terminée le"):
            save_values(response=response, inputs={"salaries_total": "4"}, by=cast.responsable)


def test_more_time_opens_until_its_own_last_second(cast: Cast, response: Response) -> None:
    Response.objects.filter(pk=response.pk).update(extended_until=response.campaign.closes_on + timedelta(days=3))
    response.refresh_from_db(fields=["extended_until"])
    end = last_second(response.campaign) + timedelta(days=3)
    with clock.frozen(end):
        assert standing_of(response, cast.responsable).may_write
    with clock.frozen(end + timedelta(seconds=1)):
        assert not standing_of(response, cast.responsable).may_write


@pytest.mark.parametrize(
    ("state", "phase", "title", "said"),
    [
        (ResponseState.DRAFT, Phase.SAISIE, "Saisie à commencer", ""),
        (ResponseState.DRAFT, Phase.PREPARATION, "Saisie à venir", "ouvrira le"),
        (ResponseState.DRAFT, Phase.CONTROLE, "Saisie fermée", "le contrôle de cohérence a commencé"),
        (ResponseState.DRAFT, Phase.DIFFUSION, "Saisie fermée", "est close"),
        (ResponseState.SUBMITTED, Phase.SAISIE, "Réponse envoyée", "envoyée depuis le"),
        (ResponseState.RETURNED, Phase.CONTROLE, "Réponse à corriger", ""),
        (ResponseState.VALIDATED, Phase.CONTROLE, "Réponse validée", "validée depuis le"),
    ],
)
def test_each_state_has_its_title_and_its_reason(
    cast: Cast, campaign: Campaign, state: ResponseState, phase: Phase, title: str, said: str
) -> None:
    response = factories.make_response(structure=cast.structure, campaign=campaign, state=state, by=cast.responsable)
    campaign.phase = phase
    response.campaign = campaign
    standing = standing_of(response, cast.responsable)
    assert standing.title == title
    assert said in standing.reason
    assert standing.may_write is (said == "")


def test_reader_is_told_that_only_the_structure_writes(cast: Cast, response: Response) -> None:
    assert "seule la structure" in standing_of(response, cast.national).reason


def test_structure_that_declined_is_told_so_and_may_come_back(cast: Cast, response: Response, sign_in: Any) -> None:
    declare_absence(response=response, kind=AbsenceKind.DECLINED, reason=AbsenceReason.NO_TIME, by=cast.responsable)
    standing = standing_of(response, cast.responsable)
    assert standing.title == "Ne participe pas cette année"
    assert standing.may_write
    html = sign_in(cast.responsable).get(f"/saisie/{response.pk}/").content.decode()
    assert "<title>\n      Ne participe pas cette année" in html or "Ne participe pas cette année : " in html
    assert "pas le temps ou pas les moyens" in html


def test_sent_response_says_so_on_every_page(cast: Cast, sent: Response, sign_in: Any) -> None:
    client = sign_in(cast.responsable)
    for path in ("", "rubrique/emplois/", "verifier/"):
        html = client.get(f"/saisie/{sent.pk}/{path}").content.decode()
        assert "envoyée" in html.lower()
        assert ", encore" not in html
    board = client.get(f"/saisie/{sent.pk}/").content.decode()
    assert "Réponse envoyée : " in board
    assert "La saisie s’est terminée" not in board
    assert "reste ouverte jusqu’au" in board


@pytest.mark.parametrize("state", [ResponseState.SUBMITTED, ResponseState.VALIDATED])
def test_a_response_that_left_offers_no_act_that_would_be_refused(
    cast: Cast, campaign: Campaign, state: ResponseState, sign_in: Any
) -> None:
    response = factories.make_response(structure=cast.structure, campaign=campaign, state=state, by=cast.responsable)
    Flag.objects.create(
        response=response, rule_code="ATYPIQUE_etp_total", origin=FlagOrigin.ATYPICAL, severity=FlagSeverity.TO_JUSTIFY,
        fields=["etp_total"], message="Vraiment ?", details={"value": 3.0, "previous": 30.0},
        raised_at=clock.now(), updated_at=clock.now(),
    )  # fmt: skip
    client = sign_in(cast.responsable)

    def read(path: str) -> str:
        return flat(client.get(f"/saisie/{response.pk}/{path}").content.decode())

    board = read("")
    for act in ("délai", "Ne pas participer", "ne pas participer", "classeur", "Relier un logiciel"):
        assert act not in board
    assert "Logiciels reliés" in board
    for act in ("Demander plus de temps", "Ne pas participer", "n’est plus concernée", "La saisie se termine"):
        assert act not in read("participation/")
    for path in ("rubrique/emplois/", "preparation/"):
        page = read(path)
        assert "Enregistrer" not in page
        assert "Vérifier et envoyer" not in page
    is_sent = state == ResponseState.SUBMITTED
    assert ("Accusé de réception" in read("envoyee/")) is not is_sent
    # What a correspondent asks about later is explained until the validation.
    assert ("valeur à confirmer" in board) is is_sent
    assert ("Envoyer l’explication" in read("demandes/")) is is_sent


def test_a_delay_is_asked_while_a_later_day_remains(response: Response) -> None:
    def offered(instant: datetime) -> object:
        with clock.frozen(instant):
            return intake_card(response)["participation"]

    end = last_second(response.campaign)
    over = datetime.combine(response.campaign.review_ends_on, time(23, 59, 59), PARIS)
    assert offered(end) == "Demander un délai, ne pas participer"
    assert offered(end + timedelta(seconds=1)) == offered(over) == "Demander un délai"
    assert offered(over + timedelta(seconds=1)) == ""


def test_structure_takes_back_what_nobody_has_begun_to_control(cast: Cast, sent: Response, sign_in: Any) -> None:
    client = sign_in(cast.suppleant)
    assert "Reprendre ma réponse" in client.get(f"/saisie/{sent.pk}/").content.decode()
    reply = client.post(f"/saisie/{sent.pk}/reprise/")
    assert reply.url == f"/saisie/{sent.pk}/"
    sent.refresh_from_db()
    assert (sent.state, sent.submitted_at, sent.submitted_by) == (ResponseState.DRAFT, None, None)
    assert [event.transition for event in sent.events.all()][-1] == "take_back"
    assert save_values(response=sent, inputs={"salaries_total": "3"}, by=cast.responsable).saved


def test_response_under_control_is_not_taken_back(cast: Cast, sent: Response, sign_in: Any) -> None:
    open_query(response=sent, field_code="salaries_total", by=cast.correspondant_caf, text="Est-ce bien 10 ?")
    sent.refresh_from_db()
    assert control_has_begun(sent)
    client = sign_in(cast.responsable)
    assert "Reprendre ma réponse" not in client.get(f"/saisie/{sent.pk}/").content.decode()
    reply = client.post(f"/saisie/{sent.pk}/reprise/")
    assert reply.status_code == 409
    assert "a commencé le contrôle" in reply.content.decode()
    sent.refresh_from_db()
    assert sent.state == ResponseState.SUBMITTED


def test_response_is_not_taken_back_after_the_entry(cast: Cast, sent: Response) -> None:
    with (
        clock.frozen(last_second(sent.campaign) + timedelta(seconds=1)),
        pytest.raises(Refused, match="ne pourrait plus être envoyée"),
    ):
        take_back_response(response=sent, by=cast.responsable)
    assert Response.objects.get(pk=sent.pk).submitted_at is not None


@pytest.mark.parametrize(("who", "status"), [("correspondant_caf", 403), ("national", 403), ("stranger", 404)])
def test_others_take_nothing_back(cast: Cast, sent: Response, sign_in: Any, who: str, status: int) -> None:
    assert sign_in(cast.users()[who]).post(f"/saisie/{sent.pk}/reprise/").status_code == status


def test_what_awaits_stands_first_with_its_number_and_its_link(cast: Cast, sent: Response, sign_in: Any) -> None:
    assert awaited_from(sent) == []
    open_query(response=sent, field_code="salaries_total", by=cast.correspondant_caf, text="Est-ce bien 10 ?")
    assert [(item.text, item.url) for item in awaited_from(sent)] == [
        ("1\u00a0demande de vos correspondants", f"/saisie/{sent.pk}/demandes/")
    ]
    html = sign_in(cast.responsable).get(f"/saisie/{sent.pk}/").content.decode()
    assert html.index("Ce qui vous attend") < html.index("suite-titre")
    assert "Ce qui vous attend" not in sign_in(cast.correspondant_caf).get(f"/saisie/{sent.pk}/").content.decode()


def test_value_entered_for_the_structure_awaits_it(cast: Cast, response: Response) -> None:
    save_values(response=response, inputs={"salaries_total": "3"}, by=cast.correspondant_caf)
    response.refresh_from_db()
    assert [item.text for item in awaited_from(response)] == ["1\u00a0valeur saisie pour vous, à examiner"]


def test_director_reads_the_history_of_a_value(cast: Cast, response: Response, sign_in: Any) -> None:
    client = sign_in(cast.responsable)
    assert "Historique" not in client.get(f"/saisie/{response.pk}/rubrique/emplois/").content.decode()
    save_values(response=response, inputs={"salaries_total": "3"}, by=cast.suppleant)
    save_values(response=response, inputs={"personnes_animation": "2"}, by=cast.correspondant_caf)
    assert (
        f"/saisie/{response.pk}/historique/salaries_total/"
        in client.get(f"/saisie/{response.pk}/rubrique/emplois/").content.decode()
    )
    html = client.get(f"/saisie/{response.pk}/historique/salaries_total/").content.decode()
    assert cast.suppleant.get_full_name() in html
    assert "3\u00a0personnes" in html
    grid = client.get(f"/saisie/{response.pk}/historique/emplois/").content.decode()
    assert "Personnes, animation" in grid
    assert cast.correspondant_caf.get_full_name() in grid
    assert client.get(f"/saisie/{response.pk}/historique/rien/").status_code == 404
