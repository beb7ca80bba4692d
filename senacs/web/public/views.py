"""Public pages: what a published release says, and the register. No path to answers, no login (design §3)."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from senacs.observatory import frozen_files
from senacs.observatory.models import Release
from senacs.observatory.releases.places import find_place, nearby, structures_of
from senacs.observatory.releases.reader import ReleaseReader, latest_published, published_releases, reader_for
from senacs.observatory.releases.series import published_series
from senacs.publication.editions.shelf import editions_of, shelf
from senacs.structures.models import Agrement, Structure
from senacs.structures.queries import register_list, structures_in
from senacs.territories.queries import FRANCE, Territory, get_territory
from senacs.territories.search import find_places
from senacs.web.incoming import LONGEST_SEARCH, asked, query_without_page
from senacs.web.public import figures, maps
from senacs.web.public.crossings import crossing_of, dimensions_of, in_words
from senacs.web.public.forms import RegisterFilter
from senacs.web.public.glance import Glance, glance_of
from senacs.web.public.latest import latest_editions, latest_releases
from senacs.web.public.method import method_of
from senacs.web.public.search import all_territories
from senacs.web.public.themes import find_theme, theme_links
from senacs.web.public.trends import trend_charts

PAGE = 25
FEW = 6  # key figures on the page of a commune
LISTED = 50  # structures on a page of a territory


def _place(level: str, code: str, reader: ReleaseReader | None, *, of_register: bool = False) -> Territory:
    """`of_register`: communes too, of which releases tell nothing."""
    place = get_territory(level, code) if of_register and level == "commune" else find_place(level, code, reader)
    if place is None:
        raise Http404("Ce territoire n’existe pas.")
    return place


def _latest() -> tuple[Release | None, ReleaseReader | None]:
    release = latest_published()
    return release, reader_for(release) if release else None


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    release, reader = _latest()
    france = _place("france", FRANCE, reader)
    context = {
        "release": release,
        "figures": figures.key_figures(reader, france) if reader else (),
        "rate": reader.response_rates.get(("france", FRANCE, "")) if reader else None,
        "coverage": maps.coverage_map(),
        "answers": maps.response_map(reader) if reader else None,
        "source": maps.source(),
        "regions": all_territories()[0],
        "structures": structures_in("france", FRANCE).count(),
        "releases": latest_releases(),
        "editions": latest_editions(),
    }
    return render(request, "public/home.html", context)


@login_not_required
@require_safe
def territories(request: HttpRequest) -> HttpResponse:
    """The search of a territory; a single answer is opened at once."""
    query = asked(request).text("q", longest=LONGEST_SEARCH).strip()
    found = find_places(query) if query else []
    if len(found) == 1:
        return redirect("territory", level=found[0].level, code=found[0].code)
    regions, departements = all_territories()
    context = {"query": query, "found": found, "regions": regions, "departements": departements}
    return render(request, "public/territories.html", context)


@login_not_required
@require_safe
def france(request: HttpRequest) -> HttpResponse:
    return territory(request, "france", FRANCE)


@login_not_required
@require_safe
def territory(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """The overview: key figures, their trends, the way to the themes and to the list of structures."""
    release, reader = _latest()
    place = _place(level, code, reader)
    context = {
        **_frame(place, release, reader),
        "figures": figures.key_figures(reader, place) if reader else (),
        "rate": reader.response_rates.get((level, code, "")) if reader else None,
        "is_rate_hidden": reader is not None and (level, code, "") in reader.hidden_rates,
        "trends": trend_charts(reader, published_series(), place) if reader else (),
        "coverage": maps.coverage_map(code if level == "region" else "") if level in {"france", "region"} else None,
        "nearby": nearby(place, reader),
        "crossed_by": in_words(dimensions_of(reader, place)) if reader else "",
        "glance": _glance(request, place, release, reader),
        "source": maps.source(),
        "editions": editions_of(level, code),
    }
    return render(request, "public/territory.html", context)


@login_not_required
@require_safe
def commune(request: HttpRequest, code: str) -> HttpResponse:
    """A commune in ten seconds: the register, and where its figures begin."""
    release, reader = _latest()
    place = _place("commune", code, reader, of_register=True)
    glance = _glance(request, place, release, reader)
    told = glance.told.place if glance.told else None
    context = {
        "place": place,
        "release": release,
        "glance": glance,
        "told": told,
        "figures": figures.key_figures(reader, told)[:FEW] if reader and told else (),
        "editions": editions_of(told.level, told.code) if told else (),
        "source": maps.source(),
    }
    return render(request, "public/commune.html", context)


def _glance(request: HttpRequest, place: Territory, release: Release | None, reader: ReleaseReader | None) -> Glance:
    return glance_of(place, release, reader, site=request.build_absolute_uri("/").rstrip("/"))


@login_not_required
@require_safe
def territory_theme(request: HttpRequest, level: str, code: str, theme: str) -> HttpResponse:
    """One theme of a territory: charts, trends and the table that compares."""
    release, reader = _latest()
    place = _place(level, code, reader)
    found = find_theme(reader, place, theme) if reader else None
    if reader is None or found is None:
        raise Http404("La publication ne dit rien de ce thème pour ce territoire.")
    context = {
        **_frame(place, release, reader),
        "theme": found,
        "current": theme,
        **_crossed(request, place, reader, theme),
        "trends": trend_charts(reader, published_series(), place, theme),
    }
    return render(request, "public/theme.html", context)


def _crossed(request: HttpRequest, place: Territory, reader: ReleaseReader, theme: str) -> dict[str, object]:
    """The dimensions that say something of this theme, and the table of the one asked for, by default the kinds."""
    dimensions = {dimension.code: dimension for dimension in dimensions_of(reader, place, theme)}
    wanted = asked(request).text("par") or ("kind" if "kind" in dimensions else "")
    if wanted and wanted not in dimensions:
        raise Http404("Ce thème n’est pas croisé ainsi.")
    return {
        "dimensions": list(dimensions.values()),
        "crossed_by": in_words(dimensions.values()),
        "crossing": crossing_of(reader, place, theme, dimensions[wanted]) if wanted else None,
    }


@login_not_required
@require_safe
def territory_structures(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """The register of a territory, by commune, a page at a time."""
    release, reader = _latest()
    place = _place(level, code, reader, of_register=True)
    listed = (
        structures_of(place, reader).select_related("commune").order_by("commune__search_name", "search_name", "pk")
    )
    page = Paginator(listed, LISTED).get_page(asked(request).page())
    context = {**_frame(place, release, reader), "page": page, "current": "structures"}
    return render(request, "public/territory_structures.html", context)


def _frame(place: Territory, release: Release | None, reader: ReleaseReader | None) -> dict[str, object]:
    """What every page of a territory shows: its name, the release read, the other pages."""
    return {
        "place": place,
        "release": release,
        "themes": theme_links(reader, place) if reader else (),
        "structure_count": structures_of(place, reader).count(),
    }


@login_not_required
@require_safe
def territory_csv(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """The cells of one territory in the last release, as in cells.csv."""
    release, reader = _latest()
    place = _place(level, code, reader)
    if release is None or reader is None:
        raise Http404("Aucune publication.")
    content = frozen_files.csv_bytes(reader.territory_frame(level, code))
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="senacs-{release.name}-{place.level}-{place.code}.csv"'
    return response


@login_not_required
@require_safe
def method(request: HttpRequest) -> HttpResponse:
    release, reader = _latest()
    context = {"release": release, "method": method_of(reader) if reader else None}
    return render(request, "public/method.html", context)


@login_not_required
@require_safe
def publications(request: HttpRequest) -> HttpResponse:
    context = {"releases": published_releases(), "editions": shelf()}
    return render(request, "public/publications.html", context)


@login_not_required
@require_safe
def release_file(request: HttpRequest, year: int, number: int, name: str) -> FileResponse:
    release = get_object_or_404(Release.objects.published(), campaign__year=year, number=number)
    sums = {entry["name"]: entry["sha256"] for entry in release.files}
    if name not in sums:
        raise Http404("Ce fichier n’est pas de cette publication.")
    if not (release.directory / name).is_file():
        raise Http404("Ce fichier manque.")
    filename = f"senacs-{release.name}-{name}"
    response = FileResponse((release.directory / name).open("rb"), as_attachment=True, filename=filename)
    # A released file never changes: its address and its sum are for good.
    response["ETag"] = f'"{sums[name]}"'
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@login_not_required
@require_safe
def structures(request: HttpRequest) -> HttpResponse:
    form = RegisterFilter(request.GET or None)
    form.is_valid()
    page = Paginator(register_list(**form.criteria), PAGE).get_page(asked(request).page())
    context = {"form": form, "page": page, "parameters": query_without_page(request)}
    return render(request, "public/structures.html", context)


@login_not_required
@require_safe
def structure(request: HttpRequest, code: str) -> HttpResponse:
    """The identity sheet: the public register, nothing else."""
    agrements = Prefetch("agrements", Agrement.objects.order_by("-starts_on"))
    found = get_object_or_404(
        Structure.objects.select_related("commune", "departement__region", "gestionnaire", "caf", "federation")
        .prefetch_related(agrements)
        .order_by("pk"),
        code=code,
    )
    return render(request, "public/structure.html", {"structure": found})
