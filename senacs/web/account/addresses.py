"""The change of one's address: asked with a fresh proof of identity, confirmed from the new address."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from senacs.accounts.address_changes import ask_address_change, confirm_address_change, find_address_change
from senacs.lib.refusals import Refused
from senacs.web.account.forms import AddressForm
from senacs.web.proof import fresh_proof
from senacs.web.refusals import refusals
from senacs.web.requests import signed_in


@fresh_proof
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest) -> HttpResponse:
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals(request, form, "new_email"):
            ask_address_change(user=signed_in(request), new_email=form.cleaned_data["new_email"])
            told = f"Une lettre est partie à {form.cleaned_data['new_email']} : suivez son lien pour confirmer."
            messages.success(request, told)
            return redirect("account")
    return render(request, "account/address.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, key: str) -> HttpResponse:
    """Asked by a button: programs that open the links of letters confirm nothing."""
    user = signed_in(request)
    try:
        asked = find_address_change(key=key, user=user)
        if request.method != "POST":
            return render(request, "account/address_confirm.html", {"change": asked, "key": key})
        confirm_address_change(key=key, user=user)
    except Refused as refusal:
        return render(request, "account/link_unusable.html", {"reason": refusal.message}, status=410)
    messages.success(request, f"Votre adresse est maintenant {asked.new_email}.")
    return redirect("account")
