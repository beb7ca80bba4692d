"""`/api/v1`: answers for programs, any site may ask (CORS), so many calls a minute for a network."""

from collections import Counter
from collections.abc import Callable
from math import ceil, floor
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from senacs.lib import clock
from senacs.observatory.models import Release
from senacs.observatory.releases.places import find_place
from senacs.observatory.releases.reader import ReleaseReader, kept_with_reader, published_releases, reader_for
from senacs.structures.queries import register_list
from senacs.web.client import network_of
from senacs.web.public import open_api, open_data
from senacs.web.public.downloads import REGISTER_COLUMNS, register_row
from senacs.web.public.open_api import ApiQuery, BadRequest, Operation
from senacs.web.public.open_data import TooLarge

MINUTE = 60
_SOURCE = "SENACS (Cnaf, Fcsf)"
_LICENCE = "https://www.etalab.gouv.fr/licence-ouverte-open-licence"
_Answer = Callable[[HttpRequest, ApiQuery], HttpResponse]


class Calls:
    """Calls of this minute by network, in this process; a network that is not known is not counted with others."""

    def __init__(self) -> None:
        self._minute = 0
        self._counts: Counter[str] = Counter()

    def left(self, network: str) -> int:
        """How many calls are left after this one; negative once there are too many."""
        minute = floor(clock.now().timestamp() / MINUTE)
        if minute != self._minute:
            self._minute, self._counts = minute, Counter()
        self._counts[network] += bool(network)
        return open_api.CALLS_A_MINUTE - self._counts[network]


calls = Calls()


def _seconds_left() -> int:
    return MINUTE - floor(clock.now().timestamp()) % MINUTE


def _open(operation: Operation) -> Callable[[_Answer], Callable[..., HttpResponse]]:
    """A view of the API: counted, read by the table of parameters, every error in JSON and in French."""

    def decorate(answer: _Answer) -> Callable[..., HttpResponse]:
        @login_not_required
        @require_safe
        def view(request: HttpRequest) -> HttpResponse:
            left = calls.left(network_of(request))
            if left < 0:
                response: HttpResponse = _refused(429, "Trop d’appels en une minute : attendez un peu.")
                response["Retry-After"] = str(_seconds_left())
            else:
                response = _answered(request, operation, answer)
            response["Access-Control-Allow-Origin"] = "*"
            response["Access-Control-Expose-Headers"] = "ETag, Link, RateLimit-Limit, RateLimit-Remaining, Retry-After"
            response["RateLimit-Limit"] = str(open_api.CALLS_A_MINUTE)
            response["RateLimit-Remaining"] = str(max(left, 0))
            response["RateLimit-Reset"] = str(_seconds_left())
            return response

        return view

    return decorate


def _answered(request: HttpRequest, operation: Operation, answer: _Answer) -> HttpResponse:
    try:
        return answer(request, open_api.read(request, operation))
    except (BadRequest, TooLarge) as error:
        return _refused(400, str(error))
    except Http404 as error:
        return _refused(404, str(error))


def _refused(status: int, detail: str) -> JsonResponse:
    return JsonResponse({"detail": detail}, status=status, json_dumps_params={"ensure_ascii": False})


def _json(document: dict[str, object], release: Release | None = None) -> HttpResponse:
    return _dated(JsonResponse(document, json_dumps_params={"ensure_ascii": False}), release)


def _dated(response: HttpResponse, release: Release | None) -> HttpResponse:
    if release is not None and release.published_at is not None:
        response["Last-Modified"] = http_date(release.published_at.timestamp())
    return response


def _release(wanted: ApiQuery) -> tuple[Release, ReleaseReader]:
    """The one that is named; the newest of the year of data; the newest of all."""
    name, year = wanted["publication"], wanted.number("annee")
    for release in published_releases():
        if (not name or release.name == name) and year in {None, release.campaign.data_year}:
            return release, reader_for(release)
    raise Http404("Cette publication n’existe pas.")


def _paged(request: HttpRequest, wanted: ApiQuery, whole: int) -> tuple[int, int, dict[str, object]]:
    """Start, size, and what the answer says of its pages."""
    page, size = wanted.number("page") or 1, wanted.number("taille") or open_api.DEFAULT_SIZE
    pages = max(ceil(whole / size), 1)
    following = ""
    if page < pages:
        said = {name: word for name, word in wanted.words.items() if word} | {"page": page + 1}
        following = request.build_absolute_uri(f"{request.path}?{urlencode(said)}")
    told: dict[str, object] = {"total": whole, "page": page, "pages": pages, "taille": size}
    told["suivante"] = following or None
    return (page - 1) * size, size, told


def _linked(response: HttpResponse, told: dict[str, object]) -> HttpResponse:
    if told["suivante"]:
        response["Link"] = f'<{told["suivante"]}>; rel="next"'
    return response


@login_not_required
@require_safe
def described(request: HttpRequest) -> HttpResponse:
    response = _json(open_api.description(request.build_absolute_uri(reverse("open_data")).rstrip("/")))
    response["Access-Control-Allow-Origin"] = "*"
    return response


