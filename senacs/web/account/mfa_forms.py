"""Forms of the second factor: a passkey named in French; codes whose guessing is slowed down."""

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError

from senacs.accounts.factor_codes import spend_code
from senacs.accounts.throttling import CODE, Lane, forget, try_once, wait_in_french
from senacs.audit.security import tell
from senacs.lib.json_bodies import read_json

_UNREADABLE = "Votre navigateur n’a pas envoyé de clé lisible : réessayez."


class _SlowCodes(BaseAuthenticateForm):
    def clean_code(self) -> str:
        lane = Lane(CODE, str(self.user.pk))
        if wait := try_once(lane):
            raise ValidationError(f"Trop d’essais : réessayez dans {wait_in_french(wait)}.")
        try:
            code: str = super().clean_code()
        except ValidationError:
            tell("code_refused", account=self.user.pk)
            raise
        if not spend_code(user=self.user, code=code):
            raise ValidationError("Ce code vient de servir : attendez le suivant.")
        forget(lane)
        return code


class CodeForm(_SlowCodes, AuthenticateForm):
    """The code asked at sign-in."""


class CodeProofForm(_SlowCodes, ReauthenticateForm):
    """The code asked as a fresh proof of identity."""


class _Credential(forms.JSONField):
    """What a browser says of a passkey, read by our one reader of JSON: Django's lets a number of 5,000 digits fail."""

    def to_python(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return read_json(value.encode("utf-8", "replace"))
        except ValueError as error:
            raise ValidationError(_UNREADABLE) from error

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What the form shows again: nothing, a credential serves once."""
        return None


class _ReadPasskey(AuthenticateWebAuthnForm):
    """A passkey that lacks a part is refused at its place: the library that decodes it takes the shape for granted."""

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValidationError(_UNREADABLE) from error


def _credential() -> _Credential:
    return _Credential(required=True, widget=forms.HiddenInput)


class PasskeySignInForm(_ReadPasskey, LoginWebAuthnForm):
    credential = _credential()


class PasskeyProofForm(_ReadPasskey, ReauthenticateWebAuthnForm):
    credential = _credential()


class PasskeyNameForm(EditWebAuthnForm):
    name = forms.CharField(
        label="Nom de cette clé", max_length=100, error_messages={"required": "Donnez un nom à cette clé."}
    )


class PasskeyForm(AddWebAuthnForm):
    credential = _credential()

    def clean(self) -> dict[str, object]:
        try:
            return dict(super().clean())
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValidationError(_UNREADABLE) from error

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "Nom de cette clé"
        self.fields["name"].help_text = "Pour la reconnaître : « téléphone », « ordinateur du bureau »."
        passwordless = self.fields["passwordless"]
        passwordless.label = "Me connecter sans mot de passe avec cette clé"
        passwordless.help_text = "La clé demandera alors une empreinte, un visage ou un code PIN."
