"""The structure's own software: its tokens, and the values that it proposes, accepted or refused by a person."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from senacs.accounts.permissions import can_enter, can_manage_tokens
from senacs.collection.models import ApiToken, Proposal, Response
from senacs.collection.proposals import accept_proposals, refuse_proposals
from senacs.collection.queries import compiled_of, environment
from senacs.collection.services import SaveResult, reading_of
from senacs.collection.tokens import create_token, revoke_token
from senacs.lib import french
from senacs.questionnaire.engine.values import NOT_CONCERNED, InputError, format_value
from senacs.web.incoming import sent
from senacs.web.proof import fresh_proof
from senacs.web.refusals import refusals
from senacs.web.requests import signed_in
from senacs.web.structure.access import own_response

# The value of the buttons that decide on everything that waits.
EVERY = "*"


class TokenForm(forms.Form):
    label = forms.CharField(
        label="Nom du logiciel", max_length=80, error_messages={"required": "Donnez le nom du logiciel."}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_proof
def tokens(request: HttpRequest, pk: int) -> HttpResponse:
    """The software that may propose values; a new token's secret is shown on this answer only."""
    response, user = own_response(request, pk), signed_in(request)
    form, secret = TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        with refusals(request, form, "label"):
            _, secret = create_token(structure=response.structure, label=form.cleaned_data["label"], by=user)
            form = TokenForm()
    context = {
        "response": response,
        "form": form,
        "secret": secret,
        "tokens": response.structure.api_tokens.select_related("structure", "mandate__user", "created_by").order_by(
            "-created_at", "-pk"
        ),
        "may_manage": can_manage_tokens(user, response.structure),
    }
    return render(request, "structure/tokens.html", context, status=422 if form.errors else 200)


@require_POST
@fresh_proof
def revoke(request: HttpRequest, pk: int, token: int) -> HttpResponse:
    response = own_response(request, pk)
    found = get_object_or_404(ApiToken.objects.select_related("structure"), pk=token, structure=response.structure)
    with refusals(request):
        revoke_token(token=found, by=signed_in(request))
        messages.success(request, f"« {found.label} » n’a plus d’accès.")
    return redirect("saisie_tokens", response.pk)


@dataclass(frozen=True, slots=True)
class Proposed:
    """One proposal beside what the response holds and what last year said."""

    proposal: Proposal
    label: str
    section: str
    value: str
    received: str  # as it came, when it is not kept as such
    current: str
    previous: str


@require_http_methods(["GET", "HEAD", "POST"])
def proposals(request: HttpRequest, pk: int) -> HttpResponse:
    """Values proposed by the software, accepted or refused one by one or all at once."""
    response = own_response(request, pk)
    if request.method == "POST":
        return _decide(request, response)
    context = {
        "response": response,
        "proposed": _proposed(response),
        "may_write": response.is_editable and can_enter(signed_in(request), response.structure),
        "previous_year": response.campaign.data_year - 1,
    }
    return render(request, "structure/proposals.html", context)


def _decide(request: HttpRequest, response: Response) -> HttpResponse:
    user, form = signed_in(request), sent(request)
    waiting = response.proposals.pending()
    if EVERY not in {form.text("accepter"), form.text("refuser")}:
        waiting = waiting.filter(pk__in=[*form.numbers("accepter"), *form.numbers("refuser")])
    with refusals(request):
        if "accepter" in form:
            result = accept_proposals(
                response=response,
                proposals=waiting,
                by=user,
                seen=form.number("seen") or 0,
            )
            _tell(request, response, result)
        elif "refuser" in form:
            count = french.plural(
                refuse_proposals(response=response, proposals=waiting, by=user), "valeur refusée", "valeurs refusées"
            )
            messages.success(request, f"{count}.")
    return redirect("saisie_proposals", response.pk)


def _tell(request: HttpRequest, response: Response, result: SaveResult) -> None:
    fields = compiled_of(response).questionnaire.fields
    if result.saved:
        count = french.plural(len(result.saved), "valeur acceptée", "valeurs acceptées")
        messages.success(request, f"{count}.")
    for code, reason in result.refused.items():
        messages.error(request, f"{fields[code].label if code in fields else code} : {reason}")
    for code in result.conflicts:
        messages.error(
            request, f"{fields[code].label} : votre réponse a changé entre-temps. Comparez de nouveau, puis choisissez."
        )


def _proposed(response: Response) -> list[Proposed]:
    compiled, at = compiled_of(response), environment(response)
    fields = compiled.questionnaire.fields
    titles = {section.code: f"{section.letter}. {section.title}" for section in compiled.questionnaire.sections}
    waiting = {p.code: p for p in response.proposals.pending().select_related("token")}
    found = []
    for code, field in fields.items():
        if code not in waiting:
            continue
        proposal = waiting[code]
        try:
            reading = reading_of(compiled, code, NOT_CONCERNED if proposal.raw is None else proposal.raw)
        except InputError as error:
            text, received = str(error), ""
        else:
            text, received = format_value(field, reading.value), str(proposal.raw) if reading.note else ""
        now, before = at.env.get(code), at.previous.get(code)
        found.append(
            Proposed(
                proposal, field.label, titles[field.section], text, received,
                "sans réponse" if now is None else format_value(field, now),
                "–" if before is None else format_value(field, before),
            )
        )  # fmt: skip
    return found
