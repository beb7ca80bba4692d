"""Groupings: drawn and closed by the Copil, counted, in the next release under the same protection as the rest."""

import pytest

from senacs.accounts.enums import Role, Side
from senacs.accounts.models import User
from senacs.campaigns.models import Campaign, InvitedStructure
from senacs.lib.refusals import NotAllowed, Refused
from senacs.observatory import services
from senacs.observatory.answers.groupings import close_grouping, communes_to_choose, draw_grouping, groupings_of
from senacs.observatory.models import Grouping
from senacs.observatory.permissions import can_draw_groupings
from senacs.observatory.releases.build import run_build
from senacs.observatory.releases.reader import reader_for
from senacs.structures.models import Structure
from senacs.territories.models import Departement
from tests import factories
from tests.factories import Cast

NORTH, SOUTH = "26002", "26003"


@pytest.fixture
def drome(surveyed: Campaign) -> Departement:
    """50 structures: 12 in the north, 4 in the south, the others in the first commune."""
    departement = Departement.objects.get(pk="26")
    codes = list(Structure.objects.filter(departement=departement).order_by("pk").values_list("pk", flat=True))
    for commune, places in ((NORTH, codes[:12]), (SOUTH, codes[12:16])):
        factories.make_commune(commune, f"Ville {commune}", departement=departement)
        Structure.objects.filter(pk__in=places).update(commune=commune)
        InvitedStructure.objects.filter(structure__in=places).update(commune_code=commune)
    return departement


@pytest.fixture
def copil(drome: Departement) -> User:
    user = factories.make_user()
    factories.make_mandate(user, Role.COPIL, side=Side.FEDERATION, departement=drome)
    return user


def test_the_copil_of_the_departement_alone_draws(cast: Cast) -> None:
    departement, elsewhere = cast.structure.departement, cast.neighbour.departement
    assert {name for name, user in cast.users().items() if can_draw_groupings(user, departement)} == {"copil"}
    assert not any(can_draw_groupings(user, elsewhere) for user in cast.users().values())
    with pytest.raises(NotAllowed):
        draw_grouping(departement=departement, name="Vallée", communes=["26362"], by=cast.correspondant_caf)


def test_grouping_is_drawn_counted_and_closed(drome: Departement, copil: User) -> None:
    made = draw_grouping(departement=drome, name="  Vallée  du Rhône ", communes=[NORTH, SOUTH], by=copil)
    assert (made.code, made.name, made.drawn_by) == ("26-1", "Vallée du Rhône", copil)
    (listed,) = groupings_of(drome)
    assert (listed.commune_count, listed.structure_count) == (2, 16)  # type: ignore[attr-defined]
    choices = {choice.code: choice for choice in communes_to_choose(drome)}
    assert (choices[NORTH].structures, choices[NORTH].taken_by) == (12, "Vallée du Rhône")
    assert choices["26001"].taken_by == ""
    close_grouping(grouping=made, by=copil)
    assert not Grouping.objects.standing().exists()
    again = draw_grouping(departement=drome, name="Vallée du Rhône", communes=[NORTH], by=copil)
    assert again.code == "26-2"
    with pytest.raises(Refused, match="déjà clos"):
        close_grouping(grouping=made, by=copil)


@pytest.mark.parametrize(
    ("name", "communes", "words"),
    [
        (" ", [NORTH], "Donnez un nom"),
        ("nord", [NORTH], "s’appelle déjà"),
        ("Autre", [], "Choisissez des communes"),
        ("Autre", ["69001"], "Choisissez des communes"),
        ("Autre", [SOUTH], "il en faut au moins 5"),
        ("Autre", [NORTH, SOUTH], "Déjà dans un autre regroupement : Ville 26002"),
    ],
)
def test_what_cannot_be_read_is_refused(
    drome: Departement, copil: User, name: str, communes: list[str], words: str
) -> None:
    draw_grouping(departement=drome, name="Nord", communes=[NORTH], by=copil)
    with pytest.raises(Refused, match=words):
        draw_grouping(departement=drome, name=name, communes=communes, by=copil)


def test_release_publishes_the_grouping_and_protects_what_is_left(
    surveyed: Campaign, drome: Departement, copil: User, national: User
) -> None:
    """All of the Drôme but four structures: the grouping and the département must not both be shown."""
    draw_grouping(departement=drome, name="Drôme sans le sud", communes=["26001", NORTH], by=copil)
    release = run_build(services.create_release(campaign=surveyed, by=national).pk)
    reader = reader_for(release)
    (told,) = reader.methodology["groupings"]
    assert (told["code"], told["name"], told["communes"]) == ("26-1", "Drôme sans le sud", ["26001", NORTH])
    whole, grouping = reader.cell("etp_total", "departement", "26"), reader.cell("etp_total", "groupement", "26-1")
    assert whole is not None and grouping is not None
    assert whole.is_suppressed or grouping.is_suppressed
    assert {r.level for r in reader.response_rates.values()} >= {"france", "departement"}


def test_release_shows_a_grouping_that_gives_nobody_away(
    surveyed: Campaign, drome: Departement, copil: User, national: User
) -> None:
    draw_grouping(departement=drome, name="Nord", communes=[NORTH], by=copil)
    reader = reader_for(run_build(services.create_release(campaign=surveyed, by=national).pk))
    cell = reader.cell("etp_total", "groupement", "26-1")
    assert cell is not None
    assert (cell.is_suppressed, cell.n) == (False, 10)
