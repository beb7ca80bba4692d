"""Passwords forgotten: allauth's steps, our forms and words."""

from typing import Any

from allauth.account.views import PasswordResetFromKeyView, PasswordResetView
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from senacs.accounts.addresses import canonical_address
from senacs.accounts.passwords import send_reset_link, why_unusable
from senacs.accounts.throttling import (
    RESET_ACCOUNT,
    RESET_NETWORK,
    Lane,
    account_lane,
    forget,
    try_once,
    wait_in_french,
)
from senacs.web.account.forms import NOT_AN_ADDRESS
from senacs.web.client import network_of, remember_device


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
        # Told to nobody: the letters that left before are in the box, and their links still open.
        if not try_once(Lane(RESET_ACCOUNT, address)):
            send_reset_link(address=address)
        return address


class ResetView(PasswordResetView):
    """Where a link is asked; many asked from one network wait."""

    def form_valid(self, form: ResetForm) -> HttpResponse:
        network = network_of(self.request)
        wait = try_once(Lane(RESET_NETWORK, network)) if network else None
        if wait:
            form.add_error("email", f"Trop de demandes : réessayez dans {wait_in_french(wait)}.")
            return self.form_invalid(form)
        return super().form_valid(form)


class ResetFromKeyView(PasswordResetFromKeyView):
    """The page behind the link of the letter; one that opens nothing says why."""

    def get_context_data(self, **kwargs: Any) -> dict[str, object]:
        context: dict[str, object] = super().get_context_data(**kwargs)
        if context.get("token_fail"):
            context["reason"] = why_unusable(self.key)
        return context

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Whoever reads the letters of the account signs in from this device, whatever others tried elsewhere."""
        response: HttpResponse = super().form_valid(form)
        forget(account_lane(self.reset_user.email), Lane(RESET_ACCOUNT, self.reset_user.email))
        remember_device(self.request, response, self.reset_user)
        return response


reset = ResetView.as_view()
reset_from_key = ResetFromKeyView.as_view()
