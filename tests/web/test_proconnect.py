"""What ProConnect is asked and believed, without a browser; the whole way is in tests/browser/test_proconnect.py."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.core.cache import cache
from django.test import Client

from config.identity import openid_apps

URL = "https://proconnect.example/api/v2"
LOGIN = "/compte/oidc/proconnect/login/"


@pytest.fixture(autouse=True)
def configured(settings: Any) -> None:
    cache.clear()
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"APPS": openid_apps(url=URL, client_id="senacs", secret="s")}
    }


def described(monkeypatch: pytest.MonkeyPatch, config: Any) -> None:
    def openid_config(self: OpenIDConnectOAuth2Adapter) -> Any:
        if isinstance(config, Exception):
            raise config
        return config

    monkeypatch.setattr(OpenIDConnectOAuth2Adapter, "openid_config", property(openid_config))


@pytest.mark.parametrize("issuer", [URL, f"{URL}/"])
def test_the_way_leads_to_the_provider_that_was_chosen(
    db: None, client: Client, monkeypatch: pytest.MonkeyPatch, issuer: str
) -> None:
    ends = {"authorization_endpoint": f"{URL}/authorize", "token_endpoint": f"{URL}/token"}
    described(monkeypatch, {"issuer": issuer} | ends)
    reply = client.post(LOGIN)
    assert reply.headers["Location"].startswith(f"{URL}/authorize?")
    for asked in ("nonce=", "state=", "code_challenge=", "amr"):
        assert asked in reply.headers["Location"]
    scopes = parse_qs(urlsplit(reply.headers["Location"]).query)["scope"][0].split()
    assert {"openid", "email"} <= set(scopes)


@pytest.mark.parametrize(
    "config",
    [
        {"issuer": "https://another.example", "authorization_endpoint": "https://another.example/authorize"},
        {"authorization_endpoint": f"{URL}/authorize"},
        requests.ConnectionError("away"),
    ],
)
def test_another_issuer_or_none_is_a_sentence(
    db: None, client: Client, monkeypatch: pytest.MonkeyPatch, config: Any
) -> None:
    described(monkeypatch, config)
    reply = client.post(LOGIN)
    assert reply.status_code == 503
    assert "n’a pas abouti" in reply.content.decode()


@pytest.mark.parametrize("method", ["get", "head"])
def test_no_link_opens_a_session(db: None, client: Client, method: str) -> None:
    assert getattr(client, method)(LOGIN).status_code == 405
