"""Guessing is slow for strangers and the owner always enters: delays that grow, in the database, told by letter."""

from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client, RequestFactory

from senacs.accounts.models import AttemptCount, User
from senacs.accounts.passwords import reset_link
from senacs.accounts.throttling import SIGN_IN_ACCOUNT, SIGN_IN_NETWORK, Lane, Policy, forgive, try_once
from senacs.lib import clock
from senacs.web.client import client_address, network_of
from tests import factories
from tests.factories import Cast

WRONG = "ce n’est pas le bon"


def sign_in(client: Client, user: User | str, password: str = factories.PASSWORD, ip: str = "203.0.113.7") -> bool:
    email = user if isinstance(user, str) else user.email
    client.post("/compte/login/", {"login": email, "password": password}, REMOTE_ADDR=ip)
    return "_auth_user_id" in client.session


def guess(user: User | str, times: int, ip: str = "198.51.100.9") -> None:
    for _ in range(times):
        sign_in(Client(), user, WRONG, ip)


def test_delays_grow_and_stop_growing() -> None:
    policy = Policy("essai", free=3, first=timedelta(seconds=30), longest=timedelta(minutes=15))
    seconds = [int(policy.delay(failures).total_seconds()) for failures in range(1, 10)]
    assert seconds == [0, 0, 30, 60, 120, 240, 480, 900, 900]
    assert policy.delay(10**6) == timedelta(minutes=15)


def test_a_guesser_waits_longer_and_longer(cast: Cast) -> None:
    guess(cast.responsable, SIGN_IN_ACCOUNT.free)
    assert not sign_in(Client(), cast.responsable, ip="198.51.100.9")
    reply = Client().post("/compte/login/", {"login": cast.responsable.email, "password": WRONG})
    assert "Trop d’essais" in reply.content.decode()
    count = AttemptCount.objects.get(policy="compte")
    assert count.failures == SIGN_IN_ACCOUNT.free  # what waits is not counted
    with clock.frozen(clock.now() + timedelta(seconds=31)):
        assert sign_in(Client(), cast.responsable, ip="198.51.100.9")


def test_the_owner_enters_from_a_known_device_whatever_strangers_try(cast: Cast) -> None:
    home = Client()
    assert sign_in(home, cast.responsable)
    home.post("/compte/logout/")
    for round_ in range(12):
        with clock.frozen(clock.now() + timedelta(hours=round_)):
            guess(cast.responsable, 6, ip=f"198.51.100.{round_}")
    with clock.frozen(clock.now() + timedelta(hours=11)):
        assert not sign_in(Client(), cast.responsable)
        assert sign_in(home, cast.responsable)


def test_the_device_cookie_of_one_person_opens_nothing_of_another(cast: Cast) -> None:
    thief = Client()
    assert sign_in(thief, cast.suppleant)
    thief.post("/compte/logout/")
    guess(cast.responsable, SIGN_IN_ACCOUNT.free)
    assert not sign_in(thief, cast.responsable)


def test_a_known_device_is_no_licence_to_guess(cast: Cast) -> None:
    home = Client()
    sign_in(home, cast.responsable)
    home.post("/compte/logout/")
    for _ in range(10):
        sign_in(home, cast.responsable, WRONG)
    assert not sign_in(home, cast.responsable)


@pytest.mark.parametrize("cookie", ["", "x", "a:b:c", "é"])
def test_a_forged_device_cookie_is_none(cast: Cast, cookie: str) -> None:
    guess(cast.responsable, SIGN_IN_ACCOUNT.free)
    client = Client()
    client.cookies["senacs_appareil"] = cookie
    assert not sign_in(client, cast.responsable)


def test_a_new_password_by_letter_opens_at_once(cast: Cast) -> None:
    guess(cast.responsable, SIGN_IN_ACCOUNT.free)
    client = Client()
    strong = "quatre-velos-sous-la-pluie"
    form = client.get(reset_link(cast.responsable).partition("8000")[2]).headers["Location"]
    client.post(form, {"password1": strong, "password2": strong})
    guess(cast.responsable, SIGN_IN_ACCOUNT.free)
    assert sign_in(client, cast.responsable, strong)


