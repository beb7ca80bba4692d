"""Forms of the second factor: a passkey named in French; codes whose guessing is slowed down."""

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django.core.exceptions import ValidationError

from senacs.accounts.throttling import CODE, Lane, forget, try_once, wait_in_french


class _SlowCodes(BaseAuthenticateForm):
    def clean_code(self) -> str:
        lane = Lane(CODE, str(self.user.pk))
        if wait := try_once(lane):
            raise ValidationError(f"Trop d’essais : réessayez dans {wait_in_french(wait)}.")
        code: str = super().clean_code()
        forget(lane)
        return code


class CodeForm(_SlowCodes, AuthenticateForm):
    """The code asked at sign-in."""


class CodeProofForm(_SlowCodes, ReauthenticateForm):
    """The code asked as a fresh proof of identity."""


class PasskeyForm(AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "Nom de cette clé"
        self.fields["name"].help_text = "Pour la reconnaître : « téléphone », « ordinateur du bureau »."
        passwordless = self.fields["passwordless"]
        passwordless.label = "Me connecter sans mot de passe avec cette clé"
        passwordless.help_text = "La clé demandera alors une empreinte, un visage ou un code PIN."
