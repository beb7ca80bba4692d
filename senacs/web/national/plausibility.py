"""Bon à tirer statistique: what a candidate's figures owe to doubtful answers, explained by both institutions."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from senacs.accounts.models import User
from senacs.accounts.permissions import national_side
from senacs.accounts.services import log_doubts_shown
from senacs.collection.queries import responses_followed_by
from senacs.lib.french import percent, plural
from senacs.lib.refusals import Refused
from senacs.observatory.models import DoubtExplanation, Release
from senacs.observatory.plausibility.explanations import (
    confirm_explanations,
    explain_doubts,
    explanations_of,
    plausibility_settings,
    standing_stops,
    still_hiding,
)
from senacs.observatory.plausibility.gate import Stop
from senacs.observatory.plausibility.reading import NamedDoubt, Plausibility, read_plausibility
from senacs.observatory.releases.build import territory_names
from senacs.observatory.releases.plausibility_in_words import (
    REASONS,
    ToldStop,
    figure_in_words,
    place_in_words,
    place_names,
)
from senacs.observatory.releases.reader import last_year_of, reader_for
from senacs.questionnaire.queries import get_compiled
from senacs.web.incoming import asked, sent
from senacs.web.national.access import campaign_manager
from senacs.web.national.plausibility_summary import told
from senacs.web.national.releases import release_of
from senacs.web.requests import signed_in

_PAGE = 25
_REDEFINED = "définition changée"


class ExplanationForm(forms.Form):
    structures = forms.MultipleChoiceField(
        label="Réponses", error_messages={"required": "Cochez au moins une réponse."}
    )
    text = forms.CharField(
        label="Ce qui explique ces valeurs",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Sans nommer la structure : cette phrase paraît dans la note de méthode.",
        error_messages={"required": "Écrivez l’explication."},
    )

    def __init__(self, *args: Any, structures: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["structures"].choices = [(code, code) for code in structures]  # type: ignore[attr-defined]


@dataclass(frozen=True)
class DoubtfulResponse:
    """One response that moves figures: what is doubtful in it, what it moves most, what was said of it."""

    structure: str
    name: str
    departement: str
    response_pk: int | None
    doubts: list[tuple[str, str]]
    figures: list[ToldStop]
    others: int
    is_hiding: bool
    explanation: DoubtExplanation | None

    @property
    def is_stopping(self) -> bool:
        return bool(self.figures) or self.is_hiding


@require_safe
def show(request: HttpRequest, name: str) -> HttpResponse:
    """The doubtful responses of a candidate, those that move most first, with their explanations."""
    campaign_manager(request)
    release, plausibility = _read(name)
    return _page(request, release, plausibility, None)


def _page(
    request: HttpRequest, release: Release, plausibility: Plausibility, form: ExplanationForm | None
) -> HttpResponse:
    found = standing_stops(release)
    user = signed_in(request)
    responses = _responses(user, release, plausibility, found)
    page = Paginator(responses, _PAGE).get_page(asked(request).page())
    # A figure with and without a response tells of its answer: the structures read that it was shown.
    log_doubts_shown(structures=[one.structure for one in page], release=release.name, by=user)
    form = form or ExplanationForm(structures=[one.structure for one in responses])
    context = {
        "release": release,
        "page": page,
        "stops": len(found),
        "hiding": still_hiding(release),
        "form": form,
        "side": national_side(signed_in(request)),
        "thresholds": plausibility_settings(),
        "may_explain": release.state == "candidate" and not release.signatures.exists(),
    }
    return render(request, "national/plausibility.html", context, status=422 if form.errors else 200)


def _responses(user: User, release: Release, plausibility: Plausibility, found: list[Stop]) -> list[DoubtfulResponse]:
    """Those that stop the signature, then those that were explained."""
    given = explanations_of(release, plausibility)
    hiding = still_hiding(release).structures
    by_structure: dict[str, list[Stop]] = {code: [] for stop in found for code in stop.structures}
    by_structure |= {code: [] for code in hiding if code not in by_structure}
    for stop in found:
        for code in stop.structures:
            by_structure[code].append(stop)
    codes = [*by_structure, *(code for code in given if code not in by_structure)]
    rows = responses_followed_by(user).filter(campaign=release.campaign, structure__code__in=codes)
    known = {row.structure.code: row for row in rows}
    labels = {c: f.label for c, f in get_compiled(release.campaign.version).questionnaire.fields.items()}
    names = place_names()
    result = []
    for code in codes:
        row, stops = known.get(code), by_structure.get(code, [])
        result.append(
            DoubtfulResponse(
                structure=code,
                name=row.invited.name if row else code,
                departement=row.invited.departement_code if row else "",
                response_pk=row.pk if row else None,
                doubts=[(labels.get(d.code, d.code), _reason(d)) for d in plausibility.doubts_of(code)],
                figures=[told(release, stop, names) for stop in stops[:3]],
                others=max(len(stops) - 3, 0),
                is_hiding=code in hiding,
                explanation=given.get(code),
            )
        )
    return result


def _reason(doubt: NamedDoubt) -> str:
    return REASONS[doubt.reason]


@require_safe
def figures(request: HttpRequest, name: str) -> HttpResponse:
    """Every watched figure of the candidate beside its last release, its siblings and itself without the heaviest."""
    campaign_manager(request)
    release, plausibility = _read(name)
    indicators = reader_for(release).indicators
    names = territory_names()
    wanted = asked(request).text("indicateur")
    chosen = wanted if wanted in indicators else plausibility.figures[0].indicator if plausibility.figures else ""
    before = _last_values(release, chosen)
    is_cut = chosen in reader_for(release).methodology.get("comparability", {}).get("breaks", {})
    rows = [
        {
            "last": figure_in_words(before.get((f.level, f.territory, f.kind)), indicators[chosen]),
            "gap": _REDEFINED if is_cut else _gap(f.value, before.get((f.level, f.territory, f.kind))),
            "place": place_in_words(f, names),
            "level": f.level,
            "n": f.n,
            "value": figure_in_words(f.value, indicators[chosen]),
            "without": figure_in_words(f.without_heaviest, indicators[chosen]),
            "siblings": None if f.siblings != f.siblings else f.siblings,
            "doubtful": len(f.doubtful),
        }
        for f in sorted(plausibility.figures, key=lambda f: (f.level != "france", -abs(np.nan_to_num(f.siblings))))
        if f.indicator == chosen
    ]
    watched = dict.fromkeys(figure.indicator for figure in plausibility.figures)
    context = {
        "release": release,
        "rows": rows,
        "chosen": chosen,
        "watched": [(code, indicators[code].label) for code in watched],
    }
    return render(request, "national/plausibility_figures.html", context)


def _last_values(release: Release, indicator: str) -> dict[tuple[str, str, str], float]:
    """What the last release of the year before published of one indicator, by level, territory and kind."""
    previous = last_year_of(release)
    if previous is None or not indicator:
        return {}
    reader = reader_for(previous)
    info = reader.indicators.get(indicator)
    if info is None:
        return {}
    statistic = "mean" if "mean" in info.statistics else info.headline
    kept = (
        reader.cells_of(indicator)
        .filter(pl.col("statistic") == statistic, pl.col("dimension").is_in(["", "kind"]))
        .select("level", "territory", "kind", "value")
    )
    return {(level, place, kind): value for level, place, kind, value in kept.iter_rows() if value is not None}


def _gap(value: float, before: float | None) -> str:
    return f"{'+' if value >= before else '−'}{percent(abs(value / before - 1) * 100, 1)}" if before else ""


@require_POST
def explain(request: HttpRequest, name: str) -> HttpResponse:
    """One institution explains some responses."""
    user = campaign_manager(request)
    release, plausibility = _read(name)
    form = ExplanationForm(request.POST, structures=[doubt.structure for doubt in plausibility.doubts])
    if not form.is_valid():
        return _page(request, release, plausibility, form)
    try:
        count = explain_doubts(
            release=release, structures=form.cleaned_data["structures"], text=form.cleaned_data["text"], by=user
        )
        messages.success(
            request,
            f"Explication écrite pour {plural(count, 'réponse', 'réponses')} : l’autre institution la confirme.",
        )
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("national_plausibility", release.name)


@require_POST
def confirm(request: HttpRequest, name: str) -> HttpResponse:
    """The other institution agrees with explanations that wait."""
    user = campaign_manager(request)
    release, plausibility = _read(name)
    waiting = {one.pk for one in explanations_of(release, plausibility).values() if one.confirmed_at is None}
    chosen = [pk for pk in sent(request).numbers("explanations") if pk in waiting]
    try:
        confirm_explanations(release=release, explanations=chosen, by=user)
        messages.success(request, "Explications confirmées : la note de méthode les porte.")
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("national_plausibility", release.name)


def _read(name: str) -> tuple[Release, Plausibility]:
    release = release_of(name)
    plausibility = read_plausibility(release.name)
    if plausibility is None:
        raise Http404
    return release, plausibility
