"""Figures of a few structures: nothing of what readers have gives one of them back."""

from collections.abc import Collection
from typing import Any

import polars as pl
import pytest

from senacs.accounts.enums import Side
from senacs.accounts.models import User
from senacs.campaigns.models import Campaign
from senacs.observatory import services
from senacs.observatory.answers import microdata
from senacs.observatory.earlier_figures import EarlierFigures
from senacs.observatory.local_figures import MeasuredFigures, measure_local
from senacs.observatory.models import Release
from senacs.observatory.releases.build import run_build
from senacs.structures.models import Structure
from tests import factories

WANTED = {"budget_total", "budget_caf", "salaries_moyens", "clas", "part_caf"}


@pytest.fixture
def release(surveyed: Campaign, national: User, fcsf: User) -> Release:
    built = factories.checked(run_build(services.create_release(campaign=surveyed, by=None).pk))
    for side, user in ((Side.CAF, national), (Side.FEDERATION, fcsf)):
        services.sign_release(release=built, side=side, by=user, seal=built.seal)
    return services.publish_release(release=built, by=None)


@pytest.fixture
def drome(release: Release) -> list[str]:
    """Codes of the structures of département 26 that answered."""
    answered = Structure.objects.filter(departement="26", responses__isnull=False)
    return list(answered.order_by("code").values_list("code", flat=True))


def shown(figures: MeasuredFigures, indicator: str, statistic: str = "sum") -> float | None:
    (cell,) = [c for c in figures.cells if (c["indicator"], c["statistic"]) == (indicator, statistic)]
    assert (cell["status"] == "published") == (cell["value"] is not None)
    value: float | None = cell["value"]
    return value


def given(members: Collection[str], figures: MeasuredFigures, release: Release) -> EarlierFigures:
    cells = frozenset((c["indicator"], c["modality"]) for c in figures.cells if c["status"] == "published")
    return EarlierFigures("premier", release.name, frozenset(members), cells, frozenset())


def declared(release: Release, column: str) -> dict[str, Any]:
    frame = pl.read_parquet(microdata.folder(release.name) / microdata.RESPONSES)
    return dict(frame.select("structure", column).iter_rows())


def test_group_is_added_up(release: Release, drome: list[str]) -> None:
    figures = measure_local(release, members=drome[:12], wanted=WANTED)
    budgets = declared(release, "budget_total")
    assert shown(figures, "budget_total") == sum(budgets[code] for code in drome[:12])
    assert sum(figures.respondents.values()) == 12 and set(figures.respondents) == {"CS", "EVS"}
    # Centres and spaces together have no mean.
    assert {c["indicator"] for c in figures.cells} == WANTED - {"salaries_moyens"}


def test_group_of_one_kind_has_its_means(release: Release, drome: list[str]) -> None:
    kinds = pl.read_parquet(microdata.folder(release.name) / microdata.RESPONSES, columns=["structure", "kind"])
    centres = set(kinds.filter(kind="CS")["structure"]) & set(drome)
    figures = measure_local(release, members=sorted(centres), wanted=WANTED)
    (mean,) = [c for c in figures.cells if (c["indicator"], c["statistic"]) == ("budget_total", "mean")]
    budgets = declared(release, "budget_total")
    assert (mean["kind"], mean["dimension"]) == ("CS", "kind")
    assert mean["value"] == round(sum(budgets[code] for code in centres) / len(centres))


def test_few_respondents_are_hidden(release: Release, drome: list[str]) -> None:
    figures = measure_local(release, members=drome[:4], wanted=WANTED)
    assert {c["status"] for c in figures.cells} == {"suppressed"}


@pytest.mark.parametrize("left", [1, 4])
def test_what_is_left_of_the_departement_is_not_shown_by_difference(
    release: Release, drome: list[str], left: int
) -> None:
    assert shown(measure_local(release, members=drome[left:], wanted=WANTED), "budget_total") is None


@pytest.mark.parametrize("apart", [1, 4])
def test_two_groups_never_give_their_difference(release: Release, drome: list[str], apart: int) -> None:
    first = measure_local(release, members=drome[:20], wanted=WANTED)
    assert shown(first, "budget_total") is not None
    known = [given(drome[:20], first, release)]
    for members in (drome[: 20 - apart], drome[: 20 + apart]):
        assert shown(measure_local(release, members=members, wanted=WANTED, given=known), "budget_total") is None
    far = measure_local(release, members=drome[:30], wanted=WANTED, given=known)
    assert shown(far, "budget_total") is not None


def test_who_agreed_by_name_is_shown_unless_it_gives_others_away(release: Release, drome: list[str]) -> None:
    members, own = drome[:12], declared(release, "budget_total")
    one = measure_local(release, members=members, named=members[:1], named_indicators={"budget_total"}, wanted=WANTED)
    assert one.named == {members[0]: {"budget_total": own[members[0]]}}
    assert shown(one, "budget_total") is not None
    most = measure_local(release, members=members, named=members[:11], named_indicators={"budget_total"}, wanted=WANTED)
    hidden = [code for code, values in most.named.items() if values["budget_total"] is None]
    assert hidden or shown(most, "budget_total") is None


def test_who_waives_secrecy_is_known_and_protects_nobody(release: Release, drome: list[str]) -> None:
    path = microdata.folder(release.name) / microdata.RESPONSES
    waives = pl.col("structure").is_in(drome[:3]).alias(microdata.WAIVES)
    pl.read_parquet(path).with_columns(waives).write_parquet(path)
    alone = measure_local(release, members=drome[:3], named=drome[:1], named_indicators={"budget_total"}, wanted=WANTED)
    assert shown(alone, "budget_total") is not None
    assert alone.named[drome[0]]["budget_total"] == declared(release, "budget_total")[drome[0]]
    # Seven of which three waive are four.
    assert shown(measure_local(release, members=drome[:7], wanted=WANTED), "budget_total") is None
