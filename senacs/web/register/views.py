"""« Registre »: entries and their history, acts done or proposed, proposals decided, the register of a past day."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from senacs.lib import clock
from senacs.lib.text import search_key
from senacs.register.enums import ActKind, RegisterProposalState
from senacs.register.models import RegisterProposal
from senacs.register.proposals import TOLD, can_decide, can_propose, proposals_seen_by, propose, refuse
from senacs.register.queries import (
    agreements_ending,
    entries_of,
    history_of,
    links_of,
    past_csv,
    register_at,
)
from senacs.structures.models import Structure, StructureQuerySet
from senacs.web.incoming import asked, query_without_page
from senacs.web.refusals import refusals
from senacs.web.register.access import act_of, creator, decided_by, entry_of, proposal_of, registrar, site_of
from senacs.web.register.acts import close_site_by, do
from senacs.web.register.forms import FORMS, ActForm, AnswerForm, DayForm, EntrySearchForm, Given, SimpleForm

PAGE = 50
MOST_SHOWN = 30


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The entries that one follows, what waits for a decision, agréments that end within a year."""
    user = registrar(request)
    mine = entries_of(user)
    form = EntrySearchForm(request.GET or None)
    found = _searched(mine, form.cleaned_data if form.is_valid() else {})
    waiting = proposals_seen_by(user).filter(state=RegisterProposalState.PENDING)
    ending = agreements_ending(mine)
    context = {
        "form": form,
        "page": Paginator(found, PAGE).get_page(asked(request).page()),
        "parameters": query_without_page(request),
        "waiting": [(one, can_decide(user, ActKind(one.kind), one.structure)) for one in waiting[:MOST_SHOWN]],
        "ending": ending[:MOST_SHOWN],
        "ending_count": len(ending),
        "today": clock.today(),
        "can_create": can_decide(user, ActKind.CREATE, None) or can_propose(user, ActKind.CREATE, None),
    }
    return render(request, "register/index.html", context)


def _searched(mine: StructureQuerySet, given: Given) -> StructureQuerySet:
    found: StructureQuerySet = mine.select_related("commune", "departement").order_by("search_name", "code")
    if not given.get("closed"):
        found = found.filter(closed_on__isnull=True)
    if departement := given.get("departement"):
        found = found.filter(departement=departement)
    typed = given.get("name", "")
    for word in search_key(typed).split():
        found = found.filter(Q(search_name__contains=word) | Q(code__iexact=typed.strip()))
    return found


@require_safe
def entry(request: HttpRequest, structure: int) -> HttpResponse:
    found, user = entry_of(request, structure), registrar(request)
    kinds = [kind for kind in FORMS if kind != ActKind.CREATE and _makes_sense(kind, found)]
    context = {
        "entry": found,
        "does": [kind for kind in kinds if can_decide(user, kind, found)],
        "proposes": [kind for kind in kinds if not can_decide(user, kind, found) and can_propose(user, kind, found)],
        "history": history_of(found),
        "links": links_of(found),
        "agrements": found.agrements.order_by("-starts_on"),
        "sites": found.sites.select_related("commune"),
        "closes_sites": can_decide(user, ActKind.SITES, found),
        "proposals": proposals_seen_by(user).filter(structure=found)[:MOST_SHOWN],
    }
    return render(request, "register/entry.html", context)


def _makes_sense(kind: ActKind, structure: Structure) -> bool:
    if kind == ActKind.REOPEN:
        return structure.closed_on is not None
    return structure.closed_on is None or kind in {ActKind.CORRECT, ActKind.AGREMENT}


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, structure: int, act: str) -> HttpResponse:
    """One act on one entry: done by whoever decides of it, proposed by others."""
    found = entry_of(request, structure)
    return _ask(request, act_of(request, act, found), found)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    creator(request)
    return _ask(request, ActKind.CREATE, None)


def _ask(request: HttpRequest, kind: ActKind, structure: Structure | None) -> HttpResponse:
    user = registrar(request)
    decides = can_decide(user, kind, structure)
    form = FORMS[kind](request.POST or None, structure=structure)
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            if decides:
                changed = do(kind, structure, form.given(), by=user)
                messages.success(request, f"{kind.label} : c’est écrit dans le registre.")
                return redirect("registry_entry", changed.pk)
            waiting = _propose(request, kind, structure, form)
            messages.success(request, "Votre proposition est envoyée à ceux qui en décident.")
            return redirect("registry_proposal", waiting.pk)
    context = {"form": form, "kind": kind, "entry": structure, "decides": decides}
    return render(request, "register/act.html", context, status=422 if form.errors else 200)


