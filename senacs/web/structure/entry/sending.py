"""The end of the entry: check the answers, explain, send; the receipt and the copies."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from senacs.accounts.models import User
from senacs.accounts.permissions import can_submit
from senacs.collection import copies
from senacs.collection.models import Response
from senacs.collection.queries import compiled_of, environment, history_of_fields
from senacs.lib.refusals import Refused
from senacs.questionnaire.engine.repetition import repeated_blocks
from senacs.review.services import justify_flag, refresh_flags, submit_response, take_back_response
from senacs.web.answers import answers_of
from senacs.web.history import changes_of
from senacs.web.incoming import sent
from senacs.web.requests import signed_in
from senacs.web.structure import dashboard
from senacs.web.structure.access import own_response
from senacs.web.structure.entry.summary import summary_of
from senacs.web.structure.standing import standing_of

# Names of the textareas of the explanations, one a rule.
JUSTIFICATION = "j-"

COPIES: dict[str, tuple[str, Callable[[Response], Any]]] = {
    "pdf": ("application/pdf", copies.as_pdf),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", copies.as_xlsx),
    "json": ("application/json", copies.as_document),
}


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """« Vérifier et envoyer »: what is missing, what must be corrected or explained; the form sends all at once."""
    if request.method == "POST":
        return _explain_and_send(request, own_response(request, pk))
    return _show_review(request, answers_of(request, pk))


def _show_review(
    request: HttpRequest, response: Response, *, refusal: Refused | None = None, typed: dict[str, str] | None = None
) -> HttpResponse:
    at = environment(response)
    tasks = dashboard.tasks_of(response, at)
    standing = standing_of(response, signed_in(request))
    may_send = standing.may_write and can_submit(signed_in(request), response.structure)
    context = {
        "response": response,
        "tasks": tasks,
        "minutes_left": sum(task.minutes_left for task in tasks),
        "summary": summary_of(response, at, typed=typed),
        "repeated": repeated_blocks(compiled_of(response), at.env, at.context, at.previous),
        "refusal": refusal,
        "standing": standing,
        "heading": "Vérifier et envoyer" if may_send else standing.title,
        "may_send": may_send,
        "is_own": can_submit(signed_in(request), response.structure),
    }
    return render(request, "structure/review.html", context, status=409 if refusal else 200)


def _explain_and_send(request: HttpRequest, response: Response) -> HttpResponse:
    user = signed_in(request)
    form = sent(request)
    typed = {
        name.removeprefix(JUSTIFICATION): form.text(name).strip() for name in form if name.startswith(JUSTIFICATION)
    }
    try:
        _explain(response, typed, user)
        if form.text("action") == "envoyer":
            submit_response(response=response, by=user)
            return redirect("saisie_sent", response.pk)
    except Refused as refusal:
        return _show_review(request, answers_of(request, response.pk), refusal=refusal, typed=typed)
    return redirect("saisie_review", response.pk)


def _explain(response: Response, typed: dict[str, str], user: User) -> None:
    refresh_flags(response=response)
    for flag in response.flags.open().filter(rule_code__in=[rule for rule, text in typed.items() if text]):
        justify_flag(flag=flag, by=user, text=typed[flag.rule_code])


@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The structure takes back what it has sent, until a correspondent has begun the control."""
    response = own_response(request, pk)
    try:
        take_back_response(response=response, by=signed_in(request))
    except Refused as refusal:
        return render(request, "structure/refused.html", {"refusal": refusal, "response": response}, status=409)
    messages.success(request, "Votre réponse est de nouveau à vous : corrigez, puis envoyez-la.")
    return redirect("saisie_dashboard", response.pk)


@require_safe
def confirmation(request: HttpRequest, pk: int) -> HttpResponse:
    """The receipt: when, by whom, and the checksum of what was sent."""
    response = answers_of(request, pk)
    if response.submitted_at is None:
        raise Http404("Cette réponse n’a pas encore été envoyée.")
    context = {
        "response": response,
        "standing": standing_of(response, signed_in(request)),
        "receipts": response.receipts.select_related("by").defer("compressed").order_by("-number"),
        "contacts": dashboard.contacts_of(response.structure),
    }
    return render(request, "structure/confirmation.html", context)


@require_safe
def receipt(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The PDF of one sending, byte for byte as its letter says; its address never changes."""
    response = answers_of(request, pk)
    kept = get_object_or_404(response.receipts, number=number)
    reply = HttpResponse(kept.pdf, content_type="application/pdf")
    name = f"senacs-{response.campaign.year}-{response.structure.code}-envoi-{kept.number}.pdf"
    reply.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return reply


@require_safe
def answers(request: HttpRequest, pk: int) -> HttpResponse:
    """Every answer on one page, to read again or to print."""
    response = answers_of(request, pk)
    at = environment(response)
    return render(request, "structure/answers.html", {"response": response, "summary": summary_of(response, at)})


@require_safe
def history(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Every change of the values of one question, as the correspondents read them: when, by whom, what."""
    response = answers_of(request, pk)
    question = compiled_of(response).questionnaire.questions.get(code)
    if question is None:
        raise Http404(f"Le questionnaire n’a pas de question « {code} ».")
    codes = [field.code for field in question.fields]
    context = {
        "response": response,
        "title": question.label,
        "is_computed": all(field.is_computed for field in question.fields),
        "has_cells": question.grid is not None,
        "changes": changes_of(history_of_fields(response, codes), question.fields),
        "back_url": f"{reverse('saisie_section', args=[pk, question.section])}#q-{code}",
    }
    return render(request, "site/history.html", context)


@require_safe
def copy(request: HttpRequest, pk: int, format: str) -> HttpResponse:
    """The answers as a file to keep."""
    if format not in COPIES:
        raise Http404(f"Pas de copie au format « {format} ».")
    response = answers_of(request, pk)
    content_type, made = COPIES[format]
    name = f"senacs-{response.campaign.year}-{slugify(response.structure.name)[:60]}.{format}"
    content = made(response)
    if isinstance(content, dict):
        reply: HttpResponse = JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 2})
    else:
        reply = HttpResponse(content, content_type=content_type)
    reply.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return reply
