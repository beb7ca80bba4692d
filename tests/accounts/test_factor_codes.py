"""Secrets of second factors rest sealed, a code serves once for all processes, and each change is told by letter."""

import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import allauth.mfa
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.apps import apps
from django.core.cache import cache
from django.test import Client

from senacs.accounts.factor_codes import SecretLostError, seal, spend_code, unseal
from senacs.accounts.factor_letters import ACTS
from senacs.accounts.models import User
from tests import factories
from tests.factories import Cast

FIREFOX = "Mozilla/5.0 (Windows NT 10.0) Firefox/145.0"
OTHER_KEY = "another-key-of-another-installation"


def test_what_is_sealed_says_nothing_and_opens_again() -> None:
    sealed = seal(factories.TOTP_SECRET)
    assert factories.TOTP_SECRET not in sealed
    assert seal(factories.TOTP_SECRET) != sealed, "two people with one secret do not show it"
    assert unseal(sealed) == factories.TOTP_SECRET


def test_a_former_key_still_opens_and_another_does_not(settings: Any) -> None:
    sealed, former = seal("secret"), settings.SECRET_KEY
    settings.SECRET_KEY = OTHER_KEY
    with pytest.raises(SecretLostError, match="la clé du site a changé"):
        unseal(sealed)
    settings.SECRET_KEY_FALLBACKS = [former]
    assert unseal(sealed) == "secret"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(SecretLostError):
        unseal(sealed[:-4] + "AAA=")


def test_nothing_of_a_factor_lies_in_clear(cast: Cast) -> None:
    TOTP.activate(cast.national, factories.TOTP_SECRET)
    codes = RecoveryCodes.activate(cast.national).get_unused_codes()
    kept = " ".join(str(one.data) for one in Authenticator.objects.filter(user=cast.national))
    assert not any(word in kept for word in (factories.TOTP_SECRET, *codes))


def test_secrets_of_before_are_sealed_once(cast: Cast) -> None:
    clear = {"secret": factories.TOTP_SECRET}
    totp = Authenticator.objects.create(user=cast.national, type=Authenticator.Type.TOTP, data=dict(clear))
    seed = RecoveryCodes.generate_seed()
    rescue = Authenticator.objects.create(
        user=cast.national, type=Authenticator.Type.RECOVERY_CODES, data={"seed": seed, "used_mask": 3}
    )
    migration = import_module("senacs.accounts.migrations.0006_sealed_secrets")
    for _ in range(2):
        migration.seal_secrets(apps, None)
        totp.refresh_from_db()
        rescue.refresh_from_db()
        assert unseal(totp.data["secret"]) == factories.TOTP_SECRET
        assert (unseal(rescue.data["seed"]), rescue.data["used_mask"]) == (seed, 3)


def test_a_code_serves_once_even_in_another_process(cast: Cast, client: Client) -> None:
    user = cast.national
    factories.accept_charte(user)
    factories.set_up_second_factor(user)
    code = factories.totp_code()
    for expected in (200, 302):
        client.post("/compte/login/", {"login": user.email, "password": factories.PASSWORD})
        page = client.post("/compte/2fa/authenticate/", {"code": code})
        assert client.get("/compte/").status_code == expected
        client.post("/compte/logout/")
        cache.clear()  # what the library remembers, it remembers in one process
    assert "Ce code vient de servir : attendez le suivant." in page.content.decode()


def test_a_code_is_spent_by_its_person_alone_however_it_is_typed(cast: Cast) -> None:
    assert spend_code(user=cast.national, code="123456")
    assert not spend_code(user=cast.national, code=" 123 456 ")
    assert spend_code(user=cast.copil, code="123456")


def test_lost_key_is_a_sentence_and_not_an_error(cast: Cast, client: Client, settings: Any) -> None:
    user = cast.national
    factories.accept_charte(user)
    factories.set_up_second_factor(user)
    key = settings.SECRET_KEY
    client.post("/compte/login/", {"login": user.email, "password": factories.PASSWORD})
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = OTHER_KEY, [key]
    Authenticator.objects.filter(user=user).update(data={"secret": "f1.unreadable"})
    client.raise_request_exception = False
    page = client.post("/compte/2fa/authenticate/", {"code": "123456"})
    assert page.status_code == 503
    assert "ne peuvent plus être lus" in page.content.decode()


def test_each_change_of_ones_own_factor_is_told(
    cast: Cast,
    sign_in: Callable[[User], Client],
    mailoutbox: list[Any],
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    client = sign_in(cast.responsable)
    session = client.session
    session["mfa.totp.secret"] = factories.TOTP_SECRET
    session.save()
    steps = (
        ("totp/activate", {"code": factories.totp_code()}, "une application de codes a été activée"),
        ("recovery-codes/generate", {}, "de nouveaux codes de secours ont été créés"),
        ("totp/deactivate", {}, "l’application de codes a été retirée"),
    )
    for act, posted, told in steps:
        mailoutbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            client.post(
                f"/compte/2fa/{act}/", posted, headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/145.0"}
            )
        letters = [letter for letter in mailoutbox if told in letter.body]
        assert [letter.to for letter in letters] == [[cast.responsable.email]], act
        assert "depuis Firefox sur Windows" in letters[0].body
        assert "/compte/appareils/" in letters[0].body


def test_every_change_that_the_library_knows_has_its_words() -> None:
    source = Path(allauth.mfa.__file__).parent
    known = re.compile(r"send_notification_mail\(\s*\"mfa/email/(\w+)\"")
    assert {act for path in source.rglob("*.py") for act in known.findall(path.read_text())} == set(ACTS)
