"""« Mes appareils »: each session is listed, and ended from another one."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from senacs.accounts.models import User
from senacs.lib import clock
from tests import factories
from tests.accounts.test_devices import FIREFOX, IPHONE
from tests.factories import Cast


def signed_in(user: User, agent: str, address: str = "127.0.0.1") -> Client:
    factories.accept_charte(user)
    client = Client(headers={"user-agent": agent}, REMOTE_ADDR=address)
    client.force_login(user)
    factories.forget_device(client)
    assert client.get("/compte/").status_code == 200
    return client


@pytest.fixture
def computer(cast: Cast) -> Client:
    return signed_in(cast.responsable, FIREFOX)


@pytest.fixture
def phone(cast: Cast) -> Client:
    return signed_in(cast.responsable, IPHONE, "81.2.69.142")


def is_in(client: Client) -> bool:
    return client.get("/compte/").status_code == 200


def test_devices_are_listed_with_place_and_moment(cast: Cast, computer: Client, phone: Client) -> None:
    signed_in(cast.suppleant, "Opera OPR/9 Linux")
    html = computer.get("/compte/appareils/").content.decode()
    assert html.index("Firefox sur Windows") < html.index("Safari sur un iPhone")
    assert "une autre connexion (81.2.69.142)" in html
    assert "Opera" not in html, "those of somebody else"


def test_one_is_ended_from_another(computer: Client, phone: Client) -> None:
    there = UserSession.objects.get(user_agent=IPHONE)
    assert computer.post(f"/compte/appareils/{there.pk}/deconnecter/").headers["Location"] == "/compte/appareils/"
    assert not is_in(phone)
    assert is_in(computer)
    assert computer.post(f"/compte/appareils/{there.pk}/deconnecter/").status_code == 404


def test_that_of_somebody_else_stays(cast: Cast, computer: Client) -> None:
    other = signed_in(cast.suppleant, IPHONE)
    there = UserSession.objects.get(user=cast.suppleant)
    assert computer.post(f"/compte/appareils/{there.pk}/deconnecter/").status_code == 404
    assert is_in(other)


def test_all_the_others_are_ended(computer: Client, phone: Client) -> None:
    assert (
        "autre appareil est déconnecté" in computer.post("/compte/appareils/deconnecter/", follow=True).content.decode()
    )
    assert not is_in(phone)
    assert is_in(computer)


def test_everywhere_means_here_too(computer: Client, phone: Client) -> None:
    assert computer.post("/compte/appareils/deconnecter/", {"ici": "1"}).headers["Location"] == "/compte/login/"
    assert not is_in(phone)
    assert not is_in(computer)
    assert not UserSession.objects.exists()


def test_sign_in_by_password_is_one_device(cast: Cast, client: Client) -> None:
    factories.accept_charte(cast.responsable)
    client.post("/compte/login/", {"login": cast.responsable.email, "password": factories.PASSWORD})
    assert UserSession.objects.count() == 1, "noted by the sign-in itself"
    client.get("/compte/")
    assert UserSession.objects.count() == 1


def test_a_request_writes_nothing_between_two_notices(cast: Cast, computer: Client) -> None:
    seen = UserSession.objects.get().last_seen_at
    computer.get("/compte/")
    assert UserSession.objects.get().last_seen_at == seen
    with clock.frozen(clock.now() + timedelta(minutes=6)):
        computer.get("/compte/")
    assert UserSession.objects.get().last_seen_at > seen


def test_a_session_ends_twelve_hours_after_the_sign_in_however_busy(computer: Client) -> None:
    began = clock.now()
    for hours in range(1, 12):
        with clock.frozen(began + timedelta(hours=hours)):
            assert is_in(computer)
    with clock.frozen(began + timedelta(hours=12, minutes=1)):
        assert computer.get("/compte/").headers["Location"] == "/compte/login/?next=/compte/"
        assert not is_in(computer)


def test_ended_and_expired_sessions_are_not_listed(computer: Client, phone: Client) -> None:
    phone.post("/compte/logout/")
    assert "iPhone" not in computer.get("/compte/appareils/").content.decode()
