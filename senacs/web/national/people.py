"""Accounts that lost their second factor: found by the national team, reset with a reason."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from senacs.accounts.factor_reset import people_found, reset_second_factor, roles_told
from senacs.accounts.models import User
from senacs.accounts.permissions import can_reset_second_factor
from senacs.accounts.second_factor import has_second_factor, is_obliged
from senacs.web.incoming import asked
from senacs.web.national.access import national_member
from senacs.web.national.team import ReasonForm
from senacs.web.proof import fresh_proof
from senacs.web.refusals import refusals

MOST_SHOWN = 20


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """People by name or address; never a list of everybody."""
    national_member(request)
    words = asked(request).text("q")
    found = list(people_found(words)[: MOST_SHOWN + 1])
    people = [{"person": person, "roles": roles_told(person)} for person in found[:MOST_SHOWN]]
    context = {"q": words, "people": people, "more": len(found) > MOST_SHOWN, "most": MOST_SHOWN}
    return render(request, "national/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_proof
def factor(request: HttpRequest, person: int) -> HttpResponse:
    """One account, and the reset of its second factor."""
    user = national_member(request)
    found = get_object_or_404(User.objects.filter(is_active=True), pk=person)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals(request, form, "reason"):
            reset_second_factor(person=found, reason=form.cleaned_data["reason"], by=user)
            messages.success(request, f"C’est fait : une lettre le dit à {found.get_full_name()}.")
            return redirect("national_people")
    has_factor, obliged = has_second_factor(found), is_obliged(found)
    context = {
        "person": found,
        "roles": roles_told(found),
        "form": form,
        "has_factor": has_factor,
        "factor": ("enregistré" if has_factor else "aucun") + (", obligatoire pour ses rôles" if obliged else ""),
        "is_obliged": obliged,
        "may_reset": can_reset_second_factor(user, found),
    }
    return render(request, "national/person.html", context, status=422 if form.errors else 200)
