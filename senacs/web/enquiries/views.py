"""« Questions locales et enquêtes flash »: proposed by one institution, agreed by the other, followed, read."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from senacs.accounts.models import User
from senacs.campaigns.models import Campaign
from senacs.enquiries.models import Enquiry
from senacs.enquiries.permissions import (
    can_agree,
    can_withdraw,
    enquiries_visible_to,
    sides_at,
    silent_seen_by,
    structures_asked,
)
from senacs.enquiries.results import results_of
from senacs.enquiries.services import agree_enquiry, propose_enquiry, withdraw_enquiry
from senacs.enquiries.standing_in import why_stand_in
from senacs.lib import clock
from senacs.web.enquiries.access import asker, may_ask, proposer, visible_enquiry, withdrawer
from senacs.web.enquiries.forms import EnquiryForm
from senacs.web.incoming import asked
from senacs.web.refusals import refusals

PAGE, MOST_SILENT = 30, 50


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label="Pourquoi les retirer",
        help_text="L’autre institution le lit.",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Dites en une phrase pourquoi ces questions sont retirées."},
    )


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    user = asker(request)
    found = enquiries_visible_to(user).select_related("departement", "campaign")
    page = Paginator(found, PAGE).get_page(asked(request).page())
    return render(request, "enquiries/index.html", {"page": page, "may_ask": may_ask(user)})


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    user = proposer(request)
    campaigns = list(Campaign.objects.filter(closes_on__gte=clock.today()).order_by("year"))
    form = EnquiryForm(request.POST or None, user=user, campaigns=campaigns)
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            enquiry = propose_enquiry(by=user, **form.asked())
            messages.success(request, "Vos questions attendent l’accord de l’autre institution.")
            return redirect("enquiry", enquiry.pk)
    return render(request, "enquiries/propose.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
def show(request: HttpRequest, enquiry: int) -> HttpResponse:
    user, found = visible_enquiry(request, enquiry)
    return _page(request, user, found, WithdrawForm())


def _page(request: HttpRequest, user: User, found: Enquiry, form: WithdrawForm) -> HttpResponse:
    is_asked = found.withdrawn_at is None and not found.is_over
    silent = silent_seen_by(user, found) if found.is_open else None
    context = {
        "enquiry": found,
        "questions": found.questions.all(),
        "results": results_of(found),
        "asked": structures_asked(found).count(),
        "answered": found.questions.values("answers__structure").exclude(answers__structure=None).distinct().count(),
        "silent": list(silent[:MOST_SILENT]) if silent is not None else [],
        "silent_count": silent.count() if silent is not None else 0,
        "may_agree": is_asked and found.agreed_at is None and can_agree(user, found),
        "stands_in": why_stand_in(found) if is_asked and not sides_at(user, found.departement) - {found.side} else "",
        "acts": found.acts.select_related("by"),
        "form": form if is_asked and can_withdraw(user, found) else None,
    }
    return render(request, "enquiries/show.html", context, status=422 if form.errors else 200)


@require_POST
def agree(request: HttpRequest, enquiry: int) -> HttpResponse:
    user, found = visible_enquiry(request, enquiry)
    with refusals(request):
        agree_enquiry(enquiry=found, by=user)
        messages.success(request, "Ces questions seront posées aux structures.")
    return redirect("enquiry", found.pk)


@require_POST
def withdraw(request: HttpRequest, enquiry: int) -> HttpResponse:
    user, found = withdrawer(request, enquiry)
    form = WithdrawForm(request.POST)
    if form.is_valid():
        with refusals(request, form, "reason"):
            withdraw_enquiry(enquiry=found, reason=form.cleaned_data["reason"], by=user)
            messages.success(request, "Ces questions ne sont plus posées ; les réponses données sont effacées.")
            return redirect("enquiry", found.pk)
    return _page(request, user, found, form)