def _propose(request: HttpRequest, kind: ActKind, structure: Structure | None, form: ActForm) -> RegisterProposal:
    commune = form.cleaned_data.get("commune")
    return propose(
        kind=kind,
        structure=structure,
        departement=commune.departement if commune and structure is None else None,
        values=form.typed(),
        reason=form.cleaned_data["reason"],
        by=registrar(request),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: HttpRequest, proposal: int) -> HttpResponse:
    """What is proposed, value by value; whoever decides of it may amend it, then accept it."""
    found = decided_by(request, proposal) if request.method == "POST" else proposal_of(request, proposal)
    kind, user = ActKind(found.kind), registrar(request)
    initial = found.values | {"reason": found.reason}
    form = FORMS[kind](request.POST or None, structure=found.structure, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            changed = do(kind, found.structure, form.given(), by=user, proposal=found)
            messages.success(request, "La proposition est acceptée : le registre le dit.")
            return redirect("registry_entry", changed.pk)
    return _show_proposal(request, found, form, AnswerForm())


@require_POST
def refuse_proposal(request: HttpRequest, proposal: int) -> HttpResponse:
    found, answer = decided_by(request, proposal), AnswerForm(request.POST)
    if answer.is_valid():
        with refusals(request, answer, "answer"):
            refuse(proposal=found, by=registrar(request), **answer.cleaned_data)
            messages.success(request, "La proposition est refusée, et la personne en sait la raison.")
            return redirect("registry_proposal", found.pk)
    form = FORMS[ActKind(found.kind)](structure=found.structure, initial=found.values | {"reason": found.reason})
    return _show_proposal(request, found, form, answer)


def _show_proposal(request: HttpRequest, found: RegisterProposal, form: ActForm, answer: AnswerForm) -> HttpResponse:
    decides = can_decide(registrar(request), ActKind(found.kind), found.structure)
    context = {
        "proposal": found,
        "entry": found.structure,
        "differences": _differences(found),
        "told": found.values.get(TOLD, []),
        "form": form,
        "answer": answer,
        "decides": decides and found.state == RegisterProposalState.PENDING,
    }
    return render(request, "register/proposal.html", context, status=422 if form.errors or answer.errors else 200)


def _differences(found: RegisterProposal) -> list[tuple[str, str, str]]:
    """Label, value of today and value proposed, of what the proposal changes."""
    made = FORMS[ActKind(found.kind)]
    known = made(structure=found.structure).known()
    form = made(known | found.values | {"reason": found.reason}, structure=found.structure)
    rows = []
    for name in form.changed_data:
        if name not in {"on", "reason", "confirms"}:
            choices = dict(getattr(form.fields[name], "choices", ()))
            shown = [_word(value, choices) for value in (form.initial.get(name), form[name].value())]
            rows.append((str(form.fields[name].label), shown[0], shown[1]))
    return rows


def _word(value: Any, choices: dict[Any, Any]) -> str:
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if value in (None, "", "unknown"):
        return ""
    said = {"true": "oui", "True": "oui", "false": "non", "False": "non", "on": "oui"}
    return said.get(str(value), str(choices.get(value, value)))


@require_http_methods(["GET", "HEAD", "POST"])
def site(request: HttpRequest, site: int) -> HttpResponse:
    """A place of welcome closes."""
    found = site_of(request, site)
    form = SimpleForm(request.POST or None, structure=found.structure)
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            close_site_by(found, form.given(), by=registrar(request))
            messages.success(request, "Ce lieu est fermé dans le registre.")
            return redirect("registry_entry", found.structure_id)
    context = {"form": form, "kind": ActKind.SITES, "entry": found.structure, "site": found, "decides": True}
    return render(request, "register/act.html", context, status=422 if form.errors else 200)


@require_safe
def day(request: HttpRequest) -> HttpResponse:
    """The entries that one follows as they were on a past day."""
    user = registrar(request)
    form = DayForm(request.GET or {"jour": clock.today()})
    entries = register_at(form.cleaned_data["jour"], entries_of(user)) if form.is_valid() else []
    context = {
        "form": form,
        "chosen": form.cleaned_data.get("jour"),
        "page": Paginator(entries, PAGE).get_page(asked(request).page()),
        "parameters": query_without_page(request),
    }
    return render(request, "register/day.html", context, status=422 if form.errors else 200)


@require_safe
def day_csv(request: HttpRequest) -> HttpResponse:
    user, form = registrar(request), DayForm(request.GET or {"jour": clock.today()})
    if not form.is_valid():
        return redirect("registry_day")
    chosen = form.cleaned_data["jour"]
    reply = HttpResponse(
        "\ufeff" + past_csv(register_at(chosen, entries_of(user))), content_type="text/csv; charset=utf-8"
    )
    reply.headers["Content-Disposition"] = f'attachment; filename="registre-{chosen:%Y-%m-%d}.csv"'
    return reply
