"""« Lettres », and the refused addresses beside the people whom they concern."""

from collections.abc import Callable

import pytest
from django.test import Client

from senacs.accounts.models import User
from senacs.accounts.post_office import send_again
from senacs.letters.enums import LetterState
from senacs.letters.mail import Letter, send_on_commit
from senacs.letters.models import OutgoingLetter
from senacs.lib.refusals import NotAllowed
from tests.factories import Cast

SignIn = Callable[[User], Client]


def refused(address: str) -> OutgoingLetter:
    send_on_commit([Letter(address, "Votre accès à SENACS", "Bonjour.\n")])
    OutgoingLetter.objects.update(state=LetterState.REFUSED, answer="550 Boîte pleine")
    return OutgoingLetter.objects.get()


def test_what_did_not_arrive_is_shown_and_sent_again(cast: Cast, sign_in: SignIn) -> None:
    letter, client = refused("a@exemple.fr"), sign_in(cast.national)
    shown = client.get("/national/lettres/").content.decode()
    assert "550 Boîte pleine" in shown and "Bonjour." not in shown
    client.post(f"/national/lettres/{letter.pk}/renvoyer/")
    assert OutgoingLetter.objects.get().state == LetterState.WAITING
    told = client.post(f"/national/lettres/{letter.pk}/renvoyer/", follow=True).content.decode()
    assert "n’est plus possible" in told
    assert sign_in(cast.comite_technique).get("/national/lettres/").status_code == 403


def test_the_national_team_alone_sends_again(cast: Cast) -> None:
    letter = refused("a@exemple.fr")
    for name, user in cast.users().items():
        if name != "national":
            with pytest.raises(NotAllowed):
                send_again(letter=letter, by=user)


def test_a_refused_address_stands_beside_its_structure(cast: Cast, sign_in: SignIn) -> None:
    refused(cast.responsable.email)
    shown = sign_in(cast.correspondant_caf).get("/mandats/", follow=True).content.decode()
    assert f"<strong>{cast.responsable.email}</strong> ne reçoit pas nos lettres" in " ".join(shown.split())
    assert "ne reçoit pas" not in sign_in(cast.stranger).get("/mandats/", follow=True).content.decode()
