"""« Équipe nationale »: rights over the whole country, proposed by one person and confirmed by another."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from senacs.accounts.enums import INSTITUTIONS, TWO_PERSON_ROLES, Role, Side
from senacs.accounts.models import Invitation, Mandate, User
from senacs.accounts.national import (
    SHORTEST_REASON,
    confirm_national,
    confirmers_of,
    end_national,
    national_invitations,
    national_mandates,
    propose_national,
    why_not_confirm,
    withdraw_national,
)
from senacs.accounts.permissions import can_confirm_national
from senacs.accounts.rights import rights_acts
from senacs.web.national.access import national_member
from senacs.web.proof import fresh_proof
from senacs.web.refusals import refusals

MOST_SHOWN = 50
_ROLES = sorted(TWO_PERSON_ROLES, reverse=True)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Motif",
        help_text="La personne concernée et l’équipe nationale le lisent.",
        min_length=SHORTEST_REASON,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "Écrivez le motif.",
            "min_length": "Dites pourquoi en une phrase : les personnes concernées la liront.",
        },
    )


class ProposalForm(ReasonForm):
    first_name = forms.CharField(label="Prénom", max_length=80, error_messages={"required": "Écrivez le prénom."})
    last_name = forms.CharField(label="Nom", max_length=80, error_messages={"required": "Écrivez le nom."})
    email = forms.EmailField(
        label="Courriel professionnel",
        help_text="L’invitation y part après la confirmation.",
        error_messages={"required": "Écrivez l’adresse de courriel.", "invalid": "Cette adresse n’est pas complète."},
    )
    role = forms.ChoiceField(
        label="Rôle",
        choices=[(role.value, role.label) for role in _ROLES],
        initial=Role.NATIONAL.value,
        widget=forms.RadioSelect,
    )
    side = forms.ChoiceField(
        label="Au titre de",
        help_text="Pour l’équipe nationale seulement.",
        choices=[("", "Sans objet"), *((side.value, name) for side, name in INSTITUTIONS.items())],
        required=False,
    )
    field_order = ("first_name", "last_name", "email", "role", "side", "reason")

    def clean(self) -> dict[str, object]:
        given = super().clean() or {}
        if given.get("role") == Role.NATIONAL and not given.get("side"):
            self.add_error("side", "Dites au titre de quelle institution cette personne siège.")
        return given


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return _show(request, national_member(request), ProposalForm())


@require_POST
@fresh_proof
def propose(request: HttpRequest) -> HttpResponse:
    user, form = national_member(request), ProposalForm(request.POST)
    if not form.is_valid():
        return _show(request, user, form, status=422)
    with refusals(request, form):
        given = form.cleaned_data | {"role": Role(form.cleaned_data["role"])}
        invitation = propose_national(by=user, **given)
        name = invitation.get_full_name()
        waits = invitation.awaits_confirmation
        told = "la proposition attend une autre personne, qu’une lettre prévient" if waits else "l’invitation part"
        messages.success(request, f"{name} : {told}.")
        return redirect("national_team")
    return _show(request, user, form, status=422)


@require_POST
@fresh_proof
def confirm(request: HttpRequest, invitation: int) -> HttpResponse:
    user = national_member(request)
    waiting = get_object_or_404(national_invitations(), pk=invitation)
    with refusals(request):
        confirm_national(invitation=waiting, by=user)
        messages.success(request, f"C’est confirmé : l’invitation part à {waiting.email}.")
    return redirect("national_team")


@require_POST
@fresh_proof
def withdraw(request: HttpRequest, invitation: int) -> HttpResponse:
    user = national_member(request)
    waiting = get_object_or_404(national_invitations(), pk=invitation)
    with refusals(request):
        withdraw_national(invitation=waiting, by=user)
        messages.success(request, f"Ce qui était proposé à {waiting.email} n’ouvre plus rien.")
    return redirect("national_team")


@require_POST
@fresh_proof
def end(request: HttpRequest, mandate: int) -> HttpResponse:
    user, form = national_member(request), ReasonForm(request.POST)
    held = get_object_or_404(national_mandates(), pk=mandate)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["reason"])))
        return redirect("national_team")
    with refusals(request):
        end_national(mandate=held, reason=form.cleaned_data["reason"], by=user)
        messages.success(request, f"{held.user.get_full_name()} n’a plus ce rôle. L’équipe est prévenue.")
    return redirect("national_team")


def _show(request: HttpRequest, user: User, form: ProposalForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "mandates": [_told(mandate) for mandate in national_mandates()],
        "invitations": [_waiting(invitation, user) for invitation in national_invitations()],
        "confirmers": confirmers_of(user),
        "acts": rights_acts()[:MOST_SHOWN],
        "shortest": SHORTEST_REASON,
    }
    return render(request, "national/team.html", context, status=status)


def _told(mandate: Mandate) -> dict[str, object]:
    givers = [person.get_full_name() for person in (mandate.granted_by, mandate.confirmed_by) if person]
    return {"mandate": mandate, "institution": _institution(mandate.side), "givers": " et ".join(givers)}


def _waiting(invitation: Invitation, user: User) -> dict[str, object]:
    proposer = invitation.created_by
    may = (
        invitation.awaits_confirmation
        and proposer is not None
        and invitation.email != user.email
        and can_confirm_national(user, proposed_by=proposer)
    )
    return {
        "invitation": invitation,
        "institution": _institution(invitation.side),
        "may_confirm": may,
        "why_not": "" if may or not invitation.awaits_confirmation else why_not_confirm(invitation, user),
    }


def _institution(side: str) -> str:
    return INSTITUTIONS[Side(side)] if side else ""
