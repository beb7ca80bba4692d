"""Two people give national rights: every way round them is closed, and everyone concerned is told."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from senacs.accounts import permissions
from senacs.accounts.enums import TWO_PERSON_ROLES, RightsAct, Role, Side
from senacs.accounts.invitations import Unusable, accept_invitation, invite, usable_invitation, withdraw_invitation
from senacs.accounts.models import Invitation, Mandate, RightsEntry, User
from senacs.accounts.national import (
    confirm_national,
    confirmers_of,
    end_national,
    propose_national,
    why_not_confirm,
    withdraw_national,
)
from senacs.accounts.services import end_mandate, grant_mandate
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused
from tests import factories
from tests.factories import Cast

WHY = "Elle remplace Paul Noir, parti à la retraite."


def national(email: str, side: Side) -> User:
    user = factories.make_user(email)
    factories.make_mandate(user, Role.NATIONAL, side=side)
    return user


@pytest.fixture
def cnaf(cast: Cast) -> User:
    """The cast's own national person."""
    assert cast.national.mandates.get().side == Side.CAF
    return cast.national


@pytest.fixture
def fcsf(cast: Cast) -> User:
    return national("fcsf@exemple.fr", Side.FEDERATION)


@pytest.fixture
def colleague(cast: Cast) -> User:
    return national("cnaf2@exemple.fr", Side.CAF)


def propose(by: User, email: str = "anne.roux@exemple.fr", **fields: Any) -> Invitation:
    given: dict[str, Any] = {"role": Role.NATIONAL, "side": Side.CAF, "reason": WHY} | fields
    return propose_national(email=email, by=by, **given)


def acts() -> list[tuple[str, User | None]]:
    return [(entry.act, entry.by) for entry in RightsEntry.objects.order_by("pk")]


