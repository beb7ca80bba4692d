"""Mandates, the charter and the ledger."""

from datetime import timedelta

import pytest
from django.conf import settings

from senacs.accounts import permissions
from senacs.accounts.enums import Role, Side
from senacs.accounts.invitations import invite_deputy, name_preparation
from senacs.accounts.models import CharteVersion, Invitation, Mandate, User
from senacs.accounts.queries import accesses_to, current_charte, has_accepted_charte, mandates_of
from senacs.accounts.services import (
    accept_charte,
    end_mandate,
    grant_mandate,
    load_charte,
    log_access,
    publish_charte,
    remove_deputy,
)
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused
from tests import factories
from tests.factories import Cast


def test_grant_mandate_gives_the_right_at_once_and_only_once(cast: Cast) -> None:
    first = grant_mandate(user=cast.nobody, role=Role.RESPONSABLE, scope=cast.structure, by=cast.national)
    again = grant_mandate(user=cast.nobody, role=Role.RESPONSABLE, scope=cast.structure, by=cast.national)
    assert permissions.can_enter(cast.nobody, cast.structure)
    assert first == again
    assert first.granted_by == cast.national


@pytest.mark.parametrize("granter", ["responsable", "stranger", "copil", "nobody", "comite_technique"])
def test_grant_mandate_belongs_to_the_pair_and_the_national_team(cast: Cast, granter: str) -> None:
    with pytest.raises(NotAllowed):
        grant_mandate(user=cast.nobody, role=Role.RESPONSABLE, scope=cast.structure, by=cast.users()[granter])


def test_grant_mandate_refuses_a_scope_that_does_not_suit_the_role(cast: Cast) -> None:
    for role, scope in [
        (Role.RESPONSABLE, cast.structure.caf),
        (Role.CORRESPONDANT_CAF, None),
        (Role.NATIONAL, cast.structure),
    ]:
        with pytest.raises(Refused, match="périmètre"):
            grant_mandate(user=cast.nobody, role=role, scope=scope, side=Side.CAF, by=cast.national)


def test_grant_mandate_wants_the_side_of_a_copil_member(cast: Cast) -> None:
    with pytest.raises(Refused, match="Caf ou fédération"):
        grant_mandate(user=cast.nobody, role=Role.COPIL, scope=cast.structure.departement, by=cast.national)


def test_preparation_always_ends(cast: Cast) -> None:
    departement = cast.structure.departement
    with pytest.raises(Refused, match="date de fin"):
        grant_mandate(user=cast.nobody, role=Role.PREPARATION, scope=departement, side=Side.CAF, by=cast.copil)
    with pytest.raises(Refused, match="précède"):
        grant_mandate(
            user=cast.nobody,
            role=Role.PREPARATION,
            scope=departement,
            side=Side.CAF,
            ends_on=clock.today() - timedelta(days=1),
            by=cast.copil,
        )


def test_end_mandate_takes_effect_at_once_and_keeps_the_row(cast: Cast) -> None:
    mandate = cast.responsable.mandates.get()
    end_mandate(mandate=mandate, by=cast.national)
    assert not permissions.can_enter(cast.responsable, cast.structure)
    assert Mandate.objects.filter(pk=mandate.pk).exists() is (mandate.starts_on < clock.today())


def test_responsable_invites_and_removes_a_suppleant_without_help(cast: Cast) -> None:
    invitation = invite_deputy(structure=cast.structure, email="adjoint@exemple.fr", by=cast.responsable)
    mandate = factories.accept(invitation)
    assert permissions.can_enter(mandate.user, cast.structure)
    assert [m.role for m in mandates_of(cast.structure)] == ["responsable", "suppleant", "suppleant"]
    remove_deputy(mandate=mandate, by=cast.responsable)
    assert not permissions.can_enter(mandate.user, cast.structure)


@pytest.mark.parametrize("name", ["suppleant", "correspondant_caf", "neighbour_responsable"])
def test_others_neither_invite_nor_remove_a_suppleant(cast: Cast, name: str) -> None:
    person = cast.users()[name]
    with pytest.raises(NotAllowed):
        invite_deputy(structure=cast.structure, email="adjoint@exemple.fr", by=person)
    with pytest.raises(NotAllowed):
        remove_deputy(mandate=cast.suppleant.mandates.get(), by=person)


def test_remove_deputy_never_removes_a_responsable(cast: Cast) -> None:
    with pytest.raises(Refused):
        remove_deputy(mandate=cast.responsable.mandates.get(), by=cast.responsable)


