"""A campaign checked again: what appears, stays and goes; a check that was killed goes on; other rules, same fields."""

from datetime import timedelta

import pytest

from senacs.campaigns.models import Campaign
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.collection.services import save_values
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused
from senacs.questionnaire.engine.loader import from_document, load_directory, to_document
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.questionnaire.services import save_questionnaire
from senacs.review import campaign_check
from senacs.review.campaign_check import compare, run_recheck
from senacs.review.enums import FlagOrigin, FlagState, RecheckState
from senacs.review.evaluation import evaluate
from senacs.review.frames import campaign_frame
from senacs.review.models import ControlSettings, DoubtfulCell, Flag
from senacs.review.recheck import change_rules, prepare_recheck, recheck_campaign
from senacs.review.services import refresh_flags
from senacs.review.settings import load_settings, parameters_for
from senacs.review.validation import validate_response
from tests import factories
from tests.factories import Cast

SETTINGS = {
    "peers": {"size_from": ["salaries_total"], "sizes": 1, "minimum": 8},
    "kinds": {"montant": {"smallest": 1000}},
    "indicators": {"budget_caf": {"methods": []}, "budget_detail": {"methods": []}},
    "key_totals": ["budget_total"],
}
NUMBER = 12


@pytest.fixture
def last_year(cast: Cast) -> Campaign:
    return factories.make_campaign(version=factories.make_questionnaire("minimal_2025"))


@pytest.fixture
def territory(cast: Cast, campaign: Campaign, last_year: Campaign) -> list[Response]:
    """Twelve sent responses around 100,000 €, 3 % above last year; the cast's own comes first."""
    ControlSettings.objects.create(campaign=campaign, number=1, document=SETTINGS, at=clock.now())
    structures = [cast.structure, *factories.make_structures(NUMBER - 1, commune=cast.structure.commune)]
    responses = []
    for number, structure in enumerate(structures):
        budget = 100_000 + 2_000 * number
        before = {"salaries_total": 5, "etp_total": "4", "budget_total": round(budget / 1.03)}
        now = {"salaries_total": 5, "etp_total": "4", "budget_total": budget, "budget_caf": budget, "budget_autres": 0}
        for of, values, state in (
            (last_year, before, ResponseState.VALIDATED),
            (campaign, now, ResponseState.SUBMITTED),
        ):
            response = factories.make_response(
                structure=structure, campaign=of, values=values, state=state, by=cast.responsable
            )
        responses.append(response)
    return responses


def change(response: Response, **values: object) -> None:
    document = response.values | {code: factories.stored(value) for code, value in values.items()}
    Response.objects.filter(pk=response.pk).update(values=document)


def run(campaign: Campaign) -> campaign_check.Recheck:
    return run_recheck(prepare_recheck(campaign=campaign, by=None).pk)


def test_quiet_territory_raises_nothing(territory, campaign):
    done = run(campaign)
    assert (done.state, done.done, done.total, done.appeared) == (RecheckState.DONE, NUMBER, NUMBER, {})


def test_budget_with_a_zero_too_many_is_asked_about(territory, campaign):
    change(territory[3], budget_total=1_060_000, budget_caf=1_060_000)
    done = run(campaign)
    assert done.appeared == {"ATYPIQUE:budget_total": 1, "BUDGET_EVOLUTION": 1}
    flag = territory[3].flags.get(origin=FlagOrigin.ATYPICAL)
    assert "été multiplié par 10" in flag.message
    assert "un zéro de trop\u202f?" in flag.message
    assert flag.fields == ["budget_total"]


@pytest.fixture
def longer_ago(cast: Cast, territory: list[Response], last_year: Campaign) -> list[Response]:
    """The same twelve two years ago, 3 % below last year."""
    years = {"year": last_year.version.year - 1, "data_year": last_year.version.data_year - 1}
    older = from_document(last_year.version.document | {"code": "avant"} | years)
    campaign = factories.make_campaign(version=save_questionnaire(questionnaire=older))
    responses = []
    for response in territory:
        before = Response.objects.get(structure=response.structure, campaign=last_year).values
        budget = round(int(before["budget_total"]["valeur"]) / 1.03)
        values = {"salaries_total": 5, "etp_total": "4", "budget_total": budget}
        responses.append(
            factories.make_response(
                structure=response.structure,
                campaign=campaign,
                values=values,
                state=ResponseState.VALIDATED,
                by=cast.responsable,
            )
        )
    return responses


