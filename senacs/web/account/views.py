"""Pages of a person whatever their role: charter, own account, the way to their spaces; pages on the site itself."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from senacs.accounts.enums import Role
from senacs.accounts.keeping import keeping_rules
from senacs.accounts.permissions import current_mandates, namings_of_one_side
from senacs.accounts.queries import current_charte
from senacs.accounts.second_factor import OBLIGED_ROLES, has_second_factor, is_obliged
from senacs.accounts.services import accept_charte
from senacs.web.account.forms import CharteForm
from senacs.web.incoming import asked, own_address, sent
from senacs.web.navigation import audiences_of
from senacs.web.requests import signed_in

View = Callable[..., HttpResponse]


def before_charte(view: View) -> Any:
    """Marks a view that people reach before they have accepted the charter."""
    view.before_charte = True  # type: ignore[attr-defined]
    return view


@login_not_required
@require_safe
def charte(request: HttpRequest) -> HttpResponse:
    return render(request, "site/charte.html", {"charte": current_charte(), "keeping": keeping_rules().values()})


@before_charte
@require_http_methods(["GET", "HEAD", "POST"])
def charte_accept(request: HttpRequest) -> HttpResponse:
    version = current_charte()
    target = own_address(request, sent(request).text("next") or asked(request).text("next")) or "/espace/"
    form = CharteForm(request.POST or None)
    if version is None:
        return redirect(target)
    if request.method == "POST" and form.is_valid():
        accept_charte(user=signed_in(request), version=version)
        return redirect(target)
    return render(request, "site/charte_accept.html", {"charte": version, "form": form, "next": target})


@require_safe
def espace(request: HttpRequest) -> HttpResponse:
    """Straight to the only main space of a person, or the choice between several."""
    mandates = current_mandates(signed_in(request))
    audiences = audiences_of(mandates)
    main = [audience for audience in audiences if audience.is_main] or audiences
    if len(main) == 1:
        return redirect(main[0].url)
    spaces = [
        {"audience": audience, "mandates": [m for m in mandates if m.role in audience.roles]} for audience in audiences
    ]
    return render(request, "site/espace.html", {"spaces": spaces, "mandates": mandates})


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    acceptances = user.charte_acceptances.select_related("version").order_by("-accepted_at")
    context = {
        "mandates": current_mandates(user),
        "waiting": namings_of_one_side(user),
        "acceptances": acceptances,
    }
    return render(request, "site/account.html", context)


@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    """Where whoever owes a second factor is sent, and the choice between its kinds."""
    user = signed_in(request)
    if has_second_factor(user):
        return redirect("mfa_index")
    roles = {Role(m.role) for m in current_mandates(user) if m.role in OBLIGED_ROLES}
    return render(
        request, "site/second_factor.html", {"roles": sorted(role.label for role in roles), "is_owed": is_obliged(user)}
    )


@login_not_required
@require_safe
def signup_closed(request: HttpRequest) -> HttpResponse:
    """Accounts are opened by an invitation: nothing is asked here."""
    return render(request, "account/signup_closed.html")


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "site/accessibility.html")


@login_not_required
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "site/about.html")
