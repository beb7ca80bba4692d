"""« Mes données »: what the site holds on a person, taken away, and the right to object; the register of processing."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from senacs.accounts.models import User
from senacs.accounts.objections import effect_of, lift_objection, liftable_objections, object_to, title_of
from senacs.accounts.own_data import as_document, held_on
from senacs.accounts.permissions import current_mandates
from senacs.accounts.processing import processing_register
from senacs.structures.models import Structure
from senacs.web.incoming import sent
from senacs.web.refusals import refusals
from senacs.web.requests import signed_in


class ObjectionForm(forms.Form):
    processing = forms.ChoiceField(
        label="À quel traitement vous opposez-vous ?", error_messages={"required": "Choisissez un traitement."}
    )
    structure = forms.ModelChoiceField(
        Structure.objects.none(),
        label="Au nom de",
        required=False,
        empty_label="moi-même",
        error_messages={"invalid_choice": "Vous ne saisissez pas pour cette structure."},
    )
    reason = forms.CharField(
        label="Pourquoi",
        help_text="Ce qui, dans votre situation, s’y oppose. L’équipe nationale le lit et vous répond en un mois.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Dites ce qui, dans votre situation, s’y oppose."},
    )

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choices = [(entry.code, entry.title) for entry in processing_register().open_to_objection]
        self.fields["processing"].choices = choices  # type: ignore[attr-defined]
        entered = [m.structure_id for m in current_mandates(user) if m.structure_id]
        found = Structure.objects.filter(pk__in=entered).order_by("name", "pk")
        self.fields["structure"].queryset = found  # type: ignore[attr-defined]
        if not entered:
            del self.fields["structure"]


@login_not_required
@require_safe
def processing(request: HttpRequest) -> HttpResponse:
    """The register of processing, open to everyone."""
    return render(request, "site/processing.html", {"register": processing_register()})


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    return _show(request, ObjectionForm(user=signed_in(request)))


@require_safe
def document(request: HttpRequest) -> HttpResponse:
    """The same as a document to take away."""
    reply = JsonResponse(as_document(signed_in(request)), json_dumps_params={"ensure_ascii": False, "indent": 1})
    reply.headers["Content-Disposition"] = 'attachment; filename="senacs-mes-donnees.json"'
    return reply


@require_POST
def object_(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    form = ObjectionForm(request.POST, user=user)
    if form.is_valid():
        with refusals(request, form, "reason"):
            object_to(by=user, **form.cleaned_data)
            messages.success(request, "Votre opposition est enregistrée : une réponse vous est due en un mois.")
            return redirect("own_data")
    return _show(request, form)


@require_POST
def lift(request: HttpRequest) -> HttpResponse:
    """Takes back an objection that was granted: the posted one, if it is among one's own."""
    user = signed_in(request)
    with refusals(request):
        lift_objection(number=sent(request).number("objection"), by=user)
        messages.success(request, "Opposition levée.")
    return redirect("own_data")


def _show(request: HttpRequest, form: ObjectionForm) -> HttpResponse:
    titles = {entry.code: entry.title for entry in processing_register().entries}
    tables = [(table, titles[table.why]) for table in held_on(signed_in(request))]
    standing = [(one, title_of(one), effect_of(one)) for one in liftable_objections(signed_in(request))]
    context = {"tables": tables, "form": form, "register": processing_register(), "standing": standing}
    return render(request, "site/own_data.html", context, status=422 if form.errors else 200)
