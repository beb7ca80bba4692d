"""What correspondents say at a cell: queries opened, taken up, closed, reminded; rules waived; points passed over."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from senacs.accounts.models import User
from senacs.accounts.permissions import can_review
from senacs.campaigns.queries import current_campaign
from senacs.collection.enums import ResponseState
from senacs.collection.queries import compiled_of, environment, responses_followed_by
from senacs.questionnaire.engine.values import format_value
from senacs.review import demandes, services
from senacs.review.models import Flag, Query
from senacs.review.queries import queries_waiting_for, threads_by_field
from senacs.review.validation import validate_in_bulk
from senacs.review.waivers import waive_flag
from senacs.web.correspondent.access import correspondent, follower, read_by_follower, reviewed_by
from senacs.web.correspondent.flags import own_drawing
from senacs.web.correspondent.forms import QueryForm, ReasonForm
from senacs.web.incoming import asked, sent
from senacs.web.refusals import refusals
from senacs.web.requests import signed_in


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every query of the territory that is not closed, the oldest first; queries quote answers: for correspondents."""
    user = correspondent(request)
    campaign = current_campaign()
    if campaign is None:
        return render(request, "correspondent/no_campaign.html")
    queries = list(queries_waiting_for(user, campaign))
    fields = compiled_of(queries[0].response).questionnaire.fields if queries else {}
    rows = [(query, fields[query.field_code].label) for query in queries if query.field_code in fields]
    return render(request, "correspondent/demandes.html", {"campaign": campaign, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def cell(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """One cell: its value, its thread, and the form to ask."""
    response = read_by_follower(request, pk)
    field = compiled_of(response).questionnaire.fields.get(code)
    if field is None:
        raise Http404
    user = signed_in(request)
    form = QueryForm(request.POST or None, initial={"proposal": asked(request).text("valeur")})
    if request.method == "POST" and form.is_valid():
        text, proposal = form.cleaned_data["text"], form.cleaned_data["proposal"]
        done = _attempt(
            request,
            lambda: demandes.open_query(response=response, field_code=code, by=user, text=text, proposal=proposal),
            "La demande est envoyée à la structure.",
        )
        if done:
            return redirect("suivi_cell", pk, code)
    at = environment(response)
    threads, may_review = threads_by_field(response).get(code, []), can_review(user, response.structure)
    context = {
        "response": response,
        "field": field,
        "value": format_value(field, at.env.get(code)),
        "previous": format_value(field, at.previous.get(code)),
        "drawing": own_drawing(response, field, at),
        "threads": threads,
        "may_ask": may_review
        and response.state != ResponseState.VALIDATED
        and not any(thread.is_standing for thread in threads),
        "may_review": may_review,
        "form": form,
    }
    return render(request, "correspondent/cell_page.html", context)


ACTS: dict[str, tuple[Callable[[Query, User, str, str], object], str]] = {
    "clore": (lambda q, by, t, p: demandes.close_query(query=q, by=by), "La demande est close."),
    "rappeler": (lambda q, by, t, p: demandes.remind_query(query=q, by=by), "Un rappel est parti."),
    "redemander": (
        lambda q, by, t, p: demandes.ask_again(query=q, by=by, text=t, proposal=p),
        "La demande repart vers la structure.",
    ),
}


@require_POST
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    query = get_object_or_404(Query.objects.visible_to(signed_in(request)), pk=pk)
    follower(request)
    if act not in ACTS:
        raise Http404
    form = QueryForm(request.POST)
    texts = form.cleaned_data if form.is_valid() else {"text": "", "proposal": ""}
    service, done = ACTS[act]
    _attempt(request, lambda: service(query, signed_in(request), texts["text"], texts["proposal"]), done)
    return redirect("suivi_cell", query.response_id, query.field_code)


@require_POST
def waive(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives one side's agreement to set a blocking rule aside."""
    flag = _flag(request, pk)
    reason = sent(request).text("reason")

    def waive_it() -> str:
        seen = sent(request).text("seen")
        if waive_flag(flag=flag, by=signed_in(request), reason=reason, seen=seen).is_granted:
            return "Le point est levé, par les deux correspondants."
        return "Votre accord est enregistré : le point sera levé quand l’autre correspondant aura donné le sien."

    _attempt(request, waive_it)
    return redirect("suivi_response", flag.response_id)


@require_POST
def pass_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Passes over a point that is not blocking, with the reason."""
    flag = _flag(request, pk)
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    by, seen = signed_in(request), sent(request).text("seen")
    _attempt(request, lambda: services.pass_flag(flag=flag, by=by, reason=reason, seen=seen), "Le point est réglé.")
    return redirect("suivi_response", flag.response_id)


@require_POST
def validate_chosen(request: HttpRequest) -> HttpResponse:
    """Validates the chosen responses that have nothing open."""
    user = follower(request)
    given = sent(request)
    chosen = given.numbers("responses")
    seen = {pk: given.text(f"seen-{pk}") for pk in chosen}
    result = validate_in_bulk(responses=responses_followed_by(user).filter(pk__in=chosen), by=user, seen=seen)
    if result.validated:
        messages.success(request, f"Réponses validées : {len(result.validated)}.")
    if left := len(set(chosen)) - len(result.validated):
        words = "un point y est ouvert, ou elles ont changé depuis que vous avez ouvert la page"
        messages.error(request, f"Réponses laissées telles quelles, {words} : {left}.")
    return redirect("suivi")


def _flag(request: HttpRequest, pk: int) -> Flag:
    flag = get_object_or_404(Flag, pk=pk)
    reviewed_by(request, flag.response_id)
    return flag


def _attempt(request: HttpRequest, service: Callable[[], object], done: str = "") -> bool:
    """Runs a service and tells `done`, or what the service itself says became of it."""
    with refusals(request):
        result = service()
        messages.success(request, done or str(result))
        return True
    return False
