"""The disclosure ledger: appended to, never changed; what it holds protects the figures that come after."""

import polars as pl
import pytest

from senacs.accounts.enums import Role, Side
from senacs.accounts.models import User
from senacs.campaigns.models import Campaign, InvitedStructure
from senacs.collection.enums import ResponseState
from senacs.lib.refusals import Refused
from senacs.observatory import ledger, services
from senacs.observatory.answers.groupings import draw_grouping
from senacs.observatory.definitions.publication_plan import Dimension, Plan, Rules, Table
from senacs.observatory.earlier_figures import EarlierFigures
from senacs.observatory.figures.cells import Measure
from senacs.observatory.local_figures import measure_local
from senacs.observatory.models import Disclosure, Release
from senacs.observatory.releases.build import run_build
from senacs.observatory.releases.reader import reader_for
from senacs.observatory.secrecy.masks import protect
from senacs.observatory.secrecy.protected_blocks import Earlier
from senacs.structures.models import Structure
from tests import factories
from tests.observatory.conftest import answers

TOTAL = [Measure("etp", "total", "x")]
PLAN = Plan(
    dimensions={"kind": Dimension("kind", "Type", {"CS": "Centres sociaux", "EVS": "EVS"})},
    tables=(Table("france", ()), Table("departement", ())),
    rules=Rules(),
)
NOTHING = pl.DataFrame(
    schema=dict.fromkeys(("indicator", "modality", "level", "territory", "dimension", "kind", "status"), pl.String)
)


def units(*departements: int) -> pl.DataFrame:
    """So many structures in « 00 », « 01 », …; they declare 10, 11, 12, …"""
    where = [f"{i:02}" for i, number in enumerate(departements) for _ in range(number)]
    return pl.DataFrame(
        {
            "structure": [f"S{i:03}" for i in range(len(where))],
            "holder": [f"h{i}" for i in range(len(where))],
            "region": ["84"] * len(where),
            "departement": where,
            "kind": ["CS"] * len(where),
            "x": [10.0 + i for i in range(len(where))],
        }
    )


def local(*members: int) -> EarlierFigures:
    codes = frozenset(f"S{i:03}" for i in members)
    return EarlierFigures("locale 1", "2026-1", codes, frozenset({("etp", "")}), frozenset())


def shown(frame: pl.DataFrame, *figures: EarlierFigures) -> set[str]:
    """The départements whose total is shown once somebody has these local figures."""
    masks = protect(frame, TOTAL, PLAN, earlier=[Earlier(frame, NOTHING, "2026-1")], local=figures)
    cells = masks.frame.filter(pl.col("level") == "departement", pl.col("status") == "published")
    return set(cells["territory"])


def test_a_total_is_not_shown_beside_a_local_figure_of_all_but_one() -> None:
    frame = units(21, 30, 30)
    assert shown(frame) == {"00", "01", "02"}
    assert "00" not in shown(frame, local(*range(20)))
    # All but five, or exactly all: nothing of anybody follows.
    assert shown(frame, local(*range(16))) == {"00", "01", "02"}
    assert shown(frame, local(*range(21))) == {"00", "01", "02"}


def test_two_local_figures_count_together() -> None:
    """Neither says anything by itself: with both, the total would give the three structures that they leave out."""
    frame = units(23, 30)
    first, second = local(*range(10)), local(*range(10, 20))
    assert "00" in shown(frame, first)
    assert "00" not in shown(frame, first, EarlierFigures("locale 2", *list(vars(second).values())[1:]))


def test_who_is_shown_by_name_shelters_nobody() -> None:
    frame = units(6, 30)
    named = frozenset({("S000", "etp"), ("S001", "etp")})
    figures = EarlierFigures("locale 1", "2026-1", frozenset({"S000", "S001"}), frozenset(), named)
    assert "00" in shown(frame)
    assert "00" not in shown(frame, figures)


@pytest.fixture
def published(surveyed: Campaign, national: User, fcsf: User) -> Release:
    """21 structures that answered are in one commune of their own."""
    commune = factories.make_commune("26002", "Vallée", departement=Structure.objects.get(code=drome()[0]).departement)
    places = Structure.objects.filter(code__in=drome()[:21])
    InvitedStructure.objects.filter(structure__in=places).update(commune_code=commune.pk)
    places.update(commune=commune)
    built = factories.checked(run_build(services.create_release(campaign=surveyed, by=None).pk))
    for side, user in ((Side.CAF, national), (Side.FEDERATION, fcsf)):
        services.sign_release(release=built, side=side, by=user, seal=built.seal)
    return services.publish_release(release=built, by=None)


