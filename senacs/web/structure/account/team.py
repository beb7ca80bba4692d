"""The people who enter for a structure: the responsable invites and removes suppléants without anybody's help."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from senacs.accounts.enums import Role
from senacs.accounts.invitations import invite_deputy, withdraw_invitation
from senacs.accounts.models import Invitation, Mandate, User
from senacs.accounts.permissions import can_invite_deputy
from senacs.accounts.queries import invitations_of, mandates_of
from senacs.accounts.services import remove_deputy
from senacs.collection.readings import structures_entered_by
from senacs.structures.models import Structure
from senacs.web.proof import fresh_proof
from senacs.web.refusals import refusals
from senacs.web.requests import signed_in
from senacs.web.structure.access import entered_structures


class DeputyForm(forms.Form):
    first_name = forms.CharField(label="Prénom", max_length=80, error_messages={"required": "Écrivez le prénom."})
    last_name = forms.CharField(label="Nom", max_length=80, error_messages={"required": "Écrivez le nom."})
    email = forms.EmailField(
        label="Courriel",
        help_text="La personne y reçoit un lien pour accepter l’invitation et choisir son mot de passe.",
        error_messages={
            "required": "Écrivez l’adresse de courriel.",
            "invalid": "Cette adresse n’est pas complète : il faut un nom, une arobase et un domaine.",
        },
    )


@dataclass(frozen=True, slots=True)
class Team:
    structure: Structure
    mandates: list[Mandate]
    invitations: list[Invitation]
    may_invite: bool
    form: DeputyForm


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    return _show(request, signed_in(request))


def _show(request: HttpRequest, user: User, refused: dict[int, DeputyForm] | None = None) -> HttpResponse:
    structures = entered_structures(request)
    teams = [
        Team(
            structure,
            list(mandates_of(structure)),
            list(invitations_of(structure)),
            can_invite_deputy(user, structure),
            (refused or {}).get(structure.pk) or DeputyForm(auto_id=f"id_{structure.pk}_%s"),
        )
        for structure in structures
    ]
    context = {"teams": teams, "deputy": Role.SUPPLEANT}
    return render(request, "structure/team.html", context, status=422 if refused else 200)


@require_POST
@fresh_proof
def invite(request: HttpRequest, structure: int) -> HttpResponse:
    user = signed_in(request)
    place = get_object_or_404(Structure.objects.filter(pk__in=structures_entered_by(user)), pk=structure)
    form = DeputyForm(request.POST, auto_id=f"id_{structure}_%s")
    if not form.is_valid():
        return _show(request, user, {structure: form})
    with refusals(request, form, "email"):
        invitation = invite_deputy(structure=place, by=user, **form.cleaned_data)
        messages.success(
            request,
            f"Une invitation est partie à {invitation.email} : {invitation.get_full_name()} pourra saisir après l’avoir"
            " acceptée.",
        )
        return redirect("saisie_team")
    return _show(request, user, {structure: form})


@require_POST
@fresh_proof
def remove(request: HttpRequest, mandate: int) -> HttpResponse:
    user = signed_in(request)
    held = get_object_or_404(Mandate.objects.current().filter(structure__in=structures_entered_by(user)), pk=mandate)
    name = held.user.get_full_name()
    with refusals(request):
        remove_deputy(mandate=held, by=user)
        messages.success(request, f"{name} ne peut plus saisir. Ce que cette personne a saisi reste enregistré.")
    return redirect("saisie_team")


@require_POST
def withdraw(request: HttpRequest, invitation: int) -> HttpResponse:
    user = signed_in(request)
    waiting = get_object_or_404(
        Invitation.objects.pending().filter(structure__in=structures_entered_by(user)), pk=invitation
    )
    with refusals(request):
        withdraw_invitation(invitation=waiting, by=user)
        messages.success(request, f"L’invitation envoyée à {waiting.email} n’ouvre plus rien.")
    return redirect("saisie_team")
