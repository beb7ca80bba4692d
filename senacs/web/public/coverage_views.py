"""The pages of coverage, and the files that they offer."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from senacs.lib import french_tables
from senacs.lib.french_tables import CSV_TYPE, XLSX_TYPE
from senacs.territories.queries import FRANCE, boundary_source, get_territory
from senacs.web.incoming import asked
from senacs.web.public import coverage
from senacs.web.public.coverage import CoveragePage
from senacs.web.public.search import all_territories

_WRITTEN = {"csv": (french_tables.as_csv, CSV_TYPE), "xlsx": (french_tables.as_xlsx, XLSX_TYPE)}


def _page(request: HttpRequest, level: str, code: str) -> CoveragePage:
    place = get_territory(level, code) if level in coverage.LEVELS else None
    if place is None:
        raise Http404("Ce territoire n’existe pas.")
    return CoveragePage(place, asked(request))


@login_not_required
@require_safe
def coverage_france(request: HttpRequest) -> HttpResponse:
    return coverage_place(request, "france", FRANCE)


@login_not_required
@require_safe
def coverage_place(request: HttpRequest, level: str, code: str) -> HttpResponse:
    page = _page(request, level, code)
    regions, departements = all_territories()
    context = {
        "page": page,
        "place": page.place,
        "state": page.asked,
        "wider": coverage.wider(page.place),
        "kinds": coverage.KINDS.items(),
        "years": page.roll.years,
        "listed": coverage.LISTED,
        "weights": range(coverage.MOST_WEIGHT + 1),
        "regions": regions,
        "departements": departements,
        "source": boundary_source("departement"),
    }
    return render(request, "public/coverage.html", context)


@login_not_required
@require_safe
def coverage_file(request: HttpRequest, level: str, code: str, table: str, ending: str) -> HttpResponse:
    page = _page(request, level, code)
    if table not in coverage.TABLES or ending not in _WRITTEN or (table == "quartiers" and page.qpvs_without is None):
        raise Http404("Ce fichier n’existe pas.")
    write, kind = _WRITTEN[ending]
    response = HttpResponse(write(coverage.TABLES[table](page)), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="senacs-couverture-{level}-{code}-{table}.{ending}"'
    return response
