"""The second factor of somebody who lost everything: by another, with a reason, felt at once and told."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.test import Client

from senacs.accounts.enums import RightsAct, Role, Side
from senacs.accounts.factor_reset import people_found, reset_second_factor
from senacs.accounts.models import RightsEntry, User
from senacs.accounts.second_factor import has_second_factor
from senacs.lib.refusals import NotAllowed, Refused
from tests import factories
from tests.factories import Cast

WHY = "Téléphone perdu, reconnue à la voix au numéro du bureau."


@pytest.fixture
def locked_out(cast: Cast) -> User:
    factories.set_up_second_factor(cast.correspondant_caf)
    RecoveryCodes.activate(cast.correspondant_caf)
    return cast.correspondant_caf


def test_everything_goes_and_the_person_is_told(
    cast: Cast,
    locked_out: User,
    sign_in: Callable[[User], Client],
    mailoutbox: list[Any],
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    thief = sign_in(locked_out)
    factories.forget_device(thief)
    assert thief.get("/compte/").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        reset_second_factor(person=locked_out, reason=f"  {WHY}\n", by=cast.national)
    assert not Authenticator.objects.filter(user=locked_out).exists()
    assert not has_second_factor(User.objects.get(pk=locked_out.pk))
    assert "/compte/login/" in thief.get("/compte/").headers["Location"], "sessions that were open are closed"
    [letter] = mailoutbox
    assert letter.to == [locked_out.email]
    assert WHY in letter.body and cast.national.get_full_name() in letter.body
    entry = RightsEntry.objects.get()
    assert (entry.act, entry.by, entry.person, entry.reason) == (
        RightsAct.FACTOR_RESET,
        cast.national,
        locked_out,
        WHY,
    )


def test_password_then_a_new_factor(cast: Cast, locked_out: User, client: Client) -> None:
    factories.accept_charte(locked_out)
    reset_second_factor(person=locked_out, reason=WHY, by=cast.national)
    client.post("/compte/login/", {"login": locked_out.email, "password": factories.PASSWORD})
    assert client.get("/suivi/").headers["Location"] == "/compte/securite/"


def test_a_sign_in_that_was_waiting_begins_again(cast: Cast, locked_out: User, client: Client) -> None:
    """Somebody reads « Second facteur » while the national team resets it: the page led to itself for ever."""
    factories.accept_charte(locked_out)
    given = {"login": locked_out.email, "password": factories.PASSWORD}
    assert client.post("/compte/login/", given).headers["Location"] == "/compte/2fa/authenticate/"
    reset_second_factor(person=locked_out, reason=WHY, by=cast.national)
    assert client.get("/compte/2fa/authenticate/").headers["Location"] == "/compte/login/"
    assert client.get("/compte/login/").status_code == 200
    client.post("/compte/login/", given)
    assert client.get("/suivi/").headers["Location"] == "/compte/securite/"


def test_never_one_s_own(cast: Cast) -> None:
    factories.set_up_second_factor(cast.national)
    with pytest.raises(NotAllowed, match="jamais la sienne"):
        reset_second_factor(person=cast.national, reason=WHY, by=cast.national)
    assert has_second_factor(cast.national)


@pytest.mark.parametrize("who", ["responsable", "correspondant_federal", "copil", "regional", "comite_technique"])
def test_nobody_but_the_national_team(cast: Cast, locked_out: User, who: str) -> None:
    with pytest.raises(NotAllowed):
        reset_second_factor(person=locked_out, reason=WHY, by=cast.users()[who])
    assert has_second_factor(locked_out)


def test_a_member_of_the_team_is_reset_before_the_eyes_of_all(
    cast: Cast, mailoutbox: list[Any], django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    colleague, third = factories.make_user("fcsf@exemple.fr"), factories.make_user("trois@exemple.fr")
    for person in (colleague, third):
        factories.make_mandate(person, Role.NATIONAL, side=Side.FEDERATION)
    factories.set_up_second_factor(colleague)
    with django_capture_on_commit_callbacks(execute=True):
        reset_second_factor(person=colleague, reason=WHY, by=cast.national)
    assert {letter.to[0] for letter in mailoutbox} == {colleague.email, third.email, cast.national.email}


def test_without_reason_or_without_factor_nothing_is_done(cast: Cast, locked_out: User) -> None:
    with pytest.raises(Refused, match="en une phrase"):
        reset_second_factor(person=locked_out, reason="Perdu.", by=cast.national)
    with pytest.raises(Refused, match="rien à remettre"):
        reset_second_factor(person=cast.responsable, reason=WHY, by=cast.national)
    assert not RightsEntry.objects.exists()


def test_people_are_found_by_each_word_and_never_all_listed(cast: Cast) -> None:
    factories.make_user("lea@exemple.fr", first_name="Léa", last_name="Dufour")
    assert [p.email for p in people_found("léa DUFOUR")] == ["lea@exemple.fr"]
    assert [p.email for p in people_found("lea@exemple")] == ["lea@exemple.fr"]
    assert not people_found("   ").exists()
    assert not people_found("léa inconnue").exists()
