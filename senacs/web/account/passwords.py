"""Passwords forgotten: allauth's steps, our forms and words."""

from typing import Any

from allauth.account.views import PasswordResetFromKeyView
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from senacs.accounts.addresses import canonical_address
from senacs.accounts.passwords import send_reset_link, why_unusable
from senacs.web.account.forms import NOT_AN_ADDRESS


class ResetForm(forms.Form):
    email = forms.CharField(
        label="Courriel",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": "Écrivez l’adresse de votre compte."},
    )

    def clean_email(self) -> str:
        address = canonical_address(self.cleaned_data["email"])
        if not address:
            raise ValidationError(NOT_AN_ADDRESS)
        return address

    def save(self, request: HttpRequest) -> str:
        address: str = self.cleaned_data["email"]
        send_reset_link(address=address)
        return address


class ResetFromKeyView(PasswordResetFromKeyView):
    """The page behind the link of the letter; one that opens nothing says why."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if context.get("token_fail"):
            context["reason"] = why_unusable(self.key)
        return context


reset_from_key = ResetFromKeyView.as_view()