def test_one_network_is_slowed_and_the_others_not(cast: Cast) -> None:
    for number in range(SIGN_IN_NETWORK.free):
        sign_in(Client(), f"inconnu{number}@exemple.fr", WRONG, "2001:db8:1:2::1")
    assert not sign_in(Client(), cast.responsable, ip="2001:db8:1:2:ffff::9")  # the same /64
    assert sign_in(Client(), cast.responsable, ip="2001:db8:1:3::9")


def test_known_devices_of_a_slowed_network_enter(cast: Cast) -> None:
    desk = Client()
    sign_in(desk, cast.responsable, ip="198.51.100.9")
    desk.post("/compte/logout/")
    for number in range(SIGN_IN_NETWORK.free):
        sign_in(Client(), f"inconnu{number}@exemple.fr", WRONG, "198.51.100.9")
    assert sign_in(desk, cast.responsable, ip="198.51.100.9")


def test_an_undeclared_proxy_closes_nothing(cast: Cast) -> None:
    for number in range(SIGN_IN_NETWORK.free + 5):
        sign_in(Client(), f"inconnu{number}@exemple.fr", WRONG, "127.0.0.1")
    assert sign_in(Client(), cast.responsable, ip="127.0.0.1")


def test_right_passwords_are_not_counted(cast: Cast) -> None:
    for _ in range(SIGN_IN_NETWORK.free + 5):
        assert sign_in(Client(), cast.responsable)
    assert not AttemptCount.objects.filter(failures__gt=0).exists()


def test_counts_survive_an_emptied_cache(cast: Cast) -> None:
    guess(cast.responsable, SIGN_IN_ACCOUNT.free)
    cache.clear()
    assert not sign_in(Client(), cast.responsable)


def test_unknown_accounts_wait_as_known_ones_do(cast: Cast) -> None:
    told = []
    for email in (cast.responsable.email, "inconnue@exemple.fr"):
        guess(email, SIGN_IN_ACCOUNT.free, ip="198.51.100.9")
        reply = Client().post("/compte/login/", {"login": email, "password": WRONG})
        told.append("Trop d’essais" in reply.content.decode())
    assert told == [True, True]


