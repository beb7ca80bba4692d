"""Forms of a person whatever their role: charter, account opened by an invitation, change of address."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError

from senacs.accounts.addresses import canonical_address
from senacs.accounts.invitations import future_user
from senacs.accounts.models import Invitation

NOT_AN_ADDRESS = "Cette adresse n’est pas complète : il faut un nom, une arobase et un domaine."


class CharteForm(forms.Form):
    accept = forms.BooleanField(
        label="J’ai lu la charte et je m’engage à la respecter.",
        error_messages={"required": "Cochez la case pour accepter la charte."},
    )


class OpenAccountForm(forms.Form):
    """The account of an invited person, at the address that the letter reached."""

    first_name = forms.CharField(
        label="Prénom",
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
        error_messages={"required": "Écrivez votre prénom."},
    )
    last_name = forms.CharField(
        label="Nom",
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
        error_messages={"required": "Écrivez votre nom."},
    )
    password1 = forms.CharField(
        label="Mot de passe",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Choisissez un mot de passe."},
    )
    password2 = forms.CharField(
        label="Le même mot de passe, une seconde fois",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Écrivez le mot de passe une seconde fois."},
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        self.invitation = invitation
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = " ".join(password_validators_help_texts())

    def clean(self) -> dict[str, object]:
        given = super().clean() or {}
        password = given.get("password1")
        if not password:
            return given
        if given.get("password2") and given["password2"] != password:
            self.add_error("password2", "Les deux mots de passe diffèrent.")
        person = future_user(
            self.invitation, first_name=given.get("first_name", ""), last_name=given.get("last_name", "")
        )
        try:
            validate_password(password, person)
        except ValidationError as error:
            self.add_error("password1", error)
        return given


class AddressForm(forms.Form):
    new_email = forms.CharField(
        label="Nouvelle adresse de courriel",
        max_length=254,
        help_text="Vous y recevez un lien ; l’adresse change quand vous l’avez suivi.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": "Écrivez votre nouvelle adresse."},
    )

    def clean_new_email(self) -> str:
        address = canonical_address(self.cleaned_data["new_email"])
        if not address:
            raise ValidationError(NOT_AN_ADDRESS)
        return address
