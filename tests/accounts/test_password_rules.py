"""Passwords refused: short, known, or made of the person, the structure or the network."""

import hashlib
from pathlib import Path

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from senacs.accounts.invitations import future_user, invite
from senacs.accounts.models import User
from senacs.accounts.password_rules import is_breached
from tests import factories
from tests.factories import Cast


@pytest.mark.parametrize(
    "password",
    [
        "court",
        "azertyuiop12",
        "Azertyuiop1234!",
        "123456789012",
        "qwertyuiop[]",
        "passwordpassword",
        "iloveyou1234",
        "aaaaaaaaaaaaaaaa",
        "abcabcabcabc",
        "motdepasse2026",
        "M0tDeP@sse2026",
        "senacs-demo-2026",
        "CentreSocial2026!",
        "Caf-Drome-2026",
        "CentreSocialDuPlan",
        "cs-du-plan-valence",
        "Responsable.Martin",
        "m4rt1n-r3sp0nsable",
        "martinmartin2026",
        "EspaceDeVieSociale",
        "Fcsf@Cnaf@Senacs",
    ],
)
def test_what_is_guessed_is_refused(cast: Cast, password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, cast.responsable)


@pytest.mark.parametrize(
    "password",
    [
        "quatre-velos-sous-la-pluie",
        "un tapir mange du cactus",
        "hV7!pqLz02&mWs",
        "plan de fuite vers le nord",
        "x" + "é7ù!kLm" * 30,
    ],
)
def test_what_is_hard_to_guess_is_taken(cast: Cast, password: str) -> None:
    validate_password(password, cast.responsable)


def test_an_invited_person_does_not_use_the_name_of_the_structure(cast: Cast, client: Client) -> None:
    invitation = invite(email="a.roux@exemple.fr", role="responsable", scope=cast.neighbour, by=cast.national)
    person = future_user(invitation, first_name="Anne", last_name="Roux")
    for password in ("Fives-Lille-2026", "anne.roux.fives"):
        with pytest.raises(ValidationError):
            validate_password(password, person)
    page = f"/invitation/{factories.key_of(invitation)}/"
    given = {
        "first_name": "Anne",
        "last_name": "Roux",
        "password1": "Fives-Lille-2026",
        "password2": "Fives-Lille-2026",
    }
    assert "fait de votre nom" in client.post(page, given).content.decode()
    assert not User.objects.filter(email="a.roux@exemple.fr").exists()


@pytest.mark.parametrize("page", ["change", "reset"])
def test_every_page_that_takes_a_password_refuses_the_same(cast: Cast, client: Client, page: str) -> None:
    from senacs.accounts.passwords import reset_link

    weak = {"password1": "CentreSocial2026!", "password2": "CentreSocial2026!", "oldpassword": factories.PASSWORD}
    if page == "change":
        factories.accept_charte(cast.responsable)
        client.post("/compte/login/", {"login": cast.responsable.email, "password": factories.PASSWORD})
        reply = client.post("/compte/password/change/", weak)
    else:
        path = reset_link(cast.responsable).partition("8000")[2]
        reply = client.post(client.get(path).headers["Location"], weak)
    assert "se devine vite" in reply.content.decode() or "fait de votre nom" in reply.content.decode()
    assert User.objects.get(pk=cast.responsable.pk).check_password(factories.PASSWORD)


def test_a_file_of_stolen_passwords_is_searched_on_this_machine(cast: Cast, tmp_path: Path, settings: object) -> None:
    stolen = [f"volé numéro {number}" for number in range(500)]
    hashes = sorted(hashlib.sha1(word.encode()).hexdigest().upper() for word in stolen)  # noqa: S324
    path = tmp_path / "hashes.txt"
    path.write_text("".join(f"{found}:{number}\r\n" for number, found in enumerate(hashes)), encoding="ascii")
    assert all(is_breached(word, path) for word in stolen)
    assert not any(is_breached(f"intact numéro {number}", path) for number in range(500))
    settings.BREACHED_PASSWORDS = path  # type: ignore[attr-defined]
    with pytest.raises(ValidationError, match="volé ailleurs"):
        validate_password("volé numéro 37", cast.responsable)


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "vide.txt"
    path.touch()
    assert not is_breached("quoi que ce soit", path)
