"""The page where a table is composed, and its files."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from senacs.lib import french_tables
from senacs.lib.text import search_key
from senacs.observatory.releases.reader import published_releases, reader_for
from senacs.web.incoming import asked
from senacs.web.public import atlas, table_builder
from senacs.web.public.search import all_territories
from senacs.web.public.table_builder import BuiltTable

_WRITTEN = {
    "csv": (french_tables.as_csv, french_tables.CSV_TYPE),
    "xlsx": (french_tables.as_xlsx, french_tables.XLSX_TYPE),
}


def _table(request: HttpRequest) -> BuiltTable:
    releases = published_releases()
    years = list(dict.fromkeys(one.campaign.data_year for one in releases))
    return BuiltTable(table_builder.state_of(asked(request), years), releases)


@login_not_required
@require_safe
def builder(request: HttpRequest) -> HttpResponse:
    table = _table(request)
    newest = next(iter(table.releases.values()), None)
    chosen = table.choice
    words = search_key(asked(request).text("cherche", longest=60)).split()
    choices = [one for one in atlas.choices(reader_for(newest) if newest else None) if one[0] != "Registre"]
    regions, departements = all_territories()
    context = {
        "table": table,
        "chosen": chosen,
        "choices": table_builder.offered(choices, chosen.indicators, words),
        "kept": table_builder.chosen_of(choices, chosen),
        "searched": asked(request).text("cherche", longest=60),
        "most_indicators": table_builder.MOST_INDICATORS,
        "levels": table_builder.LEVELS.items(),
        "regions": regions,
        "departements": departements,
        "crossings": table.dimensions.items(),
        "years": list(table.releases),
        "measures": table_builder.MEASURES.items(),
        "columns": table_builder.COLUMNS.items(),
        "most": table_builder.MOST_CELLS,
        "sorts": [(n, header, chosen.query(tri=n)) for n, header in enumerate(table.headers)],
        "unsorted": chosen.query(tri=""),
    }
    return render(request, "public/table_builder.html", context)


@login_not_required
@require_safe
def built_file(request: HttpRequest, ending: str) -> HttpResponse:
    table = _table(request)
    if not table.measures or ending not in {*_WRITTEN, "json"}:
        raise Http404("Ce tableau n’existe pas.")
    if table.is_too_large:
        raise Http404("Ce tableau est trop grand.")
    if ending == "json":
        return JsonResponse(table.cube(), json_dumps_params={"ensure_ascii": False})
    write, kind = _WRITTEN[ending]
    response = HttpResponse(write(table.people_table()), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="senacs-tableau.{ending}"'
    return response