def test_the_owner_is_told_once_a_day(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        guess(cast.responsable, SIGN_IN_ACCOUNT.free - 1)
    assert mail.outbox == []
    for hours in (0, 1, 2, 23):
        at = clock.now() + timedelta(hours=hours)
        with clock.frozen(at), django_capture_on_commit_callbacks(execute=True):
            guess(cast.responsable, 1)
    assert [letter.to for letter in mail.outbox] == [[cast.responsable.email]]
    with clock.frozen(clock.now() + timedelta(hours=60)), django_capture_on_commit_callbacks(execute=True):
        guess(cast.responsable, SIGN_IN_ACCOUNT.free)
    assert len(mail.outbox) == 2
    assert "Votre compte n’est pas fermé" in mail.outbox[0].body


def test_failures_are_forgotten_after_a_rest_and_rows_do_not_pile_up(cast: Cast) -> None:
    lane = Lane(SIGN_IN_ACCOUNT, "a@exemple.fr")
    for _ in range(SIGN_IN_ACCOUNT.free):
        assert not try_once(lane)
    assert try_once(lane)
    with clock.frozen(clock.now() + timedelta(hours=25)):
        assert not try_once(lane)
        assert AttemptCount.objects.get().failures == 1
    with clock.frozen(clock.now() + timedelta(days=4)):
        try_once(Lane(SIGN_IN_ACCOUNT, "b@exemple.fr"))
    assert AttemptCount.objects.count() == 1


def test_a_forgiven_attempt_counts_for_nothing(cast: Cast) -> None:
    lane = Lane(SIGN_IN_ACCOUNT, "a@exemple.fr")
    for _ in range(50):
        assert not try_once(lane)
        forgive(lane)


def test_codes_are_slowed_at_sign_in(cast: Cast) -> None:
    factories.set_up_second_factor(cast.national)
    client = Client()
    sign_in(client, cast.national)
    for _ in range(5):
        client.post("/compte/2fa/authenticate/", {"code": "000000"})
    reply = client.post("/compte/2fa/authenticate/", {"code": factories.totp_code()})
    assert "Trop d’essais" in reply.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_password_typed_again_is_slowed_in_its_own_count(cast: Cast) -> None:
    guess(cast.responsable, SIGN_IN_ACCOUNT.free)
    client = Client()
    factories.accept_charte(cast.responsable)
    client.force_login(cast.responsable, backend="senacs.accounts.backends.PersonBackend")
    reply = client.post("/compte/reauthenticate/", {"password": factories.PASSWORD, "next": "/compte/"})
    assert reply.headers["Location"] == "/compte/"  # strangers' attempts do not count here
    for _ in range(10):
        client.post("/compte/reauthenticate/", {"password": WRONG})
    assert "Trop d’essais" in client.post("/compte/reauthenticate/", {"password": WRONG}).content.decode()


def test_reset_letters_are_few_and_nobody_is_told(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    pages = set()
    for number in range(8):
        with django_capture_on_commit_callbacks(execute=True):
            reply = Client().post(
                "/compte/password/reset/", {"email": cast.responsable.email}, REMOTE_ADDR=f"198.51.100.{number}"
            )
        pages.add(reply.headers["Location"])
    assert len(mail.outbox) == 3
    assert len(pages) == 1


PROXIES = [ip_network("10.0.0.0/8"), ip_network("2001:db8:ffff::/48")]


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "client"),
    [
        ("203.0.113.7", "", [], "203.0.113.7"),
        ("203.0.113.7", "8.8.8.8", [], "203.0.113.7"),  # anybody may write the header
        ("203.0.113.7", "8.8.8.8", PROXIES, "203.0.113.7"),
        ("10.0.0.1", "203.0.113.7", PROXIES, "203.0.113.7"),
        ("10.0.0.1", "8.8.8.8, 203.0.113.7", PROXIES, "203.0.113.7"),
        ("10.0.0.1", "8.8.8.8, 203.0.113.7, 10.3.2.1", PROXIES, "203.0.113.7"),
        ("10.0.0.1", "8.8.8.8, 10.9.9.9", PROXIES, "8.8.8.8"),
        ("2001:db8:ffff::1", "2001:db8:5::1", PROXIES, "2001:db8:5::1"),
        ("::ffff:10.0.0.1", "203.0.113.7", PROXIES, "203.0.113.7"),
        ("10.0.0.1", "", PROXIES, None),
        ("10.0.0.1", "n'importe quoi", PROXIES, None),
        ("10.0.0.1", "203.0.113.7, <script>", PROXIES, None),
        ("127.0.0.1", "203.0.113.7", [], None),
        ("", "203.0.113.7", [], None),
        ("", "203.0.113.7", PROXIES, "203.0.113.7"),  # a Unix socket is a proxy of this machine
        ("10.0.0.1", "127.0.0.1", PROXIES, None),
    ],
)
def test_the_client_stands_behind_trusted_proxies_only(
    settings: Any, peer: str, forwarded: str, trusted: list[Any], client: str | None
) -> None:
    settings.TRUSTED_PROXIES = trusted
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)
    found = client_address(request)
    assert (str(found) if found else None) == client
    assert bool(network_of(request)) is (client is not None)


def test_behind_a_declared_proxy_one_client_does_not_slow_another(cast: Cast, settings: Any) -> None:
    settings.TRUSTED_PROXIES = PROXIES
    for number in range(SIGN_IN_NETWORK.free + 5):
        Client().post(
            "/compte/login/",
            {"login": f"inconnu{number}@exemple.fr", "password": WRONG},
            REMOTE_ADDR="10.0.0.1",
            HTTP_X_FORWARDED_FOR=f"8.8.{number}.1, 198.51.100.9",  # the left part is the guesser's invention
        )
    for address, enters in (("198.51.100.9", False), ("203.0.113.7", True)):
        client = Client()
        client.post(
            "/compte/login/",
            {"login": cast.responsable.email, "password": factories.PASSWORD},
            REMOTE_ADDR="10.0.0.1",
            HTTP_X_FORWARDED_FOR=address,
        )
        assert ("_auth_user_id" in client.session) is enters
