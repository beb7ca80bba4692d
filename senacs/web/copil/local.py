"""Local plaquettes: whom to ask and why, then the figures of those who agreed."""

from collections import Counter
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from senacs.campaigns.models import InvitedStructure
from senacs.lib import french
from senacs.observatory.models import Release
from senacs.observatory.releases.reader import latest_published
from senacs.publication import tasks
from senacs.publication.editions import local_measures
from senacs.publication.editions.agreements import (
    FEWEST,
    LONGEST_NAME,
    LONGEST_PURPOSE,
    request_agreements,
    structures_to_ask,
)
from senacs.publication.enums import LocalLevel
from senacs.structures.models import Structure
from senacs.territories.models import Commune, Departement, Epci
from senacs.web.copil.access import departements_of_member, visible_edition
from senacs.web.incoming import asked
from senacs.web.refusals import refusals
from senacs.web.requests import signed_in


class AskForm(forms.Form):
    name = forms.CharField(
        label="Nom de la plaquette",
        max_length=LONGEST_NAME,
        help_text="Il se lit en couverture : « Roubaix », « Les centres sociaux de la vallée ».",
        error_messages={"required": "Donnez un nom à la plaquette."},
    )
    purpose = forms.CharField(
        label="À quoi servira-t-elle ?",
        help_text="Les structures le lisent avant de répondre.",
        max_length=LONGEST_PURPOSE,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Dites à quoi la plaquette servira."},
    )
    structures = forms.MultipleChoiceField(
        label="Structures à qui demander",
        help_text=f"{FEWEST} au moins. Seules celles qui acceptent seront comptées.",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez les structures."},
    )


@dataclass(frozen=True, slots=True)
class LocalPlace:
    """Where a local plaquette may be made: enough structures were asked there."""

    departement: Departement
    level: LocalLevel
    code: str
    name: str
    structures: int

    @property
    def key(self) -> str:
        return f"{self.departement.pk}:{self.level}:{self.code}"


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """A place is chosen (`lieu` in the address), then the structures, the name and the purpose."""
    user, release = signed_in(request), latest_published()
    departements = departements_of_member(request)
    if release is None:
        raise Http404("Aucune publication nationale n’est ouverte.")
    places = [place for departement in departements for place in _places(release, departement)]
    chosen = next((place for place in places if place.key == asked(request).text("lieu")), None)
    if chosen is None:
        return render(request, "copil/local_place.html", {"places": places, "release": release})
    invited = structures_to_ask(release, chosen.departement, chosen.level, chosen.code)
    form = _form(chosen, invited, request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            with refusals(request, form):
                edition = request_agreements(
                    release=release,
                    departement=chosen.departement,
                    level=chosen.level,
                    code=chosen.code,
                    name=form.cleaned_data["name"],
                    purpose=form.cleaned_data["purpose"],
                    structures=Structure.objects.filter(pk__in=form.cleaned_data["structures"]),
                    by=user,
                )
                sent = edition.group.agreements.count() if edition.group else 0
                messages.success(request, f"La demande est partie à {french.plural(sent, 'structure')}.")
                return redirect("copil_edition", edition.pk)
    return render(request, "copil/local.html", {"place": chosen, "form": form, "release": release}, status=status)


def _places(release: Release, departement: Departement) -> list[LocalPlace]:
    rows = InvitedStructure.objects.filter(campaign=release.campaign_id, departement_code=departement.pk)
    where = list(rows.values_list("commune_code", "epci_code"))
    communes = dict(Commune.objects.filter(departement=departement).values_list("pk", "name"))
    parents = dict(Commune.objects.filter(departement=departement, parent__isnull=False).values_list("pk", "parent"))
    by_commune = Counter(parents.get(commune, commune) for commune, _ in where)
    by_epci = Counter(epci for _, epci in where if epci)
    epcis = dict(Epci.objects.filter(pk__in=by_epci).values_list("pk", "name"))
    found = [LocalPlace(departement, LocalLevel.GROUPE, "", departement.name, len(where))]
    for level, counts, names in ((LocalLevel.EPCI, by_epci, epcis), (LocalLevel.COMMUNE, by_commune, communes)):
        named = [LocalPlace(departement, level, code, names[code], n) for code, n in counts.items() if code in names]
        found += sorted((place for place in named if place.structures >= FEWEST), key=lambda p: (p.name, p.code))
    return [place for place in found if place.structures >= FEWEST]


def _form(place: LocalPlace, asked: list[InvitedStructure], data: QueryDict | None) -> AskForm:
    is_group = place.level == LocalLevel.GROUPE
    initial = {
        "name": "" if is_group else place.name[:LONGEST_NAME],
        "structures": [] if is_group else [str(i.structure_id) for i in asked],
    }
    form = AskForm(data, initial=initial)
    form.fields["structures"].choices = [  # type: ignore[attr-defined]
        (str(i.structure_id), f"{i.name}, {i.structure.commune.name}") for i in asked
    ]
    return form


@require_POST
def measure(request: HttpRequest, edition: int) -> HttpResponse:
    """Has the figures of those who agreed worked out; the page follows the work."""
    found = visible_edition(request, edition)
    with refusals(request), transaction.atomic():
        asked_for = local_measures.ask_measure(edition=found, by=signed_in(request))
        tasks.measure.enqueue(asked_for.pk)
    return redirect(f"/copil/{found.pk}/#accords")


@require_safe
def measure_progress(request: HttpRequest, edition: int) -> HttpResponse:
    """Asked again every two seconds by the page while the figures are worked out."""
    found = visible_edition(request, edition)
    last = local_measures.last_measure(found)
    response = render(request, "copil/edition/measure_progress.html", {"edition": found, "measure": last})
    if last is None or last.ended_at:
        response["HX-Refresh"] = "true"
    return response