def test_the_year_that_is_wrong_is_the_one_accused(territory, longer_ago, campaign, last_year):
    # Fences so wide that peers tell nothing: only the years do.
    wide = SETTINGS | {"default": {"fence": 30}}
    ControlSettings.objects.filter(campaign=campaign).update(document=wide)
    wrong = Response.objects.get(structure=territory[3].structure, campaign=last_year)
    change(wrong, budget_total=1_030_000)
    change(territory[7], budget_total=1_060_000, budget_caf=1_060_000)
    run(campaign)
    asked = Flag.objects.filter(origin=FlagOrigin.ATYPICAL).values_list("response_id", flat=True)
    assert list(asked) == [territory[7].pk]
    Response.objects.filter(pk=longer_ago[3].pk).delete()
    run(campaign)
    assert territory[3].flags.standing().filter(origin=FlagOrigin.ATYPICAL).exists()


def test_total_is_not_asked_about_beside_its_part(territory, campaign):
    ControlSettings.objects.filter(campaign=campaign).update(document=SETTINGS | {"indicators": {}})
    change(territory[3], budget_total=1_060_000, budget_caf=1_060_000)
    assert set(run(campaign).appeared) == {"ATYPIQUE:budget_caf", "ATYPIQUE:budget_total", "BUDGET_EVOLUTION"}


def test_message_tells_nothing_of_others(territory, campaign):
    change(territory[3], budget_total=1_060_000, budget_caf=1_060_000)
    run(campaign)
    details = territory[3].flags.get(origin=FlagOrigin.ATYPICAL).details
    assert details == {"value": 1_060_000, "previous": round(106_000 / 1.03), "kind": "ratio"}


def test_doubtful_cell_says_what_it_could_move(territory, campaign):
    change(territory[3], budget_total=1_060_000, budget_caf=1_060_000)
    run(campaign)
    cell = territory[3].doubtful_cells.get(code="budget_total")
    believed = sum(100_000 + 2_000 * n for n in range(NUMBER))
    assert cell.expected == pytest.approx(106_000, rel=0.001)
    assert cell.moves["budget_total"] == pytest.approx(100 * 954_000 / believed, rel=0.001)
    assert cell.flags == ["ATYPIQUE:budget_total", "BUDGET_EVOLUTION"]
    assert cell.settled_at is None


def test_second_check_says_what_stayed_and_what_went(territory, campaign):
    change(territory[3], budget_total=1_060_000, budget_caf=1_060_000)
    change(territory[4], etp_total="9")
    run(campaign)
    change(territory[4], etp_total="4")
    change(territory[5], budget_autres=10)
    done = run(campaign)
    assert done.appeared == {"BUDGET_DETAIL": 1}
    assert done.persisted == {"ATYPIQUE:budget_total": 1, "BUDGET_EVOLUTION": 1}
    assert done.vanished == {"ETP_SALARIES": 1}


def test_comparison_writes_nothing(territory, campaign):
    change(territory[4], etp_total="9")
    found = compare(evaluate(campaign_frame(campaign), parameters_for(campaign)))
    assert (found.appeared, found.vanished) == ({"ETP_SALARIES": 1}, {})
    assert not Flag.objects.exists()


def test_killed_check_goes_on_where_it_was(territory, campaign, monkeypatch):
    change(territory[1], etp_total="9")
    change(territory[10], etp_total="9")
    monkeypatch.setattr(campaign_check, "BATCH", 4)
    waiting = prepare_recheck(campaign=campaign, by=None)
    written: list[int] = []
    cells = campaign_check._Writer._cells

    def killed(self, response, *args):
        if len(written) == 6:
            raise KeyboardInterrupt
        written.append(response.pk)
        return cells(self, response, *args)

    monkeypatch.setattr(campaign_check._Writer, "_cells", killed)
    with pytest.raises(KeyboardInterrupt):
        run_recheck(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.done) == (RecheckState.RUNNING, 4)
    monkeypatch.setattr(campaign_check._Writer, "_cells", cells)
    done = run_recheck(waiting.pk)
    assert (done.state, done.done, done.appeared) == (RecheckState.DONE, NUMBER, {"ETP_SALARIES": 2})


def test_finished_check_does_not_run_again(territory, campaign):
    done = run(campaign)
    with pytest.raises(Refused):
        run_recheck(done.pk)


