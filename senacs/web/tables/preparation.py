"""The person in charge of the preparation: named by both sides of the Copil, who then extracts the raw data."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from senacs.accounts.enums import Side
from senacs.accounts.invitations import LONGEST_PREPARATION, name_preparation, withdraw_invitation
from senacs.accounts.permissions import preparation_sides
from senacs.accounts.queries import extracts_of, preparations_of, preparations_offered_in
from senacs.accounts.services import SHORTEST_PURPOSE, end_mandate
from senacs.observatory.raw_data_extracts import (
    MINIMUM_STRUCTURES,
    ExtractFormat,
    extract_raw_data,
    extractable_releases,
)
from senacs.territories.models import Departement
from senacs.web.proof import fresh_proof
from senacs.web.refusals import refusals
from senacs.web.requests import signed_in
from senacs.web.tables.access import extractable_departement, nameable_departement
from senacs.web.tables.views import XLSX

_TYPES = {
    ExtractFormat.XLSX: XLSX,
    ExtractFormat.CSV: "text/csv; charset=utf-8",
    ExtractFormat.PARQUET: "application/vnd.apache.parquet",
}


class NameForm(forms.Form):
    email = forms.EmailField(
        label="Courriel de la personne",
        help_text="Elle y reçoit une invitation à accepter. Les deux institutions nomment la même personne.",
        error_messages={"required": "Écrivez l’adresse de courriel.", "invalid": "Cette adresse n’est pas complète."},
    )
    ends_on = forms.DateField(
        label="Jusqu’au",
        help_text=f"Dernier jour d’accès, dans {LONGEST_PREPARATION.days} jours au plus.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Donnez le dernier jour d’accès.", "invalid": "Cette date n’existe pas."},
    )


class ExtractForm(forms.Form):
    release = forms.ChoiceField(label="Campagne")
    file_format = forms.ChoiceField(label="Format", choices=[(f.value, f.value.upper()) for f in ExtractFormat])
    purpose = forms.CharField(
        label="À quoi l’extraction va-t-elle servir ?",
        help_text="Les structures concernées le lisent dans « Qui a lu mes données ».",
        min_length=SHORTEST_PURPOSE,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Dites à quoi l’extraction va servir.",
            "min_length": "Dites-le en une phrase : les structures la liront.",
        },
    )


@require_safe
def show(request: HttpRequest, code: str) -> HttpResponse:
    """Who is named, by whom, until when; the extracts already made."""
    return _show(request, nameable_departement(request, code), NameForm())


@require_POST
@fresh_proof
def name(request: HttpRequest, code: str) -> HttpResponse:
    """Names for each side in whose name the member sits."""
    departement, by = nameable_departement(request, code), signed_in(request)
    form = NameForm(request.POST)
    if not form.is_valid():
        return _show(request, departement, form, status=422)
    with refusals(request, form):
        for side in sorted(preparation_sides(by, departement)):
            name_preparation(departement=departement, side=side, by=by, **form.cleaned_data)
        messages.success(
            request,
            "Une invitation est partie. L’accès s’ouvre quand la personne a accepté celles des deux institutions.",
        )
        return redirect("preparation", departement.pk)
    return _show(request, departement, form, status=422)


@require_POST
@fresh_proof
def end(request: HttpRequest, code: str, mandate: int) -> HttpResponse:
    """Takes a naming back before its term, for the institution in whose name the member sits."""
    departement, by = nameable_departement(request, code), signed_in(request)
    held = get_object_or_404(preparations_of(departement), pk=mandate)
    with refusals(request):
        end_mandate(mandate=held, by=by)
        messages.success(request, f"{held.user.get_full_name()} n’accède plus aux données brutes du département.")
    return redirect("preparation", departement.pk)


@require_POST
def withdraw(request: HttpRequest, code: str, invitation: int) -> HttpResponse:
    """Takes back a naming that is not accepted yet, for the institution in whose name the member sits."""
    departement, by = nameable_departement(request, code), signed_in(request)
    waiting = get_object_or_404(preparations_offered_in(departement), pk=invitation)
    with refusals(request):
        withdraw_invitation(invitation=waiting, by=by)
        messages.success(request, f"L’invitation envoyée à {waiting.email} n’ouvre plus rien.")
    return redirect("preparation", departement.pk)


def _show(request: HttpRequest, departement: Departement, form: NameForm, status: int = 200) -> HttpResponse:
    sides = sorted(preparation_sides(signed_in(request), departement))
    named = list(preparations_of(departement))
    taken = {mandate.side for mandate in named if mandate.user.is_active}
    context = {
        "departement": departement,
        "form": form,
        "named": named,
        "offered": preparations_offered_in(departement),
        "extracts": extracts_of(departement)[:50],
        "sides": [Side(side).label for side in sides],
        "mine": sides,
        # One person a territory (charter 3.2): the form comes back when the naming in force is ended.
        "may_name": any(side not in taken for side in sides),
    }
    return render(request, "tables/preparation.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_proof
def extracts(request: HttpRequest, code: str) -> HttpResponse:
    """The form of an extract, then its file."""
    departement, by = extractable_departement(request, code), signed_in(request)
    releases = {release.name: release for release in extractable_releases()}
    form = ExtractForm(request.POST or None)
    form.fields["release"].choices = [  # type: ignore[attr-defined]
        (name, f"Données {release.campaign.data_year}, publication {name}") for name, release in releases.items()
    ]
    if form.is_valid():
        given = form.cleaned_data
        file_format = ExtractFormat(given["file_format"])
        with refusals(request, form):
            extract = extract_raw_data(
                departement=departement,
                release=releases[given["release"]],
                file_format=file_format,
                purpose=given["purpose"],
                by=by,
            )
            reply = HttpResponse(extract.content, content_type=_TYPES[file_format])
            reply["Content-Disposition"] = f'attachment; filename="{extract.filename}"'
            return reply
    context = {
        "departement": departement,
        "form": form,
        "releases": releases,
        "minimum": MINIMUM_STRUCTURES,
        "extracts": extracts_of(departement).filter(user=by)[:50],
    }
    return render(request, "tables/extracts.html", context, status=422 if form.is_bound else 200)
