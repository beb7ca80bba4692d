"""« Mandats »: each institution names, renews, replaces its own people, and sees who is missing."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from senacs.accounts.desks import acts_of, desk_of, ending_soon, missing_by_departement, vacancies
from senacs.accounts.enums import CORRESPONDENT_ROLES, Role
from senacs.accounts.invitations import invite, withdraw_invitation
from senacs.accounts.mandates import end_own_mandate, hand_over, institutions_of, renew_mandate
from senacs.accounts.models import Mandate
from senacs.accounts.people_lists import list_to_fill
from senacs.accounts.permissions import has_role
from senacs.jobs.queries import last_job
from senacs.jobs.services import ask
from senacs.structures.imports.reading import ReadingError, decode
from senacs.structures.models import Caf, Federation
from senacs.web.bodies import ANYBODY
from senacs.web.incoming import asked, query_without_page
from senacs.web.jobs import INVITATIONS
from senacs.web.mandates.access import institution_of, managed_invitation, managed_mandate, mandator
from senacs.web.mandates.forms import MandateForm, PeopleFileForm, PersonForm, RenewForm
from senacs.web.mandates.institutions import InstitutionsForm
from senacs.web.mandates.maps import missing_map
from senacs.web.proof import fresh_proof
from senacs.web.refusals import refusals

MOST_SHOWN = 20
PAGE = 25


class EndForm(forms.Form):
    reason = forms.CharField(
        label="Motif",
        help_text="La personne le lit, et ses correspondants.",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Écrivez le motif."},
    )


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The institutions whose people one names; for the national team all, those where somebody is missing first."""
    user = mandator(request)
    if not has_role(user, Role.NATIONAL):
        own = institutions_of(user)
        if len(own) == 1:
            return redirect("mandates_desk", _kind(own[0]), own[0].pk)
        return render(request, "mandates/index.html", {"form": None, "own": [(_kind(one), one) for one in own]})
    missing, form = missing_by_departement(), InstitutionsForm(request.GET or None)
    page = Paginator(form.narrow(vacancies()), PAGE).get_page(asked(request).page())
    context = {
        "form": form,
        "page": page,
        "parameters": query_without_page(request),
        "missing": form.narrow_places(missing),
        "map": missing_map(missing) if not form.is_bound else None,
    }
    return render(request, "mandates/index.html", context, status=422 if form.errors else 200)


def _kind(institution: Caf | Federation) -> str:
    return "caf" if isinstance(institution, Caf) else "federation"


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_proof
def desk(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """The people of one institution, and the way to name one more."""
    institution, user = institution_of(request, kind, pk), mandator(request)
    found = desk_of(institution)
    form = MandateForm(request.POST or None, desk=found)
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in _GIVEN}
        with refusals(request, form, "email"):
            invitation = invite(by=user, **given)
            messages.success(request, f"Une invitation part à {invitation.email}.")
            return redirect("mandates_desk", kind, pk)
    context = {
        "desk": found,
        "structures": Paginator(found.structures, PAGE).get_page(asked(request).page()),
        "kind": kind,
        "form": form,
        "ending": ending_soon(found),
        "acts": acts_of(found)[:MOST_SHOWN],
    }
    return render(request, "mandates/desk.html", context, status=422 if form.errors else 200)


_GIVEN = ("email", "role", "scope", "side", "ends_on", "first_name", "last_name")


@require_safe
def show(request: HttpRequest, mandate: int) -> HttpResponse:
    return _show(request, managed_mandate(request, mandate))


@require_POST
@fresh_proof
def transmit(request: HttpRequest, mandate: int) -> HttpResponse:
    """Handover in one act: the successor is invited, and takes the place by accepting."""
    held, form = managed_mandate(request, mandate), PersonForm(request.POST)
    if form.is_valid():
        with refusals(request, form, "email"):
            invitation = hand_over(mandate=held, by=mandator(request), **form.cleaned_data)
            name = held.user.get_full_name()
            messages.success(request, f"Une invitation part à {invitation.email} ; {name} garde le rôle jusque-là.")
            return _back(held)
    return _show(request, held, person=form)


@require_POST
@fresh_proof
def renew(request: HttpRequest, mandate: int) -> HttpResponse:
    held, form = managed_mandate(request, mandate), RenewForm(request.POST)
    if form.is_valid():
        with refusals(request, form, "ends_on"):
            renew_mandate(mandate=held, by=mandator(request), **form.cleaned_data)
            messages.success(request, "La nouvelle fin est enregistrée : une lettre le dit à la personne.")
            return _back(held)
    return _show(request, held, renewal=form)


@require_POST
@fresh_proof
def end(request: HttpRequest, mandate: int) -> HttpResponse:
    held, form = managed_mandate(request, mandate), EndForm(request.POST)
    name = held.user.get_full_name()
    if form.is_valid():
        with refusals(request, form, "reason"):
            end_own_mandate(mandate=held, by=mandator(request), **form.cleaned_data)
            messages.success(request, f"{name} n’a plus ce rôle. Ce qui a été fait garde son nom.")
            return redirect("mandates")
    return _show(request, held, ending=form)


@require_POST
@fresh_proof
def withdraw(request: HttpRequest, invitation: int) -> HttpResponse:
    waiting = managed_invitation(request, invitation)
    with refusals(request):
        withdraw_invitation(invitation=waiting, by=mandator(request))
        messages.success(request, f"L’invitation envoyée à {waiting.email} n’ouvre plus rien.")
    return redirect("mandates")


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_proof
def bulk(request: HttpRequest) -> HttpResponse:
    """Many people from a list; each row is judged by the rights of who sends it."""
    user = mandator(request)
    form = PeopleFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            text, _ = decode(form.cleaned_data["file"].read(ANYBODY))
        except ReadingError as error:
            form.add_error("file", str(error))
        else:
            with refusals(request, form, "file"):
                ask(kind=INVITATIONS.name, about=user.pk, arguments={"text": text}, by=user)
                return redirect("mandates_list")
    context = {"form": form, "job": last_job(INVITATIONS.name, about=user.pk)}
    return render(request, "mandates/list.html", context, status=422 if form.errors else 200)


@require_safe
def to_fill(request: HttpRequest) -> HttpResponse:
    """The structures without a responsable, as a list where only the addresses are left to write."""
    reply = HttpResponse("\ufeff" + list_to_fill(by=mandator(request)), content_type="text/csv; charset=utf-8")
    reply.headers["Content-Disposition"] = 'attachment; filename="responsables-a-inviter.csv"'
    return reply


def _back(held: Mandate) -> HttpResponse:
    place = held.place
    if held.role in CORRESPONDENT_ROLES and isinstance(place, Caf | Federation):
        return redirect("mandates_desk", _kind(place), place.pk)
    return redirect("mandates")


def _show(request: HttpRequest, held: Mandate, **forms_: Any) -> HttpResponse:
    context = {
        "held": held,
        "person": forms_.get("person") or PersonForm(auto_id="id_person_%s"),
        "renewal": forms_.get("renewal") or RenewForm(initial={"ends_on": held.ends_on}, auto_id="id_renewal_%s"),
        "ending": forms_.get("ending") or EndForm(auto_id="id_ending_%s"),
        "is_own": held.user_id == mandator(request).pk,
    }
    return render(request, "mandates/mandate.html", context, status=422 if forms_ else 200)