def test_corrected_value_resolves_its_question(territory, campaign, cast):
    change(territory[0], budget_total=1_000_000, budget_caf=1_000_000)
    run(campaign)
    response = Response.objects.get(pk=territory[0].pk)
    flag = response.flags.get(origin=FlagOrigin.ATYPICAL)
    Response.objects.filter(pk=response.pk).update(state=ResponseState.RETURNED)
    save_values(response=response, inputs={"budget_total": "100000", "budget_caf": "100000"}, by=cast.responsable)
    refresh_flags(response=response)
    flag.refresh_from_db()
    assert flag.state == FlagState.RESOLVED


def test_validation_settles_what_was_known_and_not_what_came_after(territory, campaign, cast):
    change(territory[0], ecologie_actions=3, clas=False)
    assert validate_response(response=territory[0], by=cast.correspondant_caf).state == ResponseState.VALIDATED
    with clock.frozen(clock.now() + timedelta(days=1)):
        change(territory[0], budget_total=1_000_000, budget_caf=1_000_000)
        run(campaign)
    assert territory[0].doubtful_cells.unsettled().filter(code="budget_total").exists()


def test_drafts_are_checked_but_move_no_total(territory, campaign):
    change(territory[2], budget_total=1_040_000, budget_caf=1_040_000)
    Response.objects.filter(pk=territory[2].pk).update(state=ResponseState.DRAFT)
    run(campaign)
    assert territory[2].flags.filter(origin=FlagOrigin.ATYPICAL).exists()
    assert DoubtfulCell.objects.get(response=territory[2], code="budget_total").moves == {}


def test_one_check_at_a_time_by_those_who_may(territory, campaign, cast):
    with pytest.raises(NotAllowed):
        recheck_campaign(campaign=campaign, by=cast.correspondant_caf)
    waiting = recheck_campaign(campaign=campaign, by=cast.national)
    assert waiting.state == RecheckState.WAITING
    with pytest.raises(Refused, match="déjà"):
        recheck_campaign(campaign=campaign, by=cast.comite_technique)


def test_check_is_run_in_the_background(territory, campaign, cast, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        waiting = recheck_campaign(campaign=campaign, by=cast.national)
    waiting.refresh_from_db()
    assert waiting.state == RecheckState.DONE


def other_version(**changes: object) -> QuestionnaireVersion:
    document = to_document(load_directory(factories.QUESTIONNAIRES / "minimal")) | {"code": "minimal-2026-b"} | changes
    return save_questionnaire(questionnaire=from_document(document))


def test_changed_threshold_is_a_new_version_and_a_check(territory, campaign, cast):
    change(territory[4], etp_total="9")
    run(campaign)
    rule = {"code": "ETP_SALARIES", "rule": "etp_total <= 3 * salaries_total", "severity": "blocking", "message": "x"}
    waiting = change_rules(campaign=campaign, version=other_version(rules=[rule]), by=cast.comite_technique)
    done = run_recheck(waiting.pk)
    assert (done.vanished, done.version.code) == ({"ETP_SALARIES": 1}, "minimal-2026-b")
    assert Campaign.objects.get(pk=campaign.pk).version.is_frozen


def test_questions_do_not_change_with_the_rules(territory, campaign, cast):
    document = to_document(load_directory(factories.QUESTIONNAIRES / "minimal"))
    with pytest.raises(Refused, match="questions"):
        change_rules(
            campaign=campaign,
            version=other_version(sections=document["sections"][:2], rules=[]),
            by=cast.comite_technique,
        )
    with pytest.raises(NotAllowed):
        change_rules(campaign=campaign, version=campaign.version, by=cast.national)


def test_settings_are_kept_by_version(campaign, tmp_path):
    path = tmp_path / "2026.yaml"
    path.write_text("key_totals: [budget_total]\n", encoding="utf-8")
    first = load_settings(campaign=campaign, path=path)
    assert load_settings(campaign=campaign, path=path) == first
    path.write_text("key_totals: [budget_total]\nstop_at: 2\n", encoding="utf-8")
    assert load_settings(campaign=campaign, path=path).number == 2
    assert parameters_for(campaign).stop_at == 2
    path.write_text("key_totals: [budgets]\n", encoding="utf-8")
    with pytest.raises(Refused) as refused:
        load_settings(campaign=campaign, path=path)
    assert "« budgets »" in refused.value.details[0]
