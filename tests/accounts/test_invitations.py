"""An invitation belongs to who proves its key: not to an address, not twice, not for ever."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import mail
from django.test import Client

from senacs.accounts import permissions
from senacs.accounts.enums import Role, Side
from senacs.accounts.invitations import (
    AlreadyHeld,
    Unusable,
    accept_invitation,
    invite,
    invite_deputy,
    open_account,
    withdraw_invitation,
)
from senacs.accounts.models import Invitation, Mandate, User
from senacs.accounts.services import end_mandate
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused
from tests import factories
from tests.factories import Cast

STRONG = "quatre-velos-sous-la-pluie"
NEW = {"first_name": "Anne", "last_name": "Roux", "password1": STRONG, "password2": STRONG}


def offered(cast: Cast, email: str = "nouvelle.directrice@exemple.fr", **fields: Any) -> Invitation:
    given: dict[str, Any] = {"role": Role.RESPONSABLE, "scope": cast.neighbour, "by": cast.national} | fields
    return invite(email=email, **given)


def page_of(invitation: Invitation) -> str:
    return f"/invitation/{factories.key_of(invitation)}/"


def test_the_link_of_the_letter_opens_the_account_with_its_role(
    cast: Cast, django_capture_on_commit_callbacks: Any, client: Client
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        offered(cast, " Nouvelle.Directrice@Exemple.fr ", first_name="Anne")
    assert not User.objects.filter(email="nouvelle.directrice@exemple.fr").exists()
    [letter] = mail.outbox
    assert letter.to == ["nouvelle.directrice@exemple.fr"]
    assert "Responsable de la saisie (Centre social de Fives)" in letter.body
    assert "Bonjour Anne," in letter.body
    link = re.search(rf"{re.escape(settings.PUBLIC_URL)}(/invitation/\S+)", letter.body)
    assert link
    assert "Centre social de Fives" in client.get(link[1]).content.decode()
    reply = client.post(link[1], NEW)
    user = User.objects.get(email="nouvelle.directrice@exemple.fr")
    assert reply.headers["Location"] == "/espace/"
    assert client.session["_auth_user_id"] == str(user.pk)
    assert permissions.can_enter(user, cast.neighbour)
    assert Invitation.objects.get().used_by == user


def test_the_key_is_not_kept(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        invitation = offered(cast)
    key = re.search(r"/invitation/(\S+)/", mail.outbox[0].body)
    assert key
    assert key[1] not in str(vars(invitation))


def test_an_address_alone_gives_nothing(cast: Cast, client: Client) -> None:
    """The hole: whoever made the invited address theirs received the role."""
    invitation = offered(cast, "visee@exemple.fr")
    thief = factories.make_user("voleur@exemple.fr")
    EmailAddress.objects.create(user=thief, email="visee@exemple.fr", primary=True, verified=False)
    User.objects.filter(pk=thief.pk).update(email="visee@exemple.fr")
    thief.refresh_from_db()
    assert not permissions.can_enter(thief, cast.neighbour)
    factories.accept_charte(thief)
    client.force_login(thief, backend="senacs.accounts.backends.PersonBackend")
    client.get("/espace/")
    assert client.post(f"/invitation/{invitation.key_hash}/accepter/").status_code == 410
    assert not Mandate.objects.filter(user=thief).exists()


@pytest.mark.parametrize("path", ["/compte/email/", "/compte/confirm-email/", "/compte/confirm-email/abc/"])
def test_the_pages_that_moved_addresses_without_proof_are_not_there(cast: Cast, client: Client, path: str) -> None:
    factories.accept_charte(cast.responsable)
    client.force_login(cast.responsable, backend="senacs.accounts.backends.PersonBackend")
    posted = {"action_add": "", "action_primary": "", "email": cast.national.email}
    assert client.get(path).status_code == client.post(path, posted).status_code == 404
    assert User.objects.get(pk=cast.responsable.pk).email == "responsable@exemple.fr"


def test_a_key_serves_once(cast: Cast, client: Client) -> None:
    invitation = offered(cast)
    key = factories.key_of(invitation)
    open_account(key=key, first_name="Anne", last_name="Roux", password=STRONG)
    with pytest.raises(Unusable, match="déjà servi"):
        accept_invitation(key=key, user=cast.nobody)
    reply = client.get(f"/invitation/{key}/")
    assert reply.status_code == 410
    assert "a déjà servi" in reply.content.decode()
    assert "/compte/login/" in reply.content.decode()
    assert client.post(f"/invitation/{key}/", NEW).status_code == 410
    assert not permissions.can_enter(cast.nobody, cast.neighbour)


def test_another_key_or_a_damaged_one_opens_nothing(cast: Cast, client: Client) -> None:
    key = factories.key_of(offered(cast))
    for wrong in (key[:-1], key + "x", key.swapcase(), "é", "%00"):
        assert client.get(f"/invitation/{wrong}/").status_code in {404, 410}
        with pytest.raises(Unusable):
            accept_invitation(key=wrong, user=cast.nobody)


def test_an_invitation_ends_after_its_days_which_are_longer_than_a_reset(cast: Cast) -> None:
    key = factories.key_of(offered(cast))
    assert settings.INVITATION_DAYS * 86400 > settings.PASSWORD_RESET_TIMEOUT == 3600
    late = clock.now() + timedelta(days=settings.INVITATION_DAYS, seconds=1)
    with clock.frozen(late), pytest.raises(Unusable, match="plus valable"):
        accept_invitation(key=key, user=cast.nobody)
    with clock.frozen(clock.now() + timedelta(days=settings.INVITATION_DAYS - 1)):
        assert accept_invitation(key=key, user=cast.nobody).user == cast.nobody


def test_a_second_letter_replaces_the_first(cast: Cast) -> None:
    first = factories.key_of(offered(cast))
    second = factories.key_of(offered(cast, "NOUVELLE.directrice@exemple.fr"))
    with pytest.raises(Unusable, match="remplacée"):
        accept_invitation(key=first, user=cast.nobody)
    assert accept_invitation(key=second, user=cast.nobody)


def test_somebody_with_other_mandates_joins_with_the_account_that_proves_the_key(cast: Cast, client: Client) -> None:
    invitation = offered(cast, "une.autre.adresse@exemple.fr")
    factories.accept_charte(cast.correspondant_caf)
    client.force_login(cast.correspondant_caf, backend="senacs.accounts.backends.PersonBackend")
    page = page_of(invitation)
    html = client.get(page).content.decode()
    assert cast.correspondant_caf.email in html
    assert "une.autre.adresse@exemple.fr" in html
    assert client.post(f"{page}accepter/").status_code == 302
    roles = set(cast.correspondant_caf.mandates.values_list("role", flat=True))
    assert roles == {Role.CORRESPONDANT_CAF, Role.RESPONSABLE}
    assert not User.objects.filter(email="une.autre.adresse@exemple.fr").exists()


def test_an_address_that_has_an_account_is_sent_to_sign_in_and_opens_no_second_one(cast: Cast, client: Client) -> None:
    page = page_of(offered(cast, cast.correspondant_caf.email.upper()))
    html = client.get(page).content.decode()
    assert "a déjà un compte" in html
    assert "password1" not in html
    people = User.objects.count()
    assert client.post(page, NEW).status_code == 200
    assert User.objects.count() == people
    assert Mandate.objects.filter(user=cast.correspondant_caf).count() == 1


def test_a_double_click_opens_one_account(cast: Cast) -> None:
    key = factories.key_of(offered(cast))
    open_account(key=key, first_name="Anne", last_name="Roux", password=STRONG)
    with pytest.raises(Refused):
        open_account(key=key, first_name="Anne", last_name="Roux", password=STRONG)
    assert Mandate.objects.filter(structure=cast.neighbour, role=Role.RESPONSABLE).count() == 2


def test_an_account_opened_meanwhile_is_told_not_a_500(cast: Cast) -> None:
    key = factories.key_of(offered(cast, "double@exemple.fr"))
    factories.make_user("double@exemple.fr")
    with pytest.raises(Unusable, match="déjà un compte"):
        open_account(key=key, first_name="Anne", last_name="Roux", password=STRONG)


def test_the_invitation_dies_with_the_right_of_who_sent_it(cast: Cast) -> None:
    key = factories.key_of(invite_deputy(structure=cast.structure, email="a@exemple.fr", by=cast.responsable))
    end_mandate(mandate=cast.responsable.mandates.get(), by=cast.national)
    with pytest.raises(Unusable, match="demandez une nouvelle"):
        accept_invitation(key=key, user=cast.nobody)
    assert not permissions.can_enter(cast.nobody, cast.structure)
    assert Invitation.objects.get().used_at is None


def test_who_sent_the_invitation_is_told_who_took_it(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    key = factories.key_of(offered(cast))
    factories.empty_outbox()
    with django_capture_on_commit_callbacks(execute=True):
        accept_invitation(key=key, user=cast.nobody)
    [letter] = mail.outbox
    assert letter.to == [cast.national.email]
    assert cast.nobody.email in letter.body


def test_a_role_that_is_held_is_not_offered_again(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(AlreadyHeld):
        invite(email="RESPONSABLE@exemple.fr", role=Role.RESPONSABLE, scope=cast.structure, by=cast.national)
    assert mail.outbox == []


def test_invite_refused_sends_nothing(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        with pytest.raises(NotAllowed):
            invite(email="intrus@exemple.fr", role=Role.NATIONAL, side=Side.CAF, by=cast.responsable)
        with pytest.raises(Refused, match="complète"):
            offered(cast, "sans arobase")
    assert mail.outbox == []
    assert not Invitation.objects.exists()


def test_withdrawn_by_who_may_offer_it_and_by_nobody_else(cast: Cast) -> None:
    invitation = invite_deputy(structure=cast.structure, email="a@exemple.fr", by=cast.responsable)
    with pytest.raises(NotAllowed):
        withdraw_invitation(invitation=invitation, by=cast.suppleant)
    withdraw_invitation(invitation=invitation, by=cast.responsable)
    with pytest.raises(Unusable, match="retirée"):
        accept_invitation(key=factories.key_of(invitation), user=cast.nobody)
    with pytest.raises(Refused, match="n’attend plus"):
        withdraw_invitation(invitation=invitation, by=cast.responsable)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"password2": STRONG + "x"}, "diffèrent"),
        ({"first_name": ""}, "prénom"),
        ({"password1": "court", "password2": "court"}, "trop court"),
    ],
)
def test_a_wrong_form_says_what_to_change(cast: Cast, client: Client, wrong: dict[str, str], told: str) -> None:
    reply = client.post(page_of(offered(cast)), NEW | wrong)
    assert reply.status_code == 422
    assert told in reply.content.decode()
    assert not Mandate.objects.filter(user__email="nouvelle.directrice@exemple.fr").exists()


def test_accepting_asks_to_be_signed_in(cast: Cast, client: Client) -> None:
    page = page_of(offered(cast))
    assert client.post(f"{page}accepter/").headers["Location"].startswith("/compte/login/")
    assert Invitation.objects.pending().exists()
