"""Where a structure begins: its responses, its board, what to prepare, help."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from senacs.accounts.permissions import can_enter, can_invite_deputy
from senacs.accounts.queries import mandates_of
from senacs.collection.models import Response
from senacs.collection.preparation import note_documents, ready_documents
from senacs.collection.queries import compiled_of, earlier_responses, environment, responses_known_to
from senacs.collection.readings import structures_entered_by
from senacs.review.permissions import can_take_back
from senacs.review.services import control_has_begun
from senacs.web.answers import answers_of
from senacs.web.guide.chapters import BY_NAME
from senacs.web.incoming import sent
from senacs.web.requests import signed_in
from senacs.web.structure import dashboard
from senacs.web.structure.access import own_response
from senacs.web.structure.standing import awaited_from, deadline_of, standing_of


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The newest response of each structure of the person; straight to it when there is one."""
    user = signed_in(request)
    own = structures_entered_by(user)
    newest: dict[int, Response] = {}
    for response in responses_known_to(user).filter(structure__in=own).order_by("-campaign__year", "pk"):
        newest.setdefault(response.structure_id, response)
    if len(newest) == 1:
        return redirect("saisie_dashboard", next(iter(newest.values())).pk)
    return render(request, "structure/home.html", {"responses": list(newest.values())})


@require_safe
def show_dashboard(request: HttpRequest, pk: int) -> HttpResponse:
    response = answers_of(request, pk)
    user = signed_in(request)
    own = structures_entered_by(user)
    tasks = dashboard.tasks_of(response, environment(response))
    standing = standing_of(response, user)
    is_own = response.structure_id in own
    context = {
        "response": response,
        "campaign": response.campaign,
        "standing": standing,
        "awaited": awaited_from(response) if is_own else [],
        "may_take_back": can_take_back(user, response) and response.would_be_open and not control_has_begun(response),
        "tasks": tasks,
        "next_task": dashboard.next_task(tasks),
        "minutes_left": sum(task.minutes_left for task in tasks),
        "deadline": deadline_of(response),
        "days_left": dashboard.days_left(response.closes_on),
        "contacts": dashboard.contacts_of(response.structure),
        "returned": dashboard.last_return(response),
        "earlier": earlier_responses(response),
        "may_write": standing.may_write and can_enter(user, response.structure),
        "has_several": len(own) > 1,
        "is_own": is_own,
        "team": mandates_of(response.structure),
        "may_invite": can_invite_deputy(user, response.structure),
    }
    return render(request, "structure/dashboard.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def preparation(request: HttpRequest, pk: int) -> HttpResponse:
    """What to have at hand; a tick is for the whole team, and each tells what it changed of what it was shown."""
    if request.method == "POST":
        return _note_documents(request, own_response(request, pk))
    response = answers_of(request, pk)
    user = signed_in(request)
    sections = [
        task.section for task in dashboard.tasks_of(response, environment(response)) if task.section.preparation
    ]
    ready = ready_documents(response)
    context = {
        "response": response,
        "may_tick": response.is_editable and can_enter(user, response.structure),
        "lists": [
            (
                section,
                [
                    (f"{section.code}:{n}", text, ready.get((section.code, text)))
                    for n, text in enumerate(section.preparation)
                ],
            )
            for section in sections
        ],
    }
    return render(request, "structure/preparation.html", context)


def _note_documents(request: HttpRequest, response: Response) -> HttpResponse:
    form = sent(request)
    names = {
        f"{section.code}:{n}": (section.code, text)
        for section in compiled_of(response).questionnaire.sections
        for n, text in enumerate(section.preparation)
    }
    ticked, seen = set(form.texts("pret")), set(form.texts("vu"))
    note_documents(
        response=response,
        found=[names[name] for name in ticked - seen if name in names],
        missing=[names[name] for name in seen - ticked if name in names],
        by=signed_in(request),
    )
    return redirect("saisie_preparation", response.pk)


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """What is often asked, the frequent errors (guide 7.3), the keyboard."""
    return render(request, "structure/help.html", {"sections": BY_NAME["questions-frequentes"].sections[1:]})
