"""The form of a passkey, in French where allauth's is not."""

from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm


class PasskeyForm(AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "Nom de cette clé"
        self.fields["name"].help_text = "Pour la reconnaître : « téléphone », « ordinateur du bureau »."
        passwordless = self.fields["passwordless"]
        passwordless.label = "Me connecter sans mot de passe avec cette clé"
        passwordless.help_text = "La clé demandera alors une empreinte, un visage ou un code PIN."