@login_not_required
@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    """How to fetch a figure in Python, in R, in a spreadsheet and with curl, on a figure that exists."""
    releases = published_releases()
    reader = reader_for(releases[0]) if releases else None
    known = [one.code for one in reader.indicators.values() if reader.table(one.code, level="region")] if reader else []
    base = request.build_absolute_uri(reverse("open_data"))
    context = {
        "base": base,
        "figures": f"{base}chiffres?indicateur={known[0] if known else 'CODE'}&niveau=region&croisement=ensemble",
        "operations": open_api.OPERATIONS,
        "calls": open_api.CALLS_A_MINUTE,
        "most": open_data.MOST_ROWS,
    }
    return render(request, "public/open_data.html", context)


@_open(open_api.BY_NAME["publications"])
def releases(request: HttpRequest, wanted: ApiQuery) -> HttpResponse:
    found = published_releases()
    told = [
        {
            "nom": one.name,
            "campagne": one.campaign.year,
            "annee_des_donnees": one.campaign.data_year,
            "publiee_le": one.published_at.isoformat() if one.published_at else None,
            "motif": one.reason,
            "fichiers": [
                {
                    "nom": entry["name"],
                    "octets": entry["size"],
                    "sha256": entry["sha256"],
                    "adresse": request.build_absolute_uri(
                        reverse("release_file", args=[one.campaign.year, one.number, entry["name"]])
                    ),
                }
                for entry in one.files
            ],
        }
        for one in found
    ]
    return _json({"publications": told, "licence": _LICENCE}, found[0] if found else None)


@_open(open_api.BY_NAME["indicateurs"])
def indicators(request: HttpRequest, wanted: ApiQuery) -> HttpResponse:
    release, reader = _release(wanted)
    told = [
        {
            "code": one.code,
            "libelle": one.label,
            "definition": one.definition,
            "theme": one.theme,
            "unite": one.unit,
            "decimales": one.decimals,
            "nature": one.kind,
            "cle": one.is_key,
            "mesures": list(one.statistics),
            "reponses": one.modalities,
            "du_registre": one.is_of_register,
        }
        for one in reader.indicators.values()
        if wanted["theme"] in {"", one.theme}
    ]
    return _json({"publication": release.name, "indicateurs": told}, release)


@kept_with_reader(20)
def _names(reader: ReleaseReader, level: str) -> dict[tuple[str, str], str]:
    places = ((code, find_place(level, code, reader)) for code in reader.territories(level))
    return {(level, code): place.name for code, place in places if place}


@_open(open_api.BY_NAME["territoires"])
def territories(request: HttpRequest, wanted: ApiQuery) -> HttpResponse:
    release, reader = _release(wanted)
    levels = [wanted["niveau"]] if wanted["niveau"] else list(open_api.LEVELS)
    found = [
        {"niveau": level, "code": code, "nom": name}
        for level in levels
        for (_, code), name in sorted(_names(reader, level).items())
        if (level, code) in reader.told
    ]
    start, size, told = _paged(request, wanted, len(found))
    answer = {"publication": release.name, **told, "territoires": found[start : start + size]}
    return _linked(_json(answer, release), told)


@_open(open_api.BY_NAME["chiffres"])
def figures(request: HttpRequest, wanted: ApiQuery) -> HttpResponse:
    release, reader = _release(wanted)
    crossing = wanted["croisement"]
    asked_for = {
        "indicator": [wanted["indicateur"]] if wanted["indicateur"] else [],
        "statistic": [wanted["mesure"]] if wanted["mesure"] else [],
        "level": [wanted["niveau"]] if wanted["niveau"] else [],
        "territory": [wanted["territoire"]] if wanted["territoire"] else [],
        "dimension": ["" if crossing == "ensemble" else crossing] if crossing else [],
    }
    selection = open_data.select(release, reader, asked_for)
    if wanted["format"] == "csv":
        return _file(open_data.as_csv(selection), "csv", release)
    if wanted["format"] == "parquet":
        return _file(open_data.as_parquet(selection), "parquet", release)
    if wanted["format"] == "jsonstat":
        levels = sorted(selection.frame["level"].unique())
        names = {key: name for level in levels for key, name in _names(reader, level).items()}
        return _json(open_data.as_jsonstat(selection, names), release)
    start, size, told = _paged(request, wanted, selection.frame.height)
    answer = {
        "publication": release.name,
        "annee_des_donnees": release.campaign.data_year,
        "source": f"{_SOURCE}, données {release.campaign.data_year}, publication {release.name}.",
        "licence": _LICENCE,
        **told,
        "chiffres": open_data.as_rows(selection, start, size),
    }
    return _linked(_json(answer, release), told)


def _file(content: bytes, ending: str, release: Release) -> HttpResponse:
    kind = "text/csv; charset=utf-8" if ending == "csv" else open_api.MEDIA[ending]
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="senacs-{release.name}-chiffres.{ending}"'
    return _dated(response, release)


@_open(open_api.BY_NAME["structures"])
def structures(request: HttpRequest, wanted: ApiQuery) -> HttpResponse:
    found = register_list(
        kind=wanted["type"], region=wanted["region"], departement=wanted["departement"], city=wanted["commune"]
    ).select_related("commune", "departement__region", "gestionnaire")
    start, size, told = _paged(request, wanted, found.count())
    names = [name for name, _, _ in REGISTER_COLUMNS]
    rows = [dict(zip(names, register_row(one), strict=True)) for one in found[start : start + size]]
    return _linked(_json({**told, "structures": rows}), told)
