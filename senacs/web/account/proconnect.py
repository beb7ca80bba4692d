"""ProConnect, the State's sign-in for professionals: what is asked of it, what it vouches for, and leaving it.

What its own documentation asks beyond OpenID Connect as allauth speaks it: a nonce, the `amr` claim asked for by name,
answers of /userinfo that are signed tokens (docs/decisions/2026-11-30-proconnect.md).
"""

from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from allauth.account.models import Login
from allauth.mfa.stages import AuthenticateStage
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialAccount, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, get_random_string

from senacs.accounts.models import User
from senacs.accounts.second_factor import factors_of
from senacs.lib.refusals import Refused

PROVIDER = "proconnect"
# What a session keeps of a sign-in by ProConnect.
SESSION_KEY = "proconnect"
_NONCE_KEY = "proconnect_nonce"
_DISCOVERY_SECONDS = 600


class ProConnectAdapter(OpenIDConnectOAuth2Adapter):
    @property
    def openid_config(self) -> dict[str, Any]:
        """The provider's description of itself, read again every ten minutes; OAuth2Error where it is another's."""
        url = self.get_provider().server_url
        key = f"openid:{url}"
        found: dict[str, Any] | None = cache.get(key)
        if found is None:
            found = dict(super().openid_config)
            if not _same_issuer(found.get("issuer", ""), url):
                raise OAuth2Error("the provider describes itself as another one")
            cache.set(key, found, _DISCOVERY_SECONDS)
        return found

    def parse_token(self, data: dict[str, object]) -> SocialToken:
        # Kept for the way out; nothing refreshes a token here, and none is written in the database.
        token = super().parse_token(data)
        token.token_secret = data.get("id_token", "")
        return token

    def complete_login(self, request: HttpRequest, app: Any, token: SocialToken, **kwargs: Any) -> SocialLogin:
        login = super().complete_login(request, app, token, **kwargs)
        expected = request.session.pop(_NONCE_KEY, "")
        given = login.account.extra_data.get("id_token", {}).get("nonce", "")
        if not expected or not constant_time_compare(str(given), expected):
            raise OAuth2Error("the identity token answers another request")
        return login

    def _fetch_user_info(self, access_token: str) -> dict[str, object]:
        headers = {"Authorization": f"Bearer {access_token}"}
        with ProConnectAccounts().get_requests_session() as session:
            response = session.get(self.profile_url, headers=headers)
            response.raise_for_status()
        if response.headers.get("Content-Type", "").startswith("application/jwt"):
            claims: dict[str, object] = jwtkit.verify_and_decode(
                credential=response.text,
                keys_url=self.openid_config["jwks_uri"],
                issuer=self.openid_config["issuer"],
                audience=self.get_provider().app.client_id,
                lookup_kid=jwtkit.lookup_kid_jwk,
            )
            return claims
        told: dict[str, object] = response.json()
        return told


def _same_issuer(told: str, expected: str) -> bool:
    return told.rstrip("/") == expected.partition("/.well-known/")[0].rstrip("/")


class ProConnectProvider(OpenIDConnectProvider):
    oauth2_adapter_class = ProConnectAdapter

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, str]:
        """Nothing of the address that the browser asked for: what the provider is asked is decided here."""
        nonce = request.session[_NONCE_KEY] = get_random_string(32)
        return {"nonce": nonce, **self.get_auth_params()}


class ProConnectAccounts(DefaultSocialAccountAdapter):
    """An identity is attached by its owner, signed in, with a fresh proof; never by an address that looks the same."""

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Any:
        found = super().get_provider(request, provider, client_id)
        return ProConnectProvider(request, app=found.app) if isinstance(found, OpenIDConnectProvider) else found

    def list_providers(self, request: HttpRequest) -> list[Any]:
        return [
            ProConnectProvider(request, app=found.app) if isinstance(found, OpenIDConnectProvider) else found
            for found in super().list_providers(request)
        ]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: SocialAccount) -> str:
        return "/compte/"


class SecondFactorStage(AuthenticateStage):
    """The site's own second factor is not asked of whoever has just shown ProConnect two."""

    login: Login

    def _should_handle(self, request: HttpRequest) -> bool:
        signed = (self.login.signal_kwargs or {}).get("sociallogin")
        if signed is not None and used_two_factors(signed):
            return False
        return bool(super()._should_handle(request))


def used_two_factors(login: SocialLogin) -> bool:
    """`mfa` in the `amr` of the identity token, and nothing else: not the level of the account, nor of the identity."""
    return "mfa" in login.account.extra_data.get("id_token", {}).get("amr", ())


def remember_sign_in(request: HttpRequest, login: SocialLogin) -> None:
    """Keeps for the session what the door of the second factor and the way out ask."""
    request.session[SESSION_KEY] = {
        "two_factors": used_two_factors(login),
        "id_token": login.token.token_secret if login.token else "",
    }


def vouches_for_two_factors(request: HttpRequest) -> bool:
    """Whether this session began with a ProConnect sign-in whose identity token says « mfa »."""
    return bool(request.session.get(SESSION_KEY, {}).get("two_factors"))


def identity_of(user: User) -> str:
    """The address of the identity that the person attached, as ProConnect tells it; "" without any."""
    attached = SocialAccount.objects.filter(user=user, provider=PROVIDER).order_by("pk").first()
    if attached is None:
        return ""
    told: str = attached.extra_data.get("userinfo", {}).get("email", "")
    return told or attached.uid


def detach(user: User) -> None:
    """Refused where nothing else would open the account."""
    if not user.has_usable_password() and not factors_of(user).filter(type="webauthn").exists():
        raise Refused("Choisissez d’abord un mot de passe ou une clé d’accès : rien d’autre n’ouvrirait votre compte.")
    SocialAccount.objects.filter(user=user, provider=PROVIDER).delete()


def way_out(request: HttpRequest) -> str:
    """Where a session begun by ProConnect goes on leaving, so that ProConnect's own ends too; "" for the others."""
    token = request.session.get(SESSION_KEY, {}).get("id_token")
    if not token or not is_configured():
        return ""
    try:
        end = ProConnectAdapter(request, PROVIDER).openid_config.get("end_session_endpoint", "")
    except (requests.RequestException, OAuth2Error):
        return ""  # the session of the site ends all the same
    asked = {
        "id_token_hint": token,
        "post_logout_redirect_uri": request.build_absolute_uri("/"),
        "state": get_random_string(32),
    }
    return f"{end}?{urlencode(asked)}" if end else ""


def is_configured() -> bool:
    return bool(_apps())


def origins() -> list[str]:
    """The origins to which forms of the site may lead: the provider's, where one is configured."""
    addresses = [urlsplit(app["settings"]["server_url"]) for app in _apps()]
    return [f"{address.scheme}://{address.netloc}" for address in addresses]


def _apps() -> list[dict[str, Any]]:
    providers: dict[str, Any] = settings.SOCIALACCOUNT_PROVIDERS
    apps: list[dict[str, Any]] = providers["openid_connect"]["APPS"]
    return apps
