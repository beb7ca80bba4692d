"""How people prove who they are: the second factor's obligation, and the OpenID provider of the State."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

_FORMS = {
    "add_webauthn": "PasskeyForm",
    "login_webauthn": "PasskeySignInForm",
    "authenticate": "CodeForm",
    "reauthenticate_webauthn": "PasskeyProofForm",
    "reauthenticate": "CodeProofForm",
    "edit_webauthn": "PasskeyNameForm",
}
FACTOR_FORMS = {act: f"senacs.web.account.mfa_forms.{form}" for act, form in _FORMS.items()}


def second_factor(value: str, *, demo: bool) -> str:
    """Waived in a demonstration alone, whose accounts and password are on the sign-in page."""
    if value == "propose" and not demo:
        raise ImproperlyConfigured(
            "SENACS_SECOND_FACTOR=propose n’est permis que dans une démonstration (SENACS_DEMO=1)."
        )
    return value


def openid_apps(*, url: str, client_id: str, secret: str) -> list[dict[str, Any]]:
    """ProConnect as allauth wants it told; none without an address."""
    if not url:
        return []
    return [
        {
            "provider_id": "proconnect",
            "name": "ProConnect",
            "client_id": client_id,
            "secret": secret,
            "settings": {
                "server_url": url,
                "scope": ["openid", "email"],
                # How the person signed in is told to who asks only.
                "auth_params": {"claims": '{"id_token":{"amr":{"essential":true}}}'},
                "oauth_pkce_enabled": True,
            },
        }
    ]
