"""Institutions name their own people: who may, what is kept, who is told."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from senacs.accounts import permissions
from senacs.accounts.desks import acts_of, desk_of, ending_soon, missing_by_departement, vacancies
from senacs.accounts.enums import RightsAct, Role, Side
from senacs.accounts.invitations import invite
from senacs.accounts.mandates import (
    end_own_mandate,
    hand_over,
    institutions_of,
    invitations_managed_by,
    mandates_managed_by,
    renew_mandate,
)
from senacs.accounts.models import Invitation, Mandate, RightsEntry, User
from senacs.accounts.rights import rights_acts
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused
from senacs.structures.models import Caf, Structure
from tests import factories
from tests.factories import Cast

WHY = "Elle part à la retraite à la fin du mois."
PAIR = {"correspondant_caf", "correspondant_federal"}


def of(user: User) -> Mandate:
    return user.mandates.order_by("pk").first()


def given(cast: Cast) -> list[tuple[Role, Any, str, set[str]]]:
    """Role, scope, side, and who may give it besides the national team."""
    structure = cast.structure
    return [
        (Role.CORRESPONDANT_CAF, structure.caf, "", {"correspondant_caf"}),
        (Role.CORRESPONDANT_FEDERAL, structure.federation, "", {"correspondant_federal"}),
        (Role.COPIL, structure.departement, Side.CAF, {"correspondant_caf"}),
        (Role.COPIL, structure.departement, Side.FEDERATION, {"correspondant_federal"}),
        (Role.RESPONSABLE, structure, "", PAIR),
        (Role.SUPPLEANT, structure, "", PAIR | {"responsable"}),
        (Role.REGIONAL, structure.departement.region, Side.CAF, set()),
    ]


def test_each_role_is_given_by_its_institution_alone(cast: Cast) -> None:
    for role, scope, side, allowed in given(cast):
        able = set()
        for name, user in cast.users().items():
            try:
                invite(email="nouvelle@exemple.fr", role=role, scope=scope, side=side, by=user)
                able.add(name)
            except NotAllowed:
                continue
        assert able == allowed | {"national"}, role


def test_institutions_are_mandated_by_their_own(cast: Cast) -> None:
    caf, departement = cast.structure.caf, cast.structure.departement
    able = {name for name, user in cast.users().items() if permissions.can_mandate_institution(user, caf)}
    assert able == {"correspondant_caf", "national"}
    able = {n for n, user in cast.users().items() if permissions.can_mandate_copil(user, departement, Side.FEDERATION)}
    assert able == {"correspondant_federal", "national"}
    assert not permissions.can_mandate_institution(AnonymousUser(), caf)
    assert not permissions.can_mandate_copil(AnonymousUser(), departement, Side.CAF)


def test_nobody_names_oneself(cast: Cast) -> None:
    caf = cast.correspondant_caf
    with pytest.raises(Refused, match="quelqu’un d’autre que soi"):
        invite(email=caf.email, role=Role.COPIL, scope=cast.structure.departement, side=Side.CAF, by=caf)
    invitation = invite(
        email="autre@exemple.fr", role=Role.COPIL, scope=cast.structure.departement, side=Side.CAF, by=caf
    )
    with pytest.raises(Refused, match="quelqu’un d’autre que soi"):
        factories.accept(invitation, caf)


def test_a_responsable_is_replaced_without_a_day_missing(
    cast: Cast, mailoutbox: list[Any], django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    held = of(cast.responsable)
    invitation = hand_over(
        mandate=held, email="suivante@exemple.fr", first_name="Zoé", last_name="Roux", by=cast.correspondant_federal
    )
    assert permissions.can_enter(cast.responsable, cast.structure)
    with django_capture_on_commit_callbacks(execute=True):
        new = factories.accept(Invitation.objects.get(pk=invitation.pk))
    assert permissions.can_enter(new.user, cast.structure)
    assert not permissions.can_enter(User.objects.get(pk=cast.responsable.pk), cast.structure)
    told = {letter.to[0]: letter.subject for letter in mailoutbox}
    assert told[cast.responsable.email] == "SENACS\u00a0: votre rôle est transmis"
    act = RightsEntry.objects.get(act=RightsAct.HANDED_OVER)
    assert (act.person, act.by, act.scope) == (cast.responsable, cast.correspondant_federal, str(cast.structure))
    assert act not in rights_acts()
    for institution in (cast.structure.caf, cast.structure.federation):
        assert act in acts_of(desk_of(institution))
    namesake = factories.make_structure(
        caf=factories.make_caf(factories.make_departement("59")), name=cast.structure.name
    )
    assert str(namesake) == str(cast.structure)
    assert act not in acts_of(desk_of(namesake.caf))


def test_a_mandate_of_today_is_handed_over_too(cast: Cast) -> None:
    cast.responsable.mandates.update(starts_on=clock.today())
    person = {"email": "suivante@exemple.fr", "first_name": "Zoé", "last_name": "Roux"}
    invitation = hand_over(mandate=of(cast.responsable), by=cast.correspondant_caf, **person)
    new = factories.accept(Invitation.objects.get(pk=invitation.pk))
    assert permissions.can_enter(new.user, cast.structure)
    assert not cast.responsable.mandates.exists() and Invitation.objects.get(pk=invitation.pk).used_by == new.user


def test_an_end_is_told_to_the_person_and_to_both_of_the_pair(
    cast: Cast, mailoutbox: list[Any], django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with pytest.raises(Refused, match="en une phrase"):
        end_own_mandate(mandate=of(cast.responsable), reason="Départ", by=cast.correspondant_caf)
    with django_capture_on_commit_callbacks(execute=True):
        end_own_mandate(mandate=of(cast.responsable), reason=WHY, by=cast.correspondant_caf)
    assert {letter.to[0] for letter in mailoutbox} == {cast.responsable.email, cast.correspondant_federal.email}
    assert all(WHY in letter.body for letter in mailoutbox)
    assert not permissions.can_enter(User.objects.get(pk=cast.responsable.pk), cast.structure)


def test_a_renewal_moves_the_end_and_is_given_by_another(cast: Cast) -> None:
    colleague = factories.make_user()
    held = factories.make_mandate(
        colleague, Role.CORRESPONDANT_CAF, caf=cast.structure.caf, ends_on=clock.today() + timedelta(days=9)
    )
    assert ending_soon(desk_of(cast.structure.caf)) == [held]
    until = clock.today() + timedelta(days=400)
    renew_mandate(mandate=held, ends_on=until, by=cast.correspondant_caf)
    assert Mandate.objects.get(pk=held.pk).ends_on == until
    assert not ending_soon(desk_of(cast.structure.caf))
    with pytest.raises(Refused, match="quelqu’un d’autre"):
        renew_mandate(mandate=held, ends_on=None, by=colleague)
    with pytest.raises(Refused, match="passée"):
        renew_mandate(mandate=held, ends_on=clock.today() - timedelta(days=1), by=cast.correspondant_caf)
    with pytest.raises(NotAllowed):
        renew_mandate(mandate=held, ends_on=None, by=cast.stranger)


@pytest.mark.parametrize("name", ["national", "preparation"])
def test_national_rights_and_preparation_are_given_elsewhere(cast: Cast, name: str) -> None:
    with pytest.raises(Refused, match="ailleurs"):
        end_own_mandate(mandate=of(getattr(cast, name)), reason=WHY, by=cast.national)


def test_what_one_manages_is_what_one_may_give(cast: Cast) -> None:
    managed = {
        name: {m.user for m in mandates_managed_by(user)}
        for name, user in cast.users().items()
        if mandates_managed_by(user).exists()
    }
    people = {cast.responsable, cast.suppleant}
    assert managed["correspondant_caf"] == people | {cast.correspondant_caf, cast.copil}
    assert managed["correspondant_federal"] == people | {cast.correspondant_federal}
    assert managed["stranger"] == {cast.stranger, cast.neighbour_responsable}
    assert cast.national not in managed["national"] and managed["national"] > managed["correspondant_caf"]
    assert set(managed) == PAIR | {"stranger", "national"}
    waiting = invite(email="a@exemple.fr", role=Role.SUPPLEANT, scope=cast.structure, by=cast.responsable)
    assert waiting in invitations_managed_by(cast.correspondant_federal)
    assert waiting not in invitations_managed_by(cast.stranger)
    assert institutions_of(cast.correspondant_caf) == [cast.structure.caf]
    assert len(institutions_of(cast.national)) == 4


def test_the_desk_shows_who_is_missing(cast: Cast) -> None:
    vacant = factories.make_structure(name="À pourvoir", commune=cast.structure.commune)
    desk = desk_of(cast.structure.federation)
    assert (desk.vacant, desk.structures[0].structure, desk.copil) == (1, vacant, [])
    assert desk.correspondents == [of(cast.correspondant_federal)]
    cast.correspondant_federal.mandates.update(ends_on=clock.today() - timedelta(days=1))
    rows = {row.institution: row for row in vacancies()}
    row = rows[cast.structure.federation]
    assert (row.correspondents, row.structures, row.vacant) == (0, 2, 1)


def test_the_desk_asks_as_much_for_many_as_for_few(cast: Cast, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(7):
        desk_of(cast.structure.caf)
    for _ in range(3):
        structure = factories.make_structure(commune=cast.structure.commune)
        factories.make_mandate(factories.make_user(), Role.RESPONSABLE, structure=structure)
    with django_assert_num_queries(7):
        desk_of(cast.structure.caf)


def test_each_departement_tells_whom_it_misses(cast: Cast) -> None:
    """A Caf or a federation of several départements follows each of them; an ended mandate follows none."""
    found = {one.departement.code: one for one in missing_by_departement()}
    assert (found["26"].sides, found["26"].heads) == ((), 0)
    assert found["59"].sides == (Side.FEDERATION,) and "fédéral" in found["59"].told
    cast.correspondant_caf.mandates.update(ends_on=clock.today() - timedelta(days=1))
    cast.responsable.mandates.update(ends_on=clock.today() - timedelta(days=1))
    found = {one.departement.code: one for one in missing_by_departement()}
    assert (found["26"].sides, found["26"].heads, found["26"].total) == ((Side.CAF,), 1, 2)
    assert cast.structure.federation is not None
    cast.structure.federation.departements.add(cast.neighbour.departement)
    Structure.objects.filter(pk=cast.neighbour.pk).update(federation=cast.structure.federation)
    assert {one.departement.code: one.sides for one in missing_by_departement()}["59"] == ()


def test_an_institution_that_shares_a_departement_is_missed_for_its_own_structures(cast: Cast) -> None:
    """Two Cafs in one département: that the other one is followed gives this one nobody."""
    departement = cast.structure.departement
    other = Caf.objects.create(code="CAF641", name="Caf voisine")
    other.departements.add(departement)
    before = {one.departement.code: one.sides for one in missing_by_departement()}
    assert Side.CAF not in before[departement.code]
    factories.make_structure(commune=cast.structure.commune, caf=other)
    after = {one.departement.code: one.sides for one in missing_by_departement()}
    assert Side.CAF in after[departement.code]
    factories.make_mandate(factories.make_user(), Role.CORRESPONDANT_CAF, caf=other)
    assert Side.CAF not in {one.departement.code: one.sides for one in missing_by_departement()}[departement.code]