def drome() -> list[str]:
    answered = Structure.objects.filter(departement="26", responses__isnull=False)
    return list(answered.order_by("code").values_list("code", flat=True))


def given(release: Release, members: list[str]) -> EarlierFigures:
    figures = measure_local(release, members=members, wanted={"etp_total"})
    cells = frozenset((str(c["indicator"]), str(c["modality"])) for c in figures.cells if c["status"] == "published")
    assert cells
    return EarlierFigures("locale 1", release.name, frozenset(members), cells, frozenset())


def test_a_grouping_of_twenty_one_is_hidden_after_a_local_figure_of_twenty(
    surveyed: Campaign, published: Release, national: User
) -> None:
    copil = factories.make_user()
    departement = Structure.objects.get(code=drome()[0]).departement
    factories.make_mandate(copil, Role.COPIL, side=Side.FEDERATION, departement=departement)
    ledger.record_local(given(published, drome()[:20]), release=published, shown_to="qui compose « Vallée »")
    draw_grouping(departement=departement, name="Vallée", communes=["26002"], by=copil)
    second = factories.checked(
        run_build(services.create_release(campaign=surveyed, by=national, reason="Regroupement").pk)
    )
    cell = reader_for(second).cell("etp_total", "groupement", "26-1")
    assert cell is not None
    assert cell.is_suppressed
    assert [line.source for line in Disclosure.objects.all()] == [f"publication {published.name}", "locale 1"]


def test_what_was_read_of_a_candidate_is_known_once_it_is_set_aside(surveyed: Campaign, national: User) -> None:
    """One more answer in the Drôme each time: once somebody has read the figure without it, the difference is it."""
    hidden = []
    for is_read in (False, True, False):
        candidate = run_build(services.create_release(campaign=surveyed, by=national).pk)
        cell = reader_for(candidate).cell("etp_total", "departement", "26")
        hidden.append(cell is not None and cell.is_suppressed)
        if is_read:
            for _ in range(2):
                ledger.record_reading(candidate, "departement", "26", shown_to="qui lit les tableaux de la Drôme")
            read = candidate
        services.reject_release(release=candidate, by=national, reason="Il manque une réponse.")
        silent = InvitedStructure.objects.filter(response=None, departement_code="26").order_by("pk")[0]
        factories.make_response(
            structure=silent.structure, campaign=surveyed, values=answers(60), state=ResponseState.VALIDATED
        )
    assert hidden == [False, False, True]
    assert [line.source for line in Disclosure.objects.all()] == [f"candidate {read.name}, departement 26"]
    assert ledger.broken_lines() == []
    with pytest.raises(Refused, match="ont été lus"):
        services.restart_build(release=read, by=national)


def test_lines_are_neither_changed_nor_taken_back(published: Release) -> None:
    line = Disclosure.objects.get()
    assert (line.kind, line.release, line.shown_to) == ("release", published, "tout le monde")
    line.shown_to = "personne"
    for forbidden in (
        line.save,
        line.delete,
        Disclosure.objects.all().delete,
        lambda: Disclosure.objects.update(shown_to="personne"),
        lambda: Disclosure.objects.bulk_update([line], ["shown_to"]),
        lambda: ledger.record_release(published),
    ):
        with pytest.raises(Refused, match="registre"):
            forbidden()
    assert Disclosure.objects.get().shown_to == "tout le monde"


def test_a_line_that_was_altered_behind_is_found(published: Release) -> None:
    lines = [
        ledger.record_local(
            EarlierFigures(
                f"locale {n}", published.name, frozenset({"S1", "S2"}), frozenset({("etp", "")}), frozenset()
            ),
            release=published,
            shown_to="un Copil",
        )
        for n in (1, 2)
    ]
    assert ledger.broken_lines() == []
    stored = list(Disclosure.objects.order_by("pk"))
    stored[1].members = ["S1"]
    assert ledger.broken_lines(stored) == [lines[0]]
    assert ledger.broken_lines([stored[0], stored[2]]) == [lines[1]]
