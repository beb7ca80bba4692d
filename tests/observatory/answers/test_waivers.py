"""Waivers: given and withdrawn by the responsable, they show their own structure and never another one."""

import polars as pl
import pytest

from senacs.accounts.enums import Role, Side
from senacs.accounts.models import User
from senacs.campaigns.models import Campaign
from senacs.lib.refusals import NotAllowed, Refused
from senacs.observatory import services
from senacs.observatory.answers.waivers import taken_back, waive_secrecy, waivers_of, withdraw_waiver
from senacs.observatory.definitions.publication_plan import Plan, Rules, Table
from senacs.observatory.figures.cells import Measure, aggregate
from senacs.observatory.models import Release, SecrecyWaiver
from senacs.observatory.permissions import can_waive_secrecy
from senacs.observatory.releases.build import run_build
from senacs.observatory.releases.reader import reader_for
from senacs.observatory.secrecy.masks import apply, protect
from senacs.observatory.secrecy.release_attack import audit_release
from senacs.structures.models import Structure
from tests import factories
from tests.factories import Cast
from tests.observatory.conftest import answers


def responsable(structure: Structure) -> User:
    user = factories.make_user()
    factories.make_mandate(user, Role.RESPONSABLE, structure=structure)
    return user


def waive(campaign: Campaign, departement: str) -> list[Structure]:
    """Every structure of a département waives."""
    found = list(Structure.objects.filter(departement=departement).order_by("pk"))
    for structure in found:
        waive_secrecy(campaign=campaign, structure=structure, by=responsable(structure))
    return found


def build(campaign: Campaign, national: User) -> Release:
    return factories.checked(run_build(services.create_release(campaign=campaign, by=national).pk))


def test_the_responsable_alone_waives(cast: Cast) -> None:
    allowed = {name for name, user in cast.users().items() if can_waive_secrecy(user, cast.structure)}
    assert allowed == {"responsable"}
    campaign = factories.make_campaign()
    with pytest.raises(NotAllowed):
        waive_secrecy(campaign=campaign, structure=cast.structure, by=cast.national)


def test_waiver_is_given_once_withdrawn_and_kept_on_record(cast: Cast) -> None:
    campaign = factories.make_campaign()
    first = waive_secrecy(campaign=campaign, structure=cast.structure, by=cast.responsable)
    assert waive_secrecy(campaign=campaign, structure=cast.structure, by=cast.responsable) == first
    withdraw_waiver(campaign=campaign, structure=cast.structure, by=cast.responsable)
    waive_secrecy(campaign=campaign, structure=cast.structure, by=cast.responsable)
    assert [(w.given_by, w.withdrawn_by) for w in waivers_of(cast.structure)] == [
        (cast.responsable, None),
        (cast.responsable, cast.responsable),
    ]


def test_small_departement_that_waives_is_shown(surveyed: Campaign, national: User) -> None:
    """Three structures, of which two answered: hidden, unless both waive."""
    waive(surveyed, "62")
    release = build(surveyed, national)
    cell = reader_for(release).cell("etp_total", "departement", "62")
    respondents = [i for i in range(117, 120) if i % 10]
    assert cell is not None
    assert (cell.is_suppressed, cell.n) == (False, len(respondents))
    assert cell.value == sum(float(answers(i)["etp_total"]) for i in respondents)
    note = reader_for(release).methodology
    assert [w["structure"] for w in note["waivers"]] == release.manifest["waivers"]
    assert len(note["waivers"]) == len(respondents)
    # What they declared is no secret: the attacker from outside counts nothing of it as found.
    attack = reader_for(release).attack
    assert attack is not None
    assert [attack[key] for key in ("sums_of_too_few", "shown_on_too_few", "not_understood")] == [0, 0, 0]


def units(waiving: tuple[str, ...] = ()) -> pl.DataFrame:
    """A département of five respondents beside one of twenty."""
    places = ["01"] * 5 + ["02"] * 20
    codes = [f"S{i}" for i in range(25)]
    return pl.DataFrame(
        {
            "structure": codes,
            "holder": codes,
            "region": ["84"] * 25,
            "departement": places,
            "x": [float(100 + i) for i in range(25)],
            "waives": [code in waiving for code in codes],
        }
    )


@pytest.mark.parametrize(
    ("waiving", "status"),
    [((), "published"), (("S0",), "primary"), (tuple(f"S{i}" for i in range(5)), "published")],
)
def test_one_that_waives_never_exposes_the_others(waiving: tuple[str, ...], status: str) -> None:
    """Of five, four are left: whoever knows the fifth would know their sum. All five may waive together."""
    plan = Plan({}, (Table("france", ()), Table("departement", ())), Rules(dominance=()))
    measures = [Measure("x", "total", "x")]
    masks = protect(units(waiving), measures, plan)
    cells = apply(aggregate(units(waiving).lazy(), measures, plan), masks, plan)
    small = cells.filter(territory="01", statistic="sum")
    assert small["status"].item() == status
    assert (small["value"].item() is None) == (status != "published")
    assert not audit_release(masks.blocks, masks.outcomes).failures


def test_waiver_taken_back_stops_the_publication(surveyed: Campaign, national: User, fcsf: User) -> None:
    waive(surveyed, "62")
    release = build(surveyed, national)
    services.sign_release(release=release, side=Side.CAF, by=national, seal=release.seal)
    given = SecrecyWaiver.objects.filter(structure__code__in=release.manifest["waivers"]).first()
    assert given is not None
    withdraw_waiver(campaign=surveyed, structure=given.structure, by=given.given_by)
    assert taken_back(surveyed, release.manifest["waivers"]) == [given.structure.code]
    with pytest.raises(Refused, match="Secret demandé à nouveau"):
        services.sign_release(release=release, side=Side.FEDERATION, by=fcsf, seal=release.seal)


def test_choice_is_settled_by_the_first_publication(surveyed: Campaign, national: User, fcsf: User) -> None:
    structure = Structure.objects.filter(departement="69").order_by("pk").first()
    assert structure is not None
    release = build(surveyed, national)
    services.sign_release(release=release, side=Side.CAF, by=national, seal=release.seal)
    services.sign_release(release=release, side=Side.FEDERATION, by=fcsf, seal=release.seal)
    services.publish_release(release=release, by=national)
    with pytest.raises(Refused, match="le choix est arrêté"):
        waive_secrecy(campaign=surveyed, structure=structure, by=responsable(structure))
