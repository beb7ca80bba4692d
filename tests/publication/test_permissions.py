"""Who composes and signs which edition: the roles of the standing cast, one by one (charte 3.2)."""

import pytest

from senacs.accounts.enums import Side
from senacs.lib import clock
from senacs.observatory.models import Release
from senacs.publication.models import Edition, LocalGroup
from senacs.publication.permissions import can_compose, can_sign, editions_visible_to, sides_of
from tests import factories
from tests.factories import Cast

PAIR = {"correspondant_caf", "correspondant_federal"}
# Level of the edition: who composes it, who signs it.
ROLES = {
    "departement": (PAIR | {"copil", "preparation"}, {"copil"}),
    "groupe": (PAIR | {"copil", "preparation"}, {"copil"}),
    "region": ({"regional"}, {"regional"}),
    "france": ({"national"}, {"national"}),
}


def make_edition(cast: Cast, level: str) -> Edition:
    campaign, departement = factories.make_campaign(), cast.structure.departement
    now, by = clock.now(), cast.copil
    code = {"departement": departement.pk, "region": departement.region_id, "france": "FR", "groupe": "G1"}[level]
    group = None
    if level == "groupe":
        group = LocalGroup.objects.create(
            campaign=campaign, departement=departement, level=level, name="x", purpose="y", asked_at=now, asked_by=by
        )
    release = Release.objects.create(campaign=campaign, number=1, created_at=now)
    return Edition.objects.create(
        release=release, level=level, code=code, trame="x", group=group, created_at=now, created_by=by, updated_at=now
    )


@pytest.mark.parametrize("level", ROLES)
def test_edition_belongs_to_these_roles_alone(cast: Cast, level: str) -> None:
    edition = make_edition(cast, level)
    composers, signatories = ROLES[level]
    users = cast.users()
    assert {name for name, user in users.items() if can_compose(user, *edition.home)} == composers
    assert {name for name, user in users.items() if edition in editions_visible_to(user)} == composers
    assert {name for name, user in users.items() if sides_of(user, edition) & set(Side.values)} == signatories
    for name, user in users.items():
        assert {side for side in Side.values if can_sign(user, edition, side)} == sides_of(user, edition), name


def test_a_code_that_two_levels_share_opens_one_of_them(cast: Cast) -> None:
    """Région 11 and département 11 are two places."""
    edition = make_edition(cast, "region")
    edition.code = cast.structure.departement_id
    edition.save(update_fields=["code"])
    assert edition not in editions_visible_to(cast.copil)
