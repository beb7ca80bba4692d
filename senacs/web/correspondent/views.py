"""Follow-up by the correspondents: the list, one response, what they decide about it, reminders."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from senacs.accounts.enums import CORRESPONDENT_ROLES, Role
from senacs.accounts.models import User
from senacs.accounts.permissions import can_review, has_role, people_of
from senacs.campaigns.phases import PhaseAct, allows
from senacs.campaigns.queries import current_campaign, days_left
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.collection.queries import compiled_of, environment, follow, history_of, read_by_right, responses_followed_by
from senacs.lib.french import plural
from senacs.lib.text import search_key
from senacs.questionnaire.engine.repetition import repeated_blocks
from senacs.questionnaire.engine.schema import Field
from senacs.questionnaire.queries import get_compiled
from senacs.review import services
from senacs.review.enums import FlagState
from senacs.review.models import DoubtfulCell, Flag
from senacs.review.permissions import can_reopen, can_return, can_validate, can_withdraw_contest
from senacs.review.queries import (
    flags_by_field,
    residual_of,
    review_list,
    settled_messages,
    story,
    to_look_at_again,
    was_rechecked,
    worst_cells,
)
from senacs.review.seen import seal_of, seals_of
from senacs.review.suggestions import suggestions_for
from senacs.review.validation import clear_responses, obstacle_to_validation, validate_response, wait_of
from senacs.web.answers import answers_of
from senacs.web.correspondent.access import follower, read_by_follower, reviewed_by
from senacs.web.correspondent.flags import boxes_of, flag_views, threads_of
from senacs.web.correspondent.forms import AGAIN, UNTOUCHED, FilterForm, ReasonForm
from senacs.web.correspondent.page import parts_of
from senacs.web.correspondent.priorities import NOT_YET, last_reading, ranked, told
from senacs.web.history import changes_of
from senacs.web.incoming import asked, query_without_page, sent
from senacs.web.refusals import refusals
from senacs.web.requests import signed_in

PER_PAGE = 40
# Validated responses to look at again, shown beside the list; the others are a click away.
FEW = 5


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The responses of the territory, what asks for attention first."""
    user = follower(request)
    campaign = current_campaign()
    if campaign is None:
        return render(request, "correspondent/no_campaign.html")
    form = FilterForm(request.GET)
    followed = review_list(user, campaign).defer("values")
    responses = _filtered(followed, form)
    page = Paginator(responses, PER_PAGE).get_page(asked(request).page())
    fields = get_compiled(campaign.version).questionnaire.fields
    listed = list(page.object_list)
    clear = set(
        clear_responses(responses_followed_by(user).filter(pk__in=[r.pk for r in listed])).values_list("pk", flat=True)
    )
    validates = has_role(user, *CORRESPONDENT_ROLES)
    seals = seals_of([response for response in listed if response.pk in clear]) if validates else {}
    context = {
        "campaign": campaign,
        "days_left": days_left(campaign),
        "follow": follow(user, campaign),
        "form": form,
        "page": page,
        "lines": ranked(listed, _reasons(user, listed), fields, seals),
        "again": _again(request, user, followed, fields),
        "can_validate": bool(seals),
        "reads_answers": validates,
        "residual": told(residual_of(user, campaign), fields) if was_rechecked(campaign) else NOT_YET,
        "can_remind": allows(campaign.phase, PhaseAct.REMIND),
        "query": query_without_page(request),
    }
    return render(request, "correspondent/home.html", context)


def _reasons(user: User, listed: list[Response]) -> Mapping[int, DoubtfulCell]:
    """The worst cell of each response whose answers the user reads by right: it tells of an answer."""
    if not has_role(user, *CORRESPONDENT_ROLES):
        return {}
    if has_role(user, Role.NATIONAL):
        listed = read_by_right(user, listed)
    return worst_cells(listed)


def _again(
    request: HttpRequest, user: User, followed: QuerySet[Response], fields: Mapping[str, Field]
) -> dict[str, object] | None:
    """The first validated responses to look at again, on the list's first page only."""
    if asked(request):
        return None
    found = to_look_at_again(followed)
    first = list(found[:FEW])
    count = found.count() if len(first) == FEW else len(first)
    return {"count": count, "lines": ranked(first, _reasons(user, first), fields, {}), "filter": AGAIN}


def _filtered(responses: QuerySet[Response], form: FilterForm) -> QuerySet[Response]:
    if not form.is_valid():
        return responses
    if words := search_key(form.cleaned_data["q"]):
        responses = responses.filter(
            Q(structure__search_name__contains=words) | Q(structure__commune__search_name__contains=words)
        )
    if form.cleaned_data["etat"] == AGAIN:
        responses = to_look_at_again(responses)
    elif form.cleaned_data["etat"] == UNTOUCHED:
        responses = responses.filter(state=ResponseState.DRAFT, revision=0)
    elif state := form.cleaned_data["etat"]:
        responses = responses.filter(state=state)
        if state == ResponseState.DRAFT:
            responses = responses.filter(revision__gt=0)
    if kind := form.cleaned_data["type"]:
        responses = responses.filter(invited__kind=kind)
    return responses


