"""Tables by question of a territory, for its Copil, its région, its correspondents and the national team."""

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from senacs.accounts.permissions import can_extract_raw_data, can_name_preparation, departements_with_tables
from senacs.observatory.definitions.publication_plan import GROUPING
from senacs.observatory.ledger import record_reading
from senacs.observatory.models import Release
from senacs.observatory.permissions import can_draw_groupings
from senacs.observatory.releases.places import find_place, nearby
from senacs.observatory.releases.reader import built_releases, reader_for
from senacs.publication.documents.question_tables import Tables, tables_by_question, tables_workbook
from senacs.territories.queries import Territory
from senacs.web.incoming import asked
from senacs.web.requests import signed_in
from senacs.web.tables.access import visible_departement

ALL = "toutes"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The départements of the person; a single one is opened at once."""
    departements = list(departements_with_tables(signed_in(request)).order_by("code"))
    if len(departements) == 1:
        return redirect("tables_departement", departements[0].pk)
    return render(request, "tables/home.html", {"departements": departements})


@require_safe
def show(request: HttpRequest, code: str) -> HttpResponse:
    """One section at a time, or all to print, in the release asked for, else the newest one."""
    departement, place = visible_departement(request, code)
    person, release = signed_in(request), _release(request)
    near = nearby(place, reader_for(release)) if release else None
    context = {
        "departement": departement,
        "can_extract": can_extract_raw_data(person, departement),
        "can_name": can_name_preparation(person, departement),
        "can_draw": can_draw_groupings(person, departement),
        "others": [*place.parents, *(near.groupings + near.epcis if near else ())],
        "workbook": reverse("tables_workbook", args=[departement.pk]),
    }
    return _show(request, release, place, context)


@require_safe
def show_territory(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """The same for France, a région, an EPCI or a grouping that holds or cuts a département of the person."""
    release = _release(request)
    place = _visible_place(request, level, code, release)
    workbook = reverse("tables_territory_workbook", args=[level, code])
    return _show(request, release, place, {"workbook": workbook})


def _show(request: HttpRequest, release: Release | None, place: Territory, context: dict[str, object]) -> HttpResponse:
    _note_reading(release, place)
    tables = tables_by_question(release=release, territory=place) if release else None
    section = asked(request).text("rubrique") or (_first_told(tables) if tables else "")
    shown = [s for s in tables.sections if section in {s.code, ALL}] if tables else []
    if tables and not shown:
        raise Http404("Cette rubrique n’existe pas.")
    told = {
        "place": place,
        "release": release,
        "releases": built_releases(),
        "tables": tables,
        "section": section,
        "shown": shown,
    }
    return render(request, "tables/territory.html", told | context)


def _first_told(tables: Tables) -> str:
    """The section opened first: one that holds tables."""
    told = (section for section in tables.sections if section.questions)
    return next(told, tables.sections[0]).code


@require_safe
def workbook(request: HttpRequest, code: str) -> HttpResponse:
    _, place = visible_departement(request, code)
    return _workbook(_release(request), place)


@require_safe
def territory_workbook(request: HttpRequest, level: str, code: str) -> HttpResponse:
    release = _release(request)
    return _workbook(release, _visible_place(request, level, code, release))


def _workbook(release: Release | None, place: Territory) -> HttpResponse:
    if release is None:
        raise Http404("Aucune publication n’est construite.")
    _note_reading(release, place)
    reply = HttpResponse(tables_workbook(release=release, territory=place), content_type=XLSX)
    reply["Content-Disposition"] = f'attachment; filename="senacs-tableaux-{release.name}-{place.code}.xlsx"'
    return reply


def _note_reading(release: Release | None, place: Territory) -> None:
    """Who reads the tables of a candidate keeps them, whatever becomes of it; they show the places around it too."""
    if release is not None:
        for around in (place, *place.parents):
            record_reading(release, around.level, around.code, shown_to=f"qui lit les tableaux de {place.name}")


def _visible_place(request: HttpRequest, level: str, code: str, release: Release | None) -> Territory:
    """404 for those who read no tables of any département in it or around it."""
    place = find_place(level, code, reader_for(release) if release else None)
    mine = departements_with_tables(signed_in(request))
    if place is None or level == "departement" or not mine.filter(_beside(place)).exists():
        raise Http404("Ce territoire n’existe pas.")
    return place


def _beside(place: Territory) -> Q:
    """The départements whose readers also read this territory."""
    if place.level == "region":
        return Q(region=place.code)
    if place.level == "epci":
        return Q(communes__epci=place.code)
    return Q(pk=place.parents[-1].code) if place.level == GROUPING else Q()


def _release(request: HttpRequest) -> Release | None:
    built = built_releases()
    wanted = asked(request).text("publication")
    if not wanted:
        return built[0] if built else None
    named = next((release for release in built if release.name == wanted), None)
    if named is None:
        raise Http404("Cette publication n’existe pas.")
    return named
