"""The pages behind a letter's one-time link: an invitation accepted, an account opened."""

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from senacs.accounts.invitations import Unusable, accept_invitation, has_account, open_account, usable_invitation
from senacs.accounts.models import Invitation, User
from senacs.lib.refusals import Refused
from senacs.web.account.forms import OpenAccountForm
from senacs.web.requests import signed_in


@sensitive_post_parameters("password1", "password2")
@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, key: str) -> HttpResponse:
    """What is offered, and how to take it: with the account signed in, one's own, or a new one."""
    try:
        offered = usable_invitation(key)
    except Unusable as refusal:
        return _unusable(request, refusal)
    if isinstance(request.user, User) or has_account(offered):
        return _show(request, offered, key)
    form = OpenAccountForm(
        request.POST or None,
        invitation=offered,
        initial={"first_name": offered.first_name, "last_name": offered.last_name},
    )
    if request.method != "POST" or not form.is_valid():
        return _show(request, offered, key, form)
    given = form.cleaned_data
    try:
        user = open_account(
            key=key,
            first_name=given["first_name"],
            last_name=given["last_name"],
            password=given["password1"],
        )
    except Refused as refusal:
        return _unusable(request, refusal)
    # A password chosen this minute is as fresh a proof as one that is typed: the second factor follows at once.
    record_authentication(request, user, "password", email=user.email)
    return perform_login(request, user, email_verification="none", redirect_url="/espace/")


@require_POST
def accept(request: HttpRequest, key: str) -> HttpResponse:
    try:
        mandate = accept_invitation(key=key, user=signed_in(request))
    except Refused as refusal:
        return _unusable(request, refusal)
    messages.success(request, f"Ce rôle est à vous : {mandate}.")
    return redirect("espace")


def _show(request: HttpRequest, offered: Invitation, key: str, form: OpenAccountForm | None = None) -> HttpResponse:
    context = {"invitation": offered, "key": key, "form": form}
    return render(request, "account/invitation.html", context, status=422 if form and form.is_bound else 200)


def _unusable(request: HttpRequest, refusal: Refused) -> HttpResponse:
    return render(request, "account/link_unusable.html", {"reason": refusal.message}, status=410)


invitation.before_charte = True  # type: ignore[attr-defined]
accept.before_charte = True  # type: ignore[attr-defined]