@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One response: what the control found, what was answered, what happened."""
    return _show(request, read_by_follower(request, pk), ReasonForm())


def _show(request: HttpRequest, response: Response, form: ReasonForm, status: int = 200) -> HttpResponse:
    user = signed_in(request)
    at = environment(response)
    flags = flags_by_field(response)
    views = flag_views(response, at, by=user)
    settled = settled_messages(view.flag for view in views)
    boxes, alone = boxes_of(views, suggestions_for(response, at, explained=settled))
    wait = wait_of(response, user)
    # Once the campaign is closed nothing of a response changes: neither button nor reading before it.
    is_open = response.campaign.accepts_entry
    may_validate = is_open and (can_validate(user, response) or (wait is not None and wait.is_over))
    context = {
        "response": response,
        "boxes": boxes,
        "repeated": repeated_blocks(compiled_of(response), at.env, at.context, at.previous),
        "flags": [view for view in alone if not view.is_information],
        "informations": [view for view in alone if view.is_information],
        "explained": sum(view.flag.state == FlagState.JUSTIFIED for view in views),
        "threads": threads_of(response),
        "parts": parts_of(response, at, flags),
        "story": story(response),
        "people": people_of(response.structure),
        "form": form,
        "seen": seal_of(response),
        "may_review": can_review(user, response.structure),
        "may_ask": can_review(user, response.structure) and response.state != ResponseState.VALIDATED,
        "may_judge": can_review(user, response.structure) and response.state == ResponseState.SUBMITTED,
        "may_validate": may_validate,
        "obstacle": obstacle_to_validation(response) if may_validate else None,
        "last": last_reading(response, compiled_of(response).questionnaire.fields, user) if may_validate else None,
        "wait": wait,
        "may_withdraw": is_open and can_withdraw_contest(user, response),
        "may_return": is_open and can_return(user, response),
        "may_reopen": is_open and can_reopen(user, response),
    }
    return render(request, "correspondent/response.html", context, status=status)


@require_safe
def history(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Every change of one value: when, by whom, from what to what, why."""
    response = read_by_follower(request, pk)
    field = compiled_of(response).questionnaire.fields.get(code)
    if field is None:
        raise Http404
    context = {
        "response": response,
        "title": field.label,
        "is_computed": field.is_computed,
        "changes": changes_of(history_of(response, code), [field]),
        "back_url": f"{reverse('suivi_response', args=[pk])}#champ-{code}",
    }
    return render(request, "site/history.html", context)


def _validate(response: Response, by: User, _reason: str, seen: str) -> str:
    response = validate_response(response=response, by=by, seen=seen)
    if response.state == ResponseState.VALIDATED:
        return "La réponse est validée : la structure en est informée."
    return "Votre accord est enregistré : celui de l’autre correspondant est attendu."


def _return(response: Response, by: User, reason: str, _seen: str) -> str:
    services.return_response(response=response, by=by, reason=reason)
    return "La réponse est retournée à la structure, qui en est informée par courriel."


def _reopen(response: Response, by: User, reason: str, _seen: str) -> str:
    services.reopen_response(response=response, by=by, reason=reason)
    return "La réponse est rouverte : la structure peut la corriger."


def _contest(response: Response, by: User, reason: str, _seen: str) -> str:
    services.contest_response(response=response, by=by, reason=reason)
    return "La contestation est enregistrée : les deux correspondants devront donner leur accord."


def _withdraw(response: Response, by: User, _reason: str, _seen: str) -> str:
    services.withdraw_contest(response=response, by=by)
    return "La contestation est retirée."


def _accept_explanations(response: Response, by: User, _reason: str, seen: str) -> str:
    accepted = services.accept_justifications(response=response, by=by, seen=seen)
    return f"{plural(len(accepted), 'explication acceptée', 'explications acceptées')}."


ACTS: dict[str, tuple[Callable[[Response, User, str, str], str], bool]] = {
    "valider": (_validate, False),
    "retourner": (_return, True),
    "rouvrir": (_reopen, True),
    "contester": (_contest, True),
    "retirer-contestation": (_withdraw, False),
    "accepter-explications": (_accept_explanations, False),
}


@require_POST
def act_on_response(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    response = reviewed_by(request, pk)
    if act not in ACTS:
        raise Http404
    service, needs_reason = ACTS[act]
    form = ReasonForm(request.POST)
    if needs_reason and not form.is_valid():
        return _show(request, answers_of(request, pk), form, status=422)
    reason = form.cleaned_data.get("reason", "") if form.is_valid() else ""
    seen = sent(request).text("seen")
    _attempt(request, lambda: service(response, signed_in(request), reason, seen))
    return redirect("suivi_response", response.pk)


@require_POST
def judge_flag(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Accepts an explanation, or finds it insufficient."""
    judges = {"accepter": services.accept_justification, "refuser": services.reject_justification}
    flag = get_object_or_404(Flag, pk=pk)
    response = reviewed_by(request, flag.response_id)
    if act not in judges:
        raise Http404
    done = {"accepter": "L’explication est acceptée.", "refuser": "L’explication est refusée : le point reste ouvert."}

    def judge() -> str:
        judges[act](flag=flag, by=signed_in(request), seen=sent(request).text("seen"))
        return done[act]

    _attempt(request, judge)
    return redirect("suivi_response", response.pk)


def _attempt(request: HttpRequest, service: Callable[[], str]) -> None:
    """Runs a service and tells what became of it."""
    with refusals(request):
        messages.success(request, service())