def test_one_proposes_another_confirms_and_all_are_told(
    cnaf: User, fcsf: User, mailoutbox: list[Any], django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        proposal = propose(cnaf)
    assert [letter.to for letter in mailoutbox] == [[fcsf.email]]
    assert WHY in mailoutbox[0].body
    assert proposal.awaits_confirmation
    mailoutbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        confirm_national(invitation=proposal, by=fcsf)
    assert {letter.to[0] for letter in mailoutbox} == {"anne.roux@exemple.fr", cnaf.email}
    mailoutbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        mandate = factories.accept(Invitation.objects.get(pk=proposal.pk))
    assert {letter.to[0] for letter in mailoutbox} == {cnaf.email, fcsf.email}
    assert (mandate.granted_by, mandate.confirmed_by) == (cnaf, fcsf)
    assert permissions.can_manage_campaigns(mandate.user)
    assert acts() == [
        (RightsAct.PROPOSED, cnaf),
        (RightsAct.CONFIRMED, fcsf),
        (RightsAct.ACCEPTED, mandate.user),
    ]


@pytest.mark.parametrize("role", sorted(TWO_PERSON_ROLES))
def test_nobody_gives_them_alone_by_any_door(cnaf: User, fcsf: User, cast: Cast, role: Role) -> None:
    side = Side.CAF if role == Role.NATIONAL else ""
    with pytest.raises(NotAllowed, match="se donne à deux"):
        invite(email="a@exemple.fr", role=role, side=side, by=cnaf)
    with pytest.raises(NotAllowed, match="se donne à deux"):
        grant_mandate(user=cast.nobody, role=role, side=side, by=cnaf)
    with pytest.raises(NotAllowed, match="se donne à deux"):
        grant_mandate(user=cast.nobody, role=role, side=side, by=cnaf, confirmed_by=cnaf)
    with pytest.raises(NotAllowed, match="se donne à deux"):
        grant_mandate(user=cast.nobody, role=role, side=side, by=cnaf, confirmed_by=cast.copil)
    assert not Invitation.objects.filter(role=role).exists()
    assert not cast.nobody.mandates.exists()


def test_an_unconfirmed_proposal_opens_nothing_even_with_its_key(cnaf: User, fcsf: User) -> None:
    key = factories.key_of(propose(cnaf))
    with pytest.raises(Unusable, match="seconde personne"):
        usable_invitation(key)
    with pytest.raises(Unusable, match="seconde personne"):
        accept_invitation(key=key, user=factories.make_user())


def test_who_proposes_does_not_confirm_nor_a_colleague_where_the_other_institution_is_there(
    cnaf: User, fcsf: User, colleague: User, cast: Cast
) -> None:
    proposal = propose(cnaf)
    for person, why in (
        (cnaf, "Vous l’avez proposée"),
        (colleague, "une personne de l’autre la confirme"),
    ):
        assert why in why_not_confirm(proposal, person)
        with pytest.raises(NotAllowed, match=why):
            confirm_national(invitation=proposal, by=person)
    for person in (cast.copil, cast.comite_technique, cast.nobody):
        with pytest.raises(NotAllowed):
            confirm_national(invitation=proposal, by=person)
    assert confirmers_of(cnaf) == [fcsf]


def test_a_colleague_confirms_where_the_other_institution_has_nobody(cnaf: User, colleague: User) -> None:
    assert confirmers_of(cnaf) == [colleague]
    fcsf = confirm_national(invitation=propose(cnaf, side=Side.FEDERATION), by=colleague)
    factories.accept(fcsf)
    assert confirmers_of(cnaf) == [User.objects.get(email="anne.roux@exemple.fr")], "from then on, of the other one"


@pytest.mark.parametrize("gone", ["ended", "closed"])
def test_the_other_institution_is_there_only_by_a_mandate_in_force(
    cnaf: User, fcsf: User, colleague: User, gone: str
) -> None:
    if gone == "ended":
        fcsf.mandates.update(starts_on=clock.today() - timedelta(days=9), ends_on=clock.today() - timedelta(days=1))
    else:
        User.objects.filter(pk=fcsf.pk).update(is_active=False)
    assert confirmers_of(cnaf) == [colleague]
    assert not permissions.can_confirm_national(User.objects.get(pk=fcsf.pk), proposed_by=cnaf)


@pytest.mark.parametrize(
    "asked", [{}, {"role": Role.COMITE_TECHNIQUE, "side": ""}, {"role": Role.COMITE_TECHNIQUE, "side": Side.FEDERATION}]
)
def test_alone_one_proposes_nobody_but_the_other_institution(cnaf: User, asked: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="faites d’abord entrer une personne de la Fcsf"):
        propose(cnaf, **asked)
    assert not Invitation.objects.exists()


def test_nobody_gives_rights_to_themselves(cnaf: User, fcsf: User) -> None:
    with pytest.raises(Refused, match="quelqu’un d’autre que vous"):
        propose(cnaf, email=f" {cnaf.email.upper()} ", side=Side.FEDERATION)
    with pytest.raises(NotAllowed, match="vous concerne"):
        confirm_national(invitation=propose(cnaf, email=fcsf.email, role=Role.COMITE_TECHNIQUE), by=fcsf)
    proposal = confirm_national(invitation=propose(cnaf, side=Side.FEDERATION), by=fcsf)
    for giver in (cnaf, fcsf):
        with pytest.raises(Refused, match="quelqu’un d’autre"):
            factories.accept(proposal, giver)


def test_one_person_never_signs_for_both_institutions(cnaf: User, fcsf: User, colleague: User) -> None:
    proposal = confirm_national(invitation=propose(cnaf, side=Side.FEDERATION), by=fcsf)
    with pytest.raises(Refused, match="déjà l’autre institution"):
        factories.accept(proposal, colleague)


@pytest.mark.parametrize("who", ["proposer", "confirmer"])
def test_rights_die_with_those_of_either_giver_until_accepted(cnaf: User, fcsf: User, who: str) -> None:
    proposal = confirm_national(invitation=propose(cnaf), by=fcsf)
    Mandate.objects.filter(user=cnaf if who == "proposer" else fcsf).delete()
    with pytest.raises(Unusable, match="ne peut plus donner"):
        factories.accept(Invitation.objects.get(pk=proposal.pk))


def test_a_proposal_dies_with_the_rights_of_its_author(cnaf: User, fcsf: User) -> None:
    proposal = propose(cnaf)
    cnaf.mandates.all().delete()
    proposal.refresh_from_db()
    with pytest.raises(NotAllowed, match="n’est plus de l’équipe"):
        confirm_national(invitation=proposal, by=fcsf)


def test_a_proposal_is_confirmed_once_and_withdrawn_by_either(
    cnaf: User, fcsf: User, mailoutbox: list[Any], django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    first = propose(cnaf)
    withdraw_national(invitation=first, by=fcsf)
    with pytest.raises(Refused, match="n’attend plus"):
        confirm_national(invitation=first, by=fcsf)
    second = confirm_national(invitation=propose(cnaf), by=fcsf)
    with pytest.raises(Refused, match="n’attend plus"):
        confirm_national(invitation=second, by=fcsf)
    factories.empty_outbox()
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_national(invitation=second, by=fcsf)
    assert [letter.to for letter in mailoutbox] == [[cnaf.email]]
    with pytest.raises(Unusable, match="retirée"):
        factories.accept(Invitation.objects.get(pk=second.pk))


@pytest.mark.parametrize("role", [Role.RESPONSABLE, Role.COPIL])
def test_other_roles_do_not_go_this_way(cnaf: User, fcsf: User, role: Role) -> None:
    with pytest.raises(Refused, match="ne se donne pas ici"):
        propose(cnaf, role=role)


@pytest.mark.parametrize("reason", ["", "   ", "remplacement"])
def test_a_reason_is_said(cnaf: User, fcsf: User, reason: str) -> None:
    with pytest.raises(Refused, match="en une phrase"):
        propose(cnaf, reason=reason)


def test_the_database_itself_refuses_one_person_for_two(cnaf: User, fcsf: User) -> None:
    proposal = propose(cnaf)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.filter(pk=proposal.pk).update(confirmed_by=cnaf, confirmed_at=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Mandate.objects.filter(user=fcsf).update(granted_by=cnaf, confirmed_by=cnaf)


def test_the_server_begins_a_team_and_no_more(cast: Cast, tmp_path: Any) -> None:
    """One person is there: a second may be invited from the server, a third may not, accepted or not."""
    people = tmp_path / "equipe.csv"
    people.write_text("courriel;role;cote\nfcsf@exemple.fr;national;federation\n", encoding="utf-8")
    call_command("invite_people", str(people))
    assert acts() == [(RightsAct.INSTALLED, None)]
    people.write_text("courriel;role;cote\ntroisieme@exemple.fr;national;caf\n", encoding="utf-8")
    with pytest.raises(CommandError, match="se donne à deux"):
        call_command("invite_people", str(people))
    factories.accept(Invitation.objects.get())
    with pytest.raises(CommandError, match="se donne à deux"):
        call_command("invite_people", str(people))
    with pytest.raises(Refused, match="se donne à deux"):
        grant_mandate(user=cast.nobody, role=Role.NATIONAL, side=Side.CAF, by=None)
    assert Mandate.objects.filter(role=Role.NATIONAL).count() == 2


def test_an_invitation_of_the_beginning_is_sent_again_to_the_same_person(cast: Cast) -> None:
    for _ in range(2):
        last = invite(email="fcsf@exemple.fr", role=Role.NATIONAL, side=Side.FEDERATION, by=None)
    assert factories.accept(last).user.email == "fcsf@exemple.fr"


def test_rights_are_taken_back_at_once_by_one_and_told_to_all(
    cnaf: User,
    fcsf: User,
    colleague: User,
    mailoutbox: list[Any],
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    mandate = colleague.mandates.get()
    with pytest.raises(NotAllowed, match="Équipe nationale"):
        end_mandate(mandate=mandate, by=cnaf)
    with django_capture_on_commit_callbacks(execute=True):
        end_national(mandate=mandate, reason="Son ordinateur lui a été volé ce matin.", by=fcsf)
    assert not permissions.can_manage_campaigns(User.objects.get(pk=colleague.pk))
    assert {letter.to[0] for letter in mailoutbox} == {cnaf.email, fcsf.email, colleague.email}
    assert acts() == [(RightsAct.ENDED, fcsf)]


def test_the_last_of_an_institution_stays(cnaf: User, fcsf: User) -> None:
    with pytest.raises(Refused, match="dernière personne de la Fcsf"):
        end_national(mandate=fcsf.mandates.get(), reason="Fin de mission annoncée.", by=cnaf)
    with pytest.raises(NotAllowed):
        end_national(mandate=fcsf.mandates.get(), reason="Fin de mission annoncée.", by=factories.make_user())


def test_an_ordinary_withdrawal_keeps_to_ordinary_roles(cnaf: User, fcsf: User, cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        withdraw_invitation(invitation=propose(cnaf), by=cast.copil)
    with pytest.raises(NotAllowed):
        withdraw_national(invitation=propose(cnaf), by=cast.comite_technique)
