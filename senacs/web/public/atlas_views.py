"""The pages of the atlas: the map, its image, its data, the frame that other sites show."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from senacs.lib import french_tables
from senacs.lib.pdf.images import png_of
from senacs.observatory.models import Release
from senacs.observatory.releases.reader import published_releases, reader_for
from senacs.publication.charts import Cut, titled
from senacs.web.incoming import asked
from senacs.web.public import atlas
from senacs.web.public.atlas import Mapped, MapState


def _read(request: HttpRequest) -> tuple[MapState, list[Release], Release | None, Mapped | None]:
    state = atlas.state_of(asked(request))
    releases = published_releases()
    release = atlas.release_of(state, releases)
    if state.release and release is None:
        raise Http404("Cette publication n’existe pas.")
    return state, releases, release, atlas.mapped(state, release)


@login_not_required
@require_safe
def atlas_page(request: HttpRequest) -> HttpResponse:
    state, releases, release, found = _read(request)
    maps = [one for one in (found, atlas.beside(state, release) if found else None) if one]
    context = {
        "state": state,
        "release": release,
        "years": sorted({one.campaign.data_year for one in releases}, reverse=True),
        "year": release.campaign.data_year if release else None,
        "mapped": found,
        "maps": maps,
        "is_two": len(maps) == 2,
        "choices": list(atlas.choices(reader_for(release) if release else None)),
        "levels": atlas.levels_drawn(),
        "cuts": [(cut.value, words) for cut, words in atlas.CUTS.items()],
        "is_typed": state.cut is Cut.TYPED,
        "typed": " ; ".join(f"{bound:g}".replace(".", ",") for bound in state.typed),
        "counts": range(2, atlas.MOST_CLASSES + 1),
        "embed": request.build_absolute_uri(f"{reverse('atlas_embed')}?{state.query}"),
        "fixed": f"&publication={release.name}" if release and not state.release else "",
    }
    return render(request, "public/atlas.html", context)


@login_not_required
@require_safe
@xframe_options_exempt
def atlas_embed(request: HttpRequest) -> HttpResponse:
    """The map alone, that other sites may frame."""
    _, _, _, found = _read(request)
    if found is None:
        raise Http404("Cette carte n’existe pas.")
    page = request.build_absolute_uri(f"{reverse('atlas')}?{found.state.query}")
    response = render(request, "public/atlas_embed.html", {"mapped": found, "page": page})
    response["Content-Security-Policy"] = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"
    return response


def _file(made: Callable[[Mapped], bytes], kind: str, ending: str) -> Callable[[HttpRequest], HttpResponse]:
    @login_not_required
    @require_safe
    def download(request: HttpRequest) -> HttpResponse:
        state, _, release, found = _read(request)
        if found is None:
            raise Http404("Cette carte n’existe pas.")
        response = HttpResponse(made(found), content_type=kind)
        about = ["senacs", state.indicator.replace(":", "-"), state.level, *([release.name] if release else [])]
        name = "-".join(about)
        response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
        return response

    return download


atlas_svg = _file(lambda found: titled(found.chart).encode(), "image/svg+xml", "svg")
atlas_png = _file(lambda found: png_of(titled(found.chart), found.chart.title), "image/png", "png")
atlas_csv = _file(lambda found: french_tables.as_csv(found.table), french_tables.CSV_TYPE, "csv")
atlas_xlsx = _file(lambda found: french_tables.as_xlsx(found.table), french_tables.XLSX_TYPE, "xlsx")