def test_a_new_version_of_the_charter_asks_again(cast: Cast) -> None:
    first = publish_charte(number=1, text="Un.")
    accept_charte(user=cast.responsable, version=first)
    accept_charte(user=cast.responsable, version=first)
    assert has_accepted_charte(cast.responsable)
    publish_charte(number=2, text="Deux.")
    assert not has_accepted_charte(cast.responsable)


def test_a_published_charter_never_changes(db: None) -> None:
    publish_charte(number=1, text="Un.")
    with pytest.raises(Refused, match="nouveau numéro"):
        publish_charte(number=1, text="Autre.")


def test_load_charte_publishes_the_text_of_the_reference_data_once(db: None) -> None:
    directory = settings.DATA_DIR / "reference"
    load_charte(directory=directory)
    load_charte(directory=directory)
    charte = current_charte()
    assert charte is not None
    assert CharteVersion.objects.count() == 1
    # Whole, and without the line breaks of the PDF that it comes from.
    assert "### 3.3. Des engagements du Comité de Pilotage" in charte.text
    assert "celui-ci a le droit de regard et peut questionner ses interlocuteurs" in charte.text
    assert "  " not in charte.text


def test_ledger_says_to_the_structure_who_read_its_data_and_why(cast: Cast) -> None:
    entry = log_access(
        user=cast.preparation,
        action="extraction",
        structures=[cast.structure],
        purpose="Préparer le Copil de juin",
        departement=cast.structure.departement,
    )
    assert list(accesses_to(cast.structure)) == [entry]
    assert not accesses_to(cast.neighbour).exists()


def test_factories_password_signs_in(cast: Cast) -> None:
    assert cast.responsable.check_password(factories.PASSWORD)


def test_both_sides_name_the_person_in_charge_each_for_itself(cast: Cast) -> None:
    departement, until = cast.structure.departement, clock.today() + timedelta(days=30)
    cast.preparation.mandates.all().delete()
    federal = factories.make_user()
    factories.make_mandate(federal, Role.COPIL, departement=departement, side=Side.FEDERATION)
    email = "statisticien@exemple.fr"
    first = name_preparation(departement=departement, email=email, ends_on=until, side=Side.CAF, by=cast.copil)
    named = factories.accept(first)
    assert not permissions.can_extract_raw_data(named.user, departement)
    with pytest.raises(NotAllowed):
        name_preparation(departement=departement, email=email, ends_on=until, side=Side.FEDERATION, by=cast.copil)
    second = name_preparation(departement=departement, email=email, ends_on=until, side=Side.FEDERATION, by=federal)
    assert not permissions.can_extract_raw_data(named.user, departement)
    factories.accept(second)
    assert permissions.can_extract_raw_data(named.user, departement)
    end_mandate(mandate=named, by=cast.copil)
    assert not permissions.can_extract_raw_data(named.user, departement)


def test_a_territory_has_one_person_in_charge_and_never_two(cast: Cast) -> None:
    """Charter 3.2: each side names one person at a time; a letter that was sent before opens nothing more."""
    departement, until = cast.structure.departement, clock.today() + timedelta(days=30)

    def name(email: str) -> Invitation:
        return name_preparation(departement=departement, email=email, ends_on=until, side=Side.CAF, by=cast.copil)

    with pytest.raises(Refused, match=r"qu’à une personne.*Preparation Martin"):
        name("seconde@exemple.fr")
    cast.preparation.mandates.filter(side=Side.CAF).update(ends_on=clock.today() - timedelta(days=1))
    offered = name("seconde@exemple.fr")
    with pytest.raises(Refused, match=r"seconde@exemple\.fr est déjà invitée"):
        name("tierce@exemple.fr")
    assert name("seconde@exemple.fr").pk != offered.pk, "the same person may be invited again"
    cast.preparation.mandates.filter(side=Side.CAF).update(ends_on=until)
    with pytest.raises(Refused, match="qu’à une personne"):
        factories.accept(Invitation.objects.pending().get(email="seconde@exemple.fr"))
    raw = [u for u in User.objects.all() if permissions.can_extract_raw_data(u, departement)]
    assert raw == [cast.preparation]


def test_preparation_is_named_by_the_copil_for_a_limited_time(cast: Cast) -> None:
    departement, until = cast.structure.departement, clock.today() + timedelta(days=30)
    with pytest.raises(NotAllowed):
        grant_mandate(
            user=cast.nobody, role=Role.PREPARATION, scope=departement, side=Side.CAF, ends_on=until, by=cast.national
        )
    with pytest.raises(Refused, match="au plus"):
        name_preparation(
            departement=departement,
            email="x@exemple.fr",
            ends_on=clock.today() + timedelta(days=400),
            side=Side.CAF,
            by=cast.copil,
        )
