"""Tables by question of a département, for its Copil, its région, its correspondents and the national team."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from senacs.accounts.permissions import can_extract_raw_data, can_name_preparation, departements_with_tables
from senacs.observatory.models import Release
from senacs.observatory.permissions import can_draw_groupings
from senacs.observatory.queries import built_releases
from senacs.publication.question_tables import tables_by_question, tables_workbook
from senacs.territories.models import Departement
from senacs.territories.queries import Territory, get_territory
from senacs.web.requests import signed_in

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
    release = _release(request)
    person = signed_in(request)
    tables = tables_by_question(release=release, territory=place) if release else None
    section = request.GET.get("rubrique", "") or (tables.sections[0].code if tables else "")
    shown = [s for s in tables.sections if section in {s.code, ALL}] if tables else []
    if tables and not shown:
        raise Http404("Cette rubrique n’existe pas.")
    context = {
        "departement": departement,
        "release": release,
        "releases": built_releases(),
        "tables": tables,
        "section": section,
        "shown": shown,
        "can_extract": can_extract_raw_data(person, departement),
        "can_name": can_name_preparation(person, departement),
        "can_draw": can_draw_groupings(person, departement),
    }
    return render(request, "tables/departement.html", context)


@require_safe
def workbook(request: HttpRequest, code: str) -> HttpResponse:
    departement, place = visible_departement(request, code)
    release = _release(request)
    if release is None:
        raise Http404("Aucune publication n’est construite.")
    reply = HttpResponse(tables_workbook(release=release, territory=place), content_type=XLSX)
    reply["Content-Disposition"] = f'attachment; filename="senacs-tableaux-{release.name}-{departement.pk}.xlsx"'
    return reply


def visible_departement(request: HttpRequest, code: str) -> tuple[Departement, Territory]:
    """404 for those who read no tables there."""
    departement = get_object_or_404(departements_with_tables(signed_in(request)), pk=code)
    place = get_territory("departement", departement.pk)
    assert place is not None
    return departement, place


def _release(request: HttpRequest) -> Release | None:
    built = built_releases()
    wanted = request.GET.get("publication", "")
    if not wanted:
        return built[0] if built else None
    named = next((release for release in built if release.name == wanted), None)
    if named is None:
        raise Http404("Cette publication n’existe pas.")
    return named
