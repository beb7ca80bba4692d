"""The responsable invites and removes suppléants; nobody else does."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from senacs.accounts.enums import Role
from senacs.accounts.models import Invitation, Mandate, User
from senacs.accounts.queries import mandates_of
from tests import factories
from tests.factories import Cast

SignIn = Callable[[User], Client]
PERSON = {"first_name": "Inès", "last_name": "Roche", "email": "ines.roche@exemple.fr"}


def emails(cast: Cast) -> set[str]:
    return {mandate.user.email for mandate in mandates_of(cast.structure)}


def test_an_invited_deputy_receives_a_letter_and_may_enter(
    cast: Cast, sign_in: SignIn, django_capture_on_commit_callbacks: Any
) -> None:
    client = sign_in(cast.responsable)
    with django_capture_on_commit_callbacks(execute=True):
        reply = client.post(f"/saisie/equipe/{cast.structure.pk}/inviter/", PERSON, follow=True)
    html = reply.content.decode()
    assert "Une invitation est partie à ines.roche@exemple.fr" in html
    assert "Invitation envoyée le" in html
    assert [letter.to for letter in mail.outbox] == [[PERSON["email"]]]
    assert PERSON["email"] not in emails(cast)
    factories.accept(Invitation.objects.get())
    assert PERSON["email"] in emails(cast)


def test_an_invitation_is_taken_back_by_the_responsable_alone(cast: Cast, sign_in: SignIn) -> None:
    sign_in(cast.responsable).post(f"/saisie/equipe/{cast.structure.pk}/inviter/", PERSON)
    address = f"/saisie/equipe/invitation/{Invitation.objects.get().pk}/reprendre/"
    assert sign_in(cast.suppleant).post(address).status_code == 403
    assert sign_in(cast.neighbour_responsable).post(address).status_code == 404
    assert sign_in(cast.responsable).post(address).status_code == 302
    assert not Invitation.objects.pending().exists()
    assert sign_in(cast.responsable).post(address).status_code == 404


@pytest.mark.parametrize("wrong", [{"email": "ines.roche"}, {"email": ""}, {"first_name": ""}, {"last_name": " "}])
def test_an_incomplete_invitation_says_what_is_missing(cast: Cast, sign_in: SignIn, wrong: dict[str, str]) -> None:
    before = emails(cast)
    reply = sign_in(cast.responsable).post(f"/saisie/equipe/{cast.structure.pk}/inviter/", PERSON | wrong)
    assert (reply.status_code, emails(cast)) == (422, before)
    assert "govuk-error-summary" in reply.content.decode()


def test_a_closed_account_is_not_invited_again(cast: Cast, sign_in: SignIn) -> None:
    User.objects.filter(pk=cast.nobody.pk).update(is_active=False)
    reply = sign_in(cast.responsable).post(
        f"/saisie/equipe/{cast.structure.pk}/inviter/", PERSON | {"email": cast.nobody.email}
    )
    assert "Ce compte est fermé" in reply.content.decode()


def test_a_removed_deputy_no_longer_enters(cast: Cast, sign_in: SignIn) -> None:
    deputy = Mandate.objects.get(user=cast.suppleant, role=Role.SUPPLEANT)
    sign_in(cast.responsable).post(f"/saisie/equipe/retirer/{deputy.pk}/")
    assert emails(cast) == {cast.responsable.email}


def test_the_responsable_is_not_removed_here(cast: Cast, sign_in: SignIn) -> None:
    own = Mandate.objects.get(user=cast.responsable, role=Role.RESPONSABLE)
    reply = sign_in(cast.responsable).post(f"/saisie/equipe/retirer/{own.pk}/", follow=True)
    assert "n’est pas celui d’un suppléant" in reply.content.decode()
    assert cast.responsable.email in emails(cast)


def test_others_neither_invite_nor_remove(cast: Cast, sign_in: SignIn) -> None:
    deputy = Mandate.objects.get(user=cast.suppleant, role=Role.SUPPLEANT)
    for who, status in ((cast.suppleant, 403), (cast.correspondant_caf, 404), (cast.neighbour_responsable, 404)):
        client = sign_in(who)
        assert client.post(f"/saisie/equipe/{cast.structure.pk}/inviter/", PERSON).status_code == status
        assert client.post(f"/saisie/equipe/retirer/{deputy.pk}/").status_code == status
    assert sign_in(cast.correspondant_caf).get("/saisie/equipe/").status_code == 403
    assert "Inviter un suppléant" not in sign_in(cast.suppleant).get("/saisie/equipe/").content.decode()
