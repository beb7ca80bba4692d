"""The life of a release: built, protected, signed twice, published, corrected."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from django.conf import settings

from senacs.accounts.enums import Side
from senacs.accounts.models import User
from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign, InvitedStructure
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.disclosure.attacker.outside.files import read_release
from senacs.disclosure.attacker.outside.league import OUTSIDER, PAIR, SINGLE, attack_published
from senacs.lib import clock
from senacs.lib.refusals import Refused
from senacs.lib.states import reachable
from senacs.observatory import frozen_files, services, states
from senacs.observatory.answers.microdata import INVITED
from senacs.observatory.enums import ReleaseState
from senacs.observatory.models import Release
from senacs.observatory.releases import build
from senacs.observatory.releases.build import Superseded, run_build
from senacs.observatory.releases.reader import reader_for
from senacs.observatory.secrecy.truth import read_frame, truth_of
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.territories.models import Departement
from tests import factories
from tests.observatory.conftest import answers


@pytest.fixture
def release(surveyed: Campaign, national: User, monkeypatch: pytest.MonkeyPatch) -> Release:
    """A candidate, built in this process."""
    built = services.create_release(campaign=surveyed, by=national)
    return factories.checked(run_build(built.pk))


def published(release: Release, national: User, fcsf: User) -> Release:
    services.sign_release(release=release, side=Side.CAF, by=national, seal=release.seal)
    services.sign_release(release=release, side=Side.FEDERATION, by=fcsf, seal=release.seal)
    return services.publish_release(release=release, by=national)


def test_every_state_can_be_reached() -> None:
    assert reachable(states.TRANSITIONS, ReleaseState.BUILDING) == set(ReleaseState)


def test_build_makes_a_candidate_with_its_files(release: Release) -> None:
    release.refresh_from_db()
    assert (release.state, release.progress) == (ReleaseState.CANDIDATE, 100)
    assert [f["name"] for f in release.files] == [
        "attack.json",
        "cells.csv.gz",
        "cells.parquet",
        "cube-departement.json",
        "cube-france.json",
        "cube-region.json",
        "datapackage.json",
        "methodology.json",
        "sdmx.csv.gz",
    ]
    assert frozen_files.altered(release.directory, release.files) == []
    attack = reader_for(release).attack
    assert attack is not None
    assert (attack["not_understood"], attack["sums_of_too_few"], attack["counts_of_too_few"]) == (0, 0, 0)
    assert [line["intruder"] for line in attack["intruders"]] == [OUTSIDER, SINGLE, PAIR]
    assert attack["figures"] > attack["variables"] > 0


def test_figures_are_those_of_the_answers(release: Release) -> None:
    reader = reader_for(release)
    declared = [answers(i) for i in range(120) if i % 10]
    etp = [float(d["etp_total"]) for d in declared]
    cell = reader.cell("etp_total", "france", "FR")
    assert cell is not None
    assert (cell.value, cell.n) == (sum(etp), 108)
    share = reader.cell("clas", "france", "FR")
    assert share is not None
    assert share.value == round(100 * sum(d["clas"] for d in declared) / 108, 1)
    ratio = reader.cell("part_caf", "france", "FR")
    caf, others = (sum(d[code] for d in declared) for code in ("budget_caf", "budget_autres"))
    assert ratio is not None
    assert ratio.value == round(100 * caf / (caf + others), 1)


def test_population_and_non_response_make_their_own_denominator(release: Release) -> None:
    reader = reader_for(release)
    declared = [answers(i) for i in range(120) if i % 10]
    assert reader.cell("clas_enfants_moyens", "france", "FR") is None
    cells = [reader.cell("clas_enfants_moyens", "france", "FR", kind=kind) for kind in ("CS", "EVS")]
    assert sum(cell.n or 0 for cell in cells if cell) == sum(d["clas"] for d in declared)
    density = reader.cell("benevoles_densite", "france", "FR")
    assert density is not None
    # « Non concerné » is zero volunteers, a blank is no answer.
    assert density.n == sum("benevoles" in d for d in declared)
    # Over all inhabitants, those of the silent ones count too: never what the respondents alone are.
    inhabitants = sum(Departement.objects.values_list("population", flat=True))
    declared_alone = sum(d.get("benevoles") or 0 for d in declared) * 10_000 / inhabitants
    assert density.value is not None and 1.05 * declared_alone < density.value < 1.4 * declared_alone


def test_small_departement_is_hidden_and_its_neighbour_shelters_it(release: Release) -> None:
    reader = reader_for(release)
    small = reader.cell("etp_total", "departement", "62")
    sheltering = reader.cell("etp_total", "departement", "59")
    assert small is not None and sheltering is not None
    assert (small.status, small.value, small.n) == ("suppressed", None, None)
    assert small.reason == "secret statistique"
    # The région has two départements: the other one would give the small one back.
    region = reader.cell("etp_total", "region", "32")
    assert region is not None
    assert sheltering.is_suppressed or region.is_suppressed


def test_no_hidden_cell_has_a_figure(release: Release) -> None:
    cells = pl.read_parquet(release.directory / frozen_files.CELLS_PARQUET)
    hidden = cells.filter(pl.col("status") != "published")
    assert len(hidden) > 0
    assert hidden["value"].null_count() == hidden["n"].null_count() == len(hidden)
    assert hidden["reason"].str.len_chars().min() > 10
    text = gzip.decompress((release.directory / frozen_files.CELLS_CSV).read_bytes()).decode()
    assert text.startswith("indicator,statistic,level,territory,dimension,kind,gestion,modality,value,n,status,reason")


def test_methodology_says_who_answered_and_what_is_hidden(release: Release) -> None:
    note = json.loads((release.directory / frozen_files.METHODOLOGY).read_text(encoding="utf-8"))
    france = next(r for r in note["response_rates"] if r["level"] == "france" and r["kind"] == "")
    assert (france["invited"], france["validated"]) == (120, 108)
    assert note["plan"]["rules"]["threshold"] == 5
    counts = note["suppression"]["all"]
    assert counts["published"] + counts["hidden"] == counts["cells"]
    assert note["protection"]["identities"] == 1
    assert note["item_response"]["etp_total"] == 100.0


def test_same_answers_same_bytes(release: Release, national: User) -> None:
    first = {f["name"]: f["sha256"] for f in release.files}
    services.reject_release(release=release, by=national, reason="Essai")
    services.restart_build(release=release, by=national)
    release.refresh_from_db()
    assert release.state == ReleaseState.CANDIDATE
    assert {f["name"]: f["sha256"] for f in release.files} == first


def test_publication_needs_both_signatures(release: Release, national: User, fcsf: User) -> None:
    with pytest.raises(Refused, match="Cnaf, Fcsf"):
        services.publish_release(release=release, by=national)
    services.sign_release(release=release, side=Side.CAF, by=national, seal=release.seal)
    with pytest.raises(Refused, match="signature de : Fcsf"):
        services.publish_release(release=release, by=national)
    with pytest.raises(Refused, match="mandatée par la Fcsf"):
        services.sign_release(release=release, side=Side.FEDERATION, by=national, seal=release.seal)
    services.sign_release(release=release, side=Side.FEDERATION, by=fcsf, seal=release.seal)
    services.publish_release(release=release, by=national)
    assert release.state == ReleaseState.PUBLISHED
    assert release.published_at is not None
    assert (release.directory / frozen_files.CELLS_PARQUET).stat().st_mode & 0o222 == 0


def test_altered_file_is_neither_signed_nor_published(release: Release, national: User) -> None:
    with (release.directory / frozen_files.CELLS_CSV).open("ab") as stream:
        stream.write(gzip.compress(b"une ligne de plus"))
    with pytest.raises(Refused, match=r"cells\.csv"):
        services.sign_release(release=release, side=Side.CAF, by=national, seal=release.seal)


def test_a_correction_keeps_the_figures_that_readers_have(release: Release, national: User, fcsf: User) -> None:
    published(release, national, fcsf)
    campaign = release.campaign
    with pytest.raises(Refused, match="indiquez ce que la nouvelle corrige"):
        services.create_release(campaign=campaign, by=national)
    for response in Response.objects.filter(structure__departement="26").order_by("pk")[:10]:
        response.values["etp_total"] = factories.stored("15")
        response.save(update_fields=["values"])
    second = services.create_release(campaign=campaign, by=national, reason="Dix structures de la Drôme corrigées")
    run_build(second.pk)
    second.refresh_from_db()
    assert second.name == "2026-2"
    changes = second.manifest["changes"]
    assert (changes["changed"], changes["newly_hidden"]) == (0, 0)
    assert changes["unchanged"] > 0
    # The first one stays as it was.
    assert frozen_files.altered(release.directory, release.files) == []


def test_late_respondents_are_not_given_away_by_any_difference(release: Release, national: User, fcsf: User) -> None:
    """A late answer, then another and a corrected one: the attacker from outside reads the three releases together."""
    published(release, national, fcsf)
    silent = InvitedStructure.objects.filter(response=None).order_by("departement_code", "pk")
    late = [silent.filter(departement_code=code).first() for code in ("69", "26")]
    for number, (invited, reason) in enumerate(zip(late, ("Une réponse tardive", "Une autre"), strict=True), 2):
        assert invited is not None
        factories.make_response(
            structure=invited.structure,
            campaign=release.campaign,
            values=answers(60 + number),
            state=ResponseState.VALIDATED,
        )
        corrected = Response.objects.filter(structure__departement="59").order_by("pk")[number]
        corrected.values["budget_total"] = factories.stored(1_000_000)
        corrected.save(update_fields=["values"])
        again = factories.checked(
            run_build(services.create_release(campaign=release.campaign, by=national, reason=reason).pk)
        )
        published(again, national, fcsf)
        before, after = (reader_for(r).cell("etp_total", "departement", "69") for r in (release, again))
        assert before == after
        assert not again.manifest["changes"]["changed"]
        rates = [reader_for(r).methodology["response_rates"] for r in (release, again)]
        assert rates[0] == rates[1]
    microdata = Path(settings.MICRODATA_DIR)
    read = [
        read_release(
            one.directory,
            read_frame(microdata, one.name, INVITED),
            truth=truth_of(one.directory, microdata),
        )
        for one in Release.objects.order_by("number")
    ]
    assert len(read) == 3
    found = attack_published(read)
    assert (found.misread, found.unions, found.participation) == (0, 0, 0)


def test_failed_build_says_why(surveyed: Campaign, national: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise ValueError("disque plein")

    monkeypatch.setattr(build.measures, "evaluate", broken)
    release = services.create_release(campaign=surveyed, by=national)
    with pytest.raises(ValueError, match="disque plein"):
        run_build(release.pk)
    release.refresh_from_db()
    assert release.state == ReleaseState.FAILED
    assert "disque plein" in release.error


def test_killed_build_resumes_from_the_answers_already_read(
    surveyed: Campaign, national: User, monkeypatch: pytest.MonkeyPatch, folders: Path
) -> None:
    class Killed(BaseException):
        """A worker that dies cannot tidy up."""

    def killed(*args: object, **kwargs: object) -> None:
        raise Killed

    release = services.create_release(campaign=surveyed, by=national)
    with monkeypatch.context() as patch:
        patch.setattr(build.masks, "protect", killed)
        with pytest.raises(Killed):
            run_build(release.pk)
    release.refresh_from_db()
    assert (release.state, release.progress) == (ReleaseState.BUILDING, 30)
    Response.objects.update(values={})
    monkeypatch.setattr(build.microdata, "write_snapshot", killed)
    run_build(release.pk)
    cell = reader_for(Release.objects.get(pk=release.pk)).cell("clas", "france", "FR")
    assert cell is not None and cell.n == 108


def test_superseded_attempt_stops(surveyed: Campaign, national: User) -> None:
    release = services.create_release(campaign=surveyed, by=national)

    def other_worker(percent: int, step: str) -> None:
        Release.objects.filter(pk=release.pk).update(attempt=99)

    with pytest.raises(Superseded):
        run_build(release.pk, report=other_worker)
    release.refresh_from_db()
    assert release.state == ReleaseState.BUILDING


def test_one_build_at_a_time_and_only_by_the_national_team(surveyed: Campaign, national: User) -> None:
    with pytest.raises(Refused, match="équipe nationale"):
        services.create_release(campaign=surveyed, by=factories.make_user())
    services.create_release(campaign=surveyed, by=national)
    with pytest.raises(Refused, match="déjà en construction"):
        services.create_release(campaign=surveyed, by=national)


def test_campaign_without_validated_response_has_no_release(campaign: Campaign, national: User) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(phase=Phase.CONTROLE)
    with pytest.raises(Refused, match="aucune réponse validée"):
        services.create_release(campaign=campaign, by=national)


def test_background_task_builds_and_has_the_figures_read(
    surveyed: Campaign, national: User, reads_at_once: list[tuple[str, ...]]
) -> None:
    release = services.build_release(campaign=surveyed, by=national)
    release.refresh_from_db()
    assert release.state == ReleaseState.CANDIDATE
    assert release.figures_check.is_done and release.figures_check.writings == 10


def test_key_totals_are_raised_to_the_register(release: Release) -> None:
    reader = reader_for(release)
    declared = sum(float(answers(i)["etp_total"]) for i in range(120) if i % 10)
    found = {s: reader.cell("etp_total", "france", "FR", statistic=s) for s in ("sum", "estimate", "low", "high")}
    assert all(cell is not None and cell.value is not None for cell in found.values())
    total, estimate, low, high = (cell.value for cell in found.values() if cell is not None)
    assert total == declared
    # 120 structures for 108 answers: about a ninth more, and the interval around it.
    assert declared <= low < estimate < high  # type: ignore[operator]
    assert abs(estimate - declared * 120 / 108) < 0.05 * declared  # type: ignore[operator]
    quality = next(
        e for e in reader.methodology["estimates"] if (e["indicator"], e["level"]) == ("etp_total", "france")
    )
    assert (quality["respondents"], quality["expected"]) == (108, 120)


def test_silent_structures_are_imputed_by_what_they_declared_last_year(
    release: Release, national: User, fcsf: User, surveyed: Campaign
) -> None:
    """A year later the same structures repeat themselves, but for twelve that went silent and count as they did."""
    published(release, national, fcsf)
    repeated = next_year(surveyed, silent=lambda number: number % 10 in (0, 9))
    second = services.create_release(campaign=repeated, by=national)
    run_build(second.pk)
    reader = reader_for(Release.objects.get(pk=second.pk))
    figures = [reader.cell("budget_total", "france", "FR", statistic=s) for s in ("sum", "estimate", "low")]
    total, estimate, low = (cell.value for cell in figures if cell is not None)
    budgets = {i: answers(i)["budget_total"] for i in range(120)}
    assert total == sum(budget for i, budget in budgets.items() if i % 10 not in (0, 9))
    # Those who never answered have the mean of their département or région.
    known = sum(budget for i, budget in budgets.items() if i % 10)
    never = sum(budget for i, budget in budgets.items() if not i % 10)
    assert total < low < estimate  # type: ignore[operator]
    assert abs(estimate - known - never) < 0.02 * known  # type: ignore[operator]


def next_year(campaign: Campaign, *, silent: Callable[[int], bool]) -> Campaign:
    """The same questionnaire, structures and answers one year later; `silent` by number of the structure."""
    version = QuestionnaireVersion.objects.get(pk=campaign.version_id)
    version.pk, version.code, version.checksum = None, "suivante", "suivante"
    version.year += 1
    version.data_year += 1
    version.save()
    by, now = factories.make_user(), clock.now()
    later = factories.make_campaign(version=version, phase=campaign.phase)
    invited = InvitedStructure.objects.filter(campaign=campaign).select_related("structure").order_by("structure__code")
    for number, one in enumerate(invited):
        one.pk, one.campaign = None, later
        one.save(force_insert=True)
        if not silent(number):
            Response.objects.create(
                campaign=later,
                structure=one.structure,
                invited=one,
                state=ResponseState.VALIDATED,
                values={code: factories.stored(value) for code, value in answers(number).items()},
                submitted_at=now,
                submitted_by=by,
                validated_at=now,
                validated_by=by,
            )
    return later
