"""The questions of a section: the page, its plain form, the saves of the browser's queue."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from senacs.accounts.permissions import can_ask
from senacs.collection.models import Response
from senacs.collection.queries import compiled_of
from senacs.lib.refusals import NotAllowed, Refused
from senacs.questionnaire.engine.schema import Section
from senacs.web.answers import answers_of
from senacs.web.incoming import body_of, sent
from senacs.web.requests import signed_in
from senacs.web.structure.access import own_response_held, writable_response
from senacs.web.structure.entry import saving
from senacs.web.structure.entry.section import section_context
from senacs.web.structure.entry.taking_over import take_over
from senacs.web.structure.standing import standing_of

NOT_THEIRS = "Vous ne saisissez pas, ou plus, pour cette structure : cette réponse n’est pas enregistrée."


@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """The questions of a section; the plain form does all that the script does, a whole section at a time."""
    if request.method == "POST":
        return _save_section(request, pk, code)
    response = answers_of(request, pk)
    user = signed_in(request)
    standing, may_ask = standing_of(response, user), can_ask(user, response.structure)
    context = section_context(response, _section(response, code), may_write=standing.may_write, may_ask=may_ask)
    context["standing"] = standing
    return render(request, "structure/section.html", context)


@transaction.atomic
def _save_held(request: HttpRequest, pk: int, code: str) -> saving.SectionSave:
    response = own_response_held(request, pk)
    section = _section(response, code)
    return saving.save_form(response=response, section=section, data=request.POST, by=signed_in(request))


def _save_section(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    try:
        saved = _save_held(request, pk, code)
        response = saved.result.response
        current = _section(response, code)
        take_over(response=response, section=current, data=request.POST, by=signed_in(request))
    except Refused as refusal:
        response = writable_response(request, pk)
        return render(request, "structure/refused.html", {"refusal": refusal, "response": response}, status=409)
    if told := saved.noted_in(current):
        messages.info(request, told)
    if saved.errors:
        may_ask = can_ask(signed_in(request), response.structure)
        context = section_context(
            response, current, may_write=True, may_ask=may_ask, errors=saved.errors, typed=saved.typed
        )
        return render(request, "structure/section.html", context, status=422)
    return redirect(_after_section(request, saved, current))


def _after_section(request: HttpRequest, saved: saving.SectionSave, current: Section) -> str:
    pk = saved.result.response.pk
    form = sent(request)
    if form.text("action") == "suivant":
        following = saving.section_after(current, saved.result)
        return reverse("saisie_section", args=[pk, following]) if following else reverse("saisie_review", args=[pk])
    anchor = form.text("reprendre") or form.text("effacer") or "contenu"
    return f"{reverse('saisie_section', args=[pk, current.code])}#{'contenu' if anchor == '*' else f'champ-{anchor}'}"


def _section(response: Response, code: str) -> Section:
    try:
        return compiled_of(response).questionnaire.section(code)
    except KeyError as error:
        raise Http404(f"Le questionnaire n’a pas de rubrique « {code} ».") from error


@require_POST
def autosave(request: HttpRequest, pk: int) -> JsonResponse:
    """One entry of the browser's queue; see `saving` for the JSON both ways."""
    try:
        entry = saving.read_autosave(body_of(request))
        with transaction.atomic():
            response = own_response_held(request, pk)
            result = saving.autosave(response=response, entry=entry, by=signed_in(request))
    except saving.BadPayload as error:
        writable_response(request, pk)
        return JsonResponse({"message": str(error)}, status=400)
    except RequestDataTooBig:
        return JsonResponse({"message": "Cet envoi est trop volumineux : 5\u00a0Mo au plus."}, status=413)
    except NotAllowed as refusal:
        return JsonResponse({"message": refusal.message}, status=403)
    except Refused as refusal:
        return JsonResponse({"message": refusal.message}, status=409)
    except (Http404, PermissionDenied) as missing:
        # The page may be open since before: whoever was removed is told so, not that the site does not answer.
        return JsonResponse({"message": NOT_THEIRS}, status=404 if isinstance(missing, Http404) else 403)
    return JsonResponse(saving.told(result))
