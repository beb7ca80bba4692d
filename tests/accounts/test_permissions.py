"""Who sees what, and the whole table of roles × actions."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from senacs.accounts import permissions
from senacs.accounts.enums import Role, Side
from senacs.lib import clock
from senacs.structures.models import Structure
from tests import factories
from tests.factories import Cast

EVERYONE = {
    "responsable",
    "suppleant",
    "correspondant_caf",
    "correspondant_federal",
    "copil",
    "preparation",
    "regional",
    "national",
    "comite_technique",
    "neighbour_responsable",
    "stranger",
    "nobody",
}
STRUCTURE = {"responsable", "suppleant"}
PAIR = {"correspondant_caf", "correspondant_federal"}

ON_A_STRUCTURE = {
    permissions.can_enter: STRUCTURE,
    permissions.can_submit: STRUCTURE,
    permissions.can_ask: STRUCTURE,
    permissions.can_enter_on_behalf: PAIR,
    permissions.can_review: PAIR,
    permissions.can_escalate: PAIR,
    permissions.can_remind: PAIR | {"national"},
    permissions.can_mandate_structure: PAIR | {"national"},
    permissions.can_invite_deputy: {"responsable"},
    permissions.can_agree: {"responsable"},
    permissions.can_manage_tokens: {"responsable"},
    permissions.can_answer_question: PAIR | {"comite_technique"},
    permissions.can_correct_entry: PAIR | {"national"},
    permissions.can_record_agrement: {"correspondant_caf", "national"},
    permissions.can_propose_register_act: PAIR | {"national"},
    permissions.can_propose_correction: STRUCTURE | PAIR | {"national"},
}
IN_GENERAL = {
    permissions.can_manage_campaigns: {"national"},
    permissions.can_manage_register: {"national"},
    permissions.can_propose_national: {"national"},
    permissions.can_answer_objections: {"national"},
    permissions.can_manage_questionnaire: {"comite_technique"},
    permissions.can_load_questionnaire: {"national", "comite_technique"},
    permissions.can_see_progress: {"national", "comite_technique"},
}
ON_A_DEPARTEMENT = {
    permissions.can_extract_raw_data: {"preparation"},
    permissions.can_name_preparation: {"copil"},
    permissions.can_ask_agreement: {"copil"},
}


@pytest.mark.parametrize("action", ON_A_DEPARTEMENT, ids=lambda action: action.__name__)
def test_action_on_a_departement_belongs_to_these_roles_alone(cast: Cast, action) -> None:
    departement, elsewhere = cast.structure.departement, cast.neighbour.departement
    assert {name for name, user in cast.users().items() if action(user, departement)} == ON_A_DEPARTEMENT[action]
    assert not any(action(user, elsewhere) for user in cast.users().values())
    assert not action(AnonymousUser(), departement)


@pytest.mark.parametrize("action", ON_A_STRUCTURE, ids=lambda action: action.__name__)
def test_action_on_a_structure_belongs_to_these_roles_alone(cast: Cast, action) -> None:
    allowed = {name for name, user in cast.users().items() if action(user, cast.structure)}
    assert allowed == ON_A_STRUCTURE[action]
    assert not action(AnonymousUser(), cast.structure)


@pytest.mark.parametrize("action", IN_GENERAL, ids=lambda action: action.__name__)
def test_general_action_belongs_to_these_roles_alone(cast: Cast, action) -> None:
    assert {name for name, user in cast.users().items() if action(user)} == IN_GENERAL[action]
    assert not action(AnonymousUser())


def test_second_factor_of_another_is_reset_by_the_national_team_alone(cast: Cast) -> None:
    person = cast.nobody
    assert {name for name, user in cast.users().items() if permissions.can_reset_second_factor(user, person)} == {
        "national"
    }
    assert not any(permissions.can_reset_second_factor(user, user) for user in cast.users().values())
    assert not permissions.can_reset_second_factor(AnonymousUser(), person)


def test_national_rights_are_confirmed_by_another_of_the_national_team_alone(cast: Cast) -> None:
    proposer = factories.make_user()
    factories.make_mandate(proposer, Role.NATIONAL, side=Side.FEDERATION)
    assert {
        name for name, user in cast.users().items() if permissions.can_confirm_national(user, proposed_by=proposer)
    } == {"national"}
    assert not permissions.can_confirm_national(proposer, proposed_by=proposer)
    assert not permissions.can_confirm_national(AnonymousUser(), proposed_by=proposer)
    assert not any(permissions.can_confirm_national(proposer, proposed_by=user) for user in [cast.copil, cast.nobody])


def test_page_of_roles_is_that_of_the_table() -> None:
    from tests.accounts import roles_page

    assert roles_page.PAGE.read_text(encoding="utf-8") == roles_page.text(), "python -m tests.walk"


def test_the_cast_holds_every_role(cast: Cast) -> None:
    assert set(cast.users()) == EVERYONE


def test_structures_visible_to_follows_the_mandates(cast: Cast) -> None:
    seen = {
        name: set(permissions.structures_visible_to(user).values_list("name", flat=True))
        for name, user in cast.users().items()
    }
    own, neighbour = {cast.structure.name}, {cast.neighbour.name}
    assert seen == {
        "responsable": own,
        "suppleant": own,
        "correspondant_caf": own,
        "correspondant_federal": own,
        "preparation": set(),
        "copil": set(),
        "regional": set(),
        "comite_technique": set(),
        "national": set(),
        "neighbour_responsable": neighbour,
        "stranger": neighbour,
        "nobody": set(),
    }
    assert not permissions.structures_visible_to(AnonymousUser()).exists()


def test_structures_followed_by_are_those_of_correspondents_and_of_the_national_team(cast: Cast) -> None:
    following = {
        name for name, user in cast.users().items() if cast.structure in permissions.structures_followed_by(user)
    }
    assert following == PAIR | {"national"}


def test_structure_without_caf_is_followed_by_the_caf_of_its_departement(cast: Cast) -> None:
    Structure.objects.filter(pk=cast.structure.pk).update(caf=None, federation=None)
    structure = Structure.objects.get(pk=cast.structure.pk)
    for user in (cast.correspondant_caf, cast.correspondant_federal):
        assert structure in permissions.structures_visible_to(user)
        assert permissions.can_review(user, structure)
    assert structure not in permissions.structures_visible_to(cast.stranger)
    assert not permissions.can_review(cast.stranger, structure)


def test_second_caf_of_the_departement_does_not_see_the_structures_of_the_first(cast: Cast) -> None:
    other = cast.structure.departement.cafs.create(code="CAF26B", name="Caf du sud")
    correspondent = factories.make_user()
    factories.make_mandate(correspondent, Role.CORRESPONDANT_CAF, caf=other)
    assert not permissions.structures_visible_to(correspondent).exists()
    assert not permissions.can_review(correspondent, cast.structure)


def test_preparation_named_by_one_side_alone_sees_nothing(cast: Cast) -> None:
    user = factories.make_user()
    factories.make_mandate(user, Role.PREPARATION, departement=cast.structure.departement, side=Side.CAF)
    departement = cast.structure.departement
    assert not permissions.current_mandates(user)
    assert not permissions.departements_with_tables(user).exists()
    assert not permissions.can_extract_raw_data(user, departement)
    assert [mandate.side for mandate in permissions.namings_of_one_side(user)] == [Side.CAF]
    assert permissions.departements_with_tables(cast.preparation).get() == departement
    assert permissions.can_extract_raw_data(cast.preparation, cast.structure.departement)


def test_preparation_ends_with_the_first_of_its_two_mandates(cast: Cast) -> None:
    cast.preparation.mandates.filter(side=Side.CAF).update(ends_on=clock.today() - timedelta(days=1))
    assert not permissions.can_extract_raw_data(cast.preparation, cast.structure.departement)
    assert not permissions.departements_with_tables(cast.preparation).exists()


def test_ended_mandate_and_closed_account_give_nothing(cast: Cast) -> None:
    cast.responsable.mandates.update(ends_on=clock.today() - timedelta(days=1))
    cast.suppleant.is_active = False
    for user in (cast.responsable, cast.suppleant):
        assert not permissions.structures_visible_to(user).exists()
        assert not permissions.can_enter(user, cast.structure)


def test_mandate_is_in_force_on_its_last_day(cast: Cast) -> None:
    cast.responsable.mandates.update(ends_on=clock.today())
    assert permissions.can_enter(cast.responsable, cast.structure)


def test_each_national_member_signs_for_its_own_side(cast: Cast) -> None:
    assert permissions.can_sign_release(cast.national, Side.CAF)
    assert not permissions.can_sign_release(cast.national, Side.FEDERATION)
    assert not permissions.can_sign_release(cast.correspondant_caf, Side.CAF)


def test_tables_by_departement_follow_copil_region_and_correspondents(cast: Cast) -> None:
    tables = {
        name: set(permissions.departements_with_tables(user).values_list("pk", flat=True))
        for name, user in cast.users().items()
    }
    assert {name for name, codes in tables.items() if codes == {"26"}} == PAIR | {"copil", "regional", "preparation"}
    assert tables["national"] == {"26", "59"}
    assert tables["responsable"] == tables["nobody"] == set()


def test_correspondents_and_people_of_a_structure(cast: Cast) -> None:
    assert set(permissions.correspondents_of(cast.structure)) == {cast.correspondant_caf, cast.correspondant_federal}
    assert set(permissions.people_of(cast.structure)) == {cast.responsable, cast.suppleant}


def test_structure_without_federation_is_followed_by_that_of_its_departement(cast: Cast) -> None:
    other = factories.make_federation(cast.neighbour.departement)
    alone = factories.make_structure(name="Sans fédération", federation=None)
    far = factories.make_structure(name="Sans, ailleurs", federation=None, commune=cast.neighbour.commune)
    of_another = factories.make_structure(name="D’une autre", federation=other)
    federal = cast.correspondant_federal
    assert set(permissions.structures_visible_to(federal)) == {cast.structure, alone}
    on = {one: permissions.roles_on(federal, one) for one in (cast.structure, alone, far, of_another)}
    assert {one for one, roles in on.items() if roles} == {cast.structure, alone}
    assert on[alone] == {Role.CORRESPONDANT_FEDERAL}


def test_a_role_on_a_territory_is_none_on_its_structures(cast: Cast) -> None:
    for person in (cast.copil, cast.preparation, cast.regional, cast.national, cast.comite_technique, cast.nobody):
        assert permissions.roles_on(person, cast.structure) == frozenset()


def test_two_seats_in_the_copil_name_nobody_for_the_raw_data(cast: Cast) -> None:
    factories.make_mandate(cast.copil, Role.COPIL, departement=cast.structure.departement, side=Side.FEDERATION)
    assert not permissions.can_extract_raw_data(cast.copil, cast.structure.departement)
    assert permissions.preparation_sides(cast.copil, cast.structure.departement) == {Side.CAF, Side.FEDERATION}


def test_whom_a_structure_may_call(cast: Cast) -> None:
    pair = {cast.correspondant_caf, cast.correspondant_federal}
    # Somebody else's mandate names the same Caf or federation for another work.
    for role, scope in (
        (Role.COPIL, {"caf": cast.structure.caf, "departement": cast.structure.departement, "side": Side.CAF}),
        (Role.COMITE_TECHNIQUE, {"federation": cast.structure.federation}),
    ):
        factories.make_mandate(cast.nobody, role, **scope)
    assert set(permissions.correspondents_of(cast.structure)) == pair
    alone = factories.make_structure(name="Ni Caf ni fédération", caf=None, federation=None)
    assert set(permissions.correspondents_of(alone)) == pair
    assert set(permissions.correspondents_of(cast.neighbour)) == {cast.stranger}
    # One of its own body where the register names it, whatever other bodies its département has.
    cast.stranger.mandates.get().caf.departements.add(cast.structure.departement)
    assert set(permissions.correspondents_of(cast.structure)) == pair
    cast.correspondant_caf.is_active = False
    cast.correspondant_caf.save()
    assert set(permissions.correspondents_of(cast.structure)) == {cast.correspondant_federal}


def test_the_people_of_a_structure_have_an_account_and_a_role_in_it(cast: Cast) -> None:
    factories.make_mandate(cast.nobody, Role.CORRESPONDANT_CAF, caf=cast.structure.caf, structure=cast.structure)
    assert set(permissions.people_of(cast.structure)) == {cast.responsable, cast.suppleant}
    cast.suppleant.is_active = False
    cast.suppleant.save()
    assert set(permissions.people_of(cast.structure)) == {cast.responsable}


def test_the_side_that_a_national_member_speaks_for(cast: Cast) -> None:
    assert permissions.national_side(cast.national) == Side.CAF
    factories.make_mandate(cast.national, Role.COPIL, departement=cast.structure.departement, side=Side.FEDERATION)
    factories.make_mandate(cast.copil, Role.NATIONAL, side="")
    for person, signed in ((cast.national, {Side.CAF}), (cast.copil, set()), (cast.comite_technique, set())):
        assert {side for side in Side if permissions.can_sign_release(person, side)} == signed
        assert permissions.national_side(person) == next(iter(signed), "")


def test_mandates_are_kept_for_one_request_and_no_longer(cast: Cast, django_assert_num_queries) -> None:
    person = cast.correspondant_caf
    with django_assert_num_queries(2):
        assert permissions.current_mandates(person) == permissions.current_mandates(person) != []
    permissions.keep_mandates(person)
    with django_assert_num_queries(1):
        first, second = permissions.current_mandates(person), permissions.current_mandates(person)
    assert [m.role for m in first] == [m.role for m in second] == [Role.CORRESPONDANT_CAF]
    permissions.keep_mandates(person)  # what was read stays
    with django_assert_num_queries(0):
        assert permissions.current_mandates(person) == first
    permissions.keep_mandates(person, list(cast.copil.mandates.all()))
    with django_assert_num_queries(0):
        assert [m.role for m in permissions.current_mandates(person)] == [Role.COPIL]
