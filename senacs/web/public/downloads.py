"""What people and machines take away: the figures of a territory, the register and the schema that describes it."""

from collections.abc import Iterable

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from senacs.lib import french_tables
from senacs.lib.french_tables import CSV_TYPE, XLSX_TYPE, Cell, PeopleTable
from senacs.observatory.definitions.indicators import THEMES
from senacs.observatory.models import Release
from senacs.observatory.releases.places import find_place
from senacs.observatory.releases.reader import ReleaseReader, latest_published, reader_for
from senacs.publication.documents.printed_figures import STATISTIC_WORDS, unit_of
from senacs.structures.models import Structure, StructureQuerySet
from senacs.structures.queries import register_list
from senacs.territories.positions import SOURCE
from senacs.territories.queries import Territory, position_of
from senacs.web.public.forms import RegisterFilter

_STATISTICS = STATISTIC_WORDS | {
    "count": "nombre",
    "q1": "premier quartile",
    "q3": "troisième quartile",
    "estimate": "estimation pour toutes les structures",
    "low": "estimation, borne basse",
    "high": "estimation, borne haute",
    "band_low": "bande, borne basse",
    "band_high": "bande, borne haute",
}
_FIXED = frozenset(
    {"indicator", "statistic", "level", "territory", "dimension", "modality", "value", "n", "status", "reason"}
)
# Name of the column, its title, its type in the Table Schema.
REGISTER_COLUMNS = (
    ("code", "Identifiant SENACS", "string"),
    ("nom", "Nom", "string"),
    ("type", "Type", "string"),
    ("adresse", "Adresse", "string"),
    ("code_postal", "Code postal", "string"),
    ("commune_code", "Code Insee de la commune", "string"),
    ("commune", "Commune", "string"),
    ("epci_code", "SIREN de l’intercommunalité", "string"),
    ("departement_code", "Code du département", "string"),
    ("departement", "Département", "string"),
    ("region_code", "Code de la région", "string"),
    ("region", "Région", "string"),
    ("mode_gestion", "Mode de gestion", "string"),
    ("gestionnaire", "Gestionnaire", "string"),
    ("siret", "SIRET", "string"),
    ("courriel", "Courriel", "string"),
    ("telephone", "Téléphone", "string"),
    ("site_internet", "Site internet", "string"),
    ("premier_agrement", "Premier agrément", "date"),
    ("latitude", "Latitude du centre de la commune", "number"),
    ("longitude", "Longitude du centre de la commune", "number"),
)
_ABOUT = "Structures agréées par les Caf (centres sociaux et espaces de vie sociale), registre public de SENACS."


def _place(level: str, code: str) -> tuple[Territory, Release, ReleaseReader]:
    release = latest_published()
    reader = reader_for(release) if release else None
    place = find_place(level, code, reader)
    if place is None or release is None or reader is None:
        raise Http404("Ce territoire n’a pas de chiffres publiés.")
    return place, release, reader


def territory_table(place: Territory, release: Release, reader: ReleaseReader) -> PeopleTable:
    """Every cell of a territory in words: what is hidden has no figure, and says why."""
    dimensions = reader.methodology["plan"]["dimensions"]
    frame = reader.territory_frame(place.level, place.code)
    crossed = [name for name in frame.columns if name not in _FIXED and name in dimensions]
    rows: list[list[Cell]] = []
    for row in frame.iter_rows(named=True):
        indicator = reader.indicators[row["indicator"]]
        unit = unit_of(indicator, row["statistic"], row["value"])
        value = unit.rounded(row["value"])
        rows.append(
            [
                THEMES.get(indicator.theme, indicator.theme),
                indicator.label,
                indicator.modalities.get(row["modality"], ""),
                _STATISTICS.get(row["statistic"], row["statistic"]),
                *(dimensions[name]["modalities"].get(row[name], "") for name in crossed),
                float(value) if isinstance(value, int | float) else None,
                unit.name,
                row["n"],
                row["reason"] or "",
            ]
        )
    labels = [dimensions[name]["label"] for name in crossed]
    headers = ("Thème", "Indicateur", "Réponse", "Mesure", *labels, "Valeur", "Unité", "Répondants", "Si masqué")
    return PeopleTable(f"{place.name}, données {release.campaign.data_year}", headers, rows, _method(release, reader))


def _method(release: Release, reader: ReleaseReader) -> list[tuple[str, str]]:
    source = f"SENACS (Cnaf, Fcsf), données {release.campaign.data_year}, publication {release.name}."
    lines = [
        ("Source", source),
        (
            "Lire",
            "Une valeur vide n’est pas un zéro : elle est masquée (secret statistique), la dernière colonne le dit.",
        ),
        ("Croisements", "Une colonne de croisement vide vaut pour toutes les structures."),
    ]
    return lines + [(indicator.label, indicator.definition) for indicator in reader.indicators.values()]


def _sent(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@login_not_required
@require_safe
def territory_people_csv(request: HttpRequest, level: str, code: str) -> HttpResponse:
    place, release, reader = _place(level, code)
    content = french_tables.as_csv(territory_table(place, release, reader))
    return _sent(content, CSV_TYPE, f"senacs-{release.name}-{level}-{code}-tableau.csv")


@login_not_required
@require_safe
def territory_people_xlsx(request: HttpRequest, level: str, code: str) -> HttpResponse:
    place, release, reader = _place(level, code)
    content = french_tables.as_xlsx(territory_table(place, release, reader))
    return _sent(content, XLSX_TYPE, f"senacs-{release.name}-{level}-{code}.xlsx")


def _listed(request: HttpRequest) -> StructureQuerySet:
    """The structures of the page whose filters the address repeats."""
    form = RegisterFilter(request.GET or None)
    form.is_valid()
    return register_list(**form.criteria).select_related("commune", "departement__region", "gestionnaire")


def register_row(one: Structure) -> list[Cell]:
    at = position_of(one.commune)
    return [
        one.code,
        one.name,
        one.kind,
        one.address,
        one.postal_code,
        one.commune_id,
        one.commune.name,
        one.commune.epci_id or "",
        one.departement_id,
        one.departement.name,
        one.departement.region_id,
        one.departement.region.name,
        one.gestion,
        one.gestionnaire.name if one.gestionnaire else "",
        one.siret,
        one.public_email,
        one.public_phone,
        one.website,
        one.first_agrement_on.isoformat() if one.first_agrement_on else "",
        at.latitude if at else None,
        at.longitude if at else None,
    ]


def register_table(structures: Iterable[Structure], headers: tuple[str, ...]) -> PeopleTable:
    method = [
        ("Source", "SENACS (Cnaf, Fcsf), registre des structures agréées."),
        ("Positions", f"Centre de la commune du siège, d’après {SOURCE} ; pas l’adresse."),
        ("Type", "CS : centre social ; EVS : espace de vie sociale."),
    ]
    return PeopleTable("Structures agréées", headers, [register_row(one) for one in structures], method)


@login_not_required
@require_safe
def register_csv(request: HttpRequest) -> HttpResponse:
    """Columns named as the Table Schema names them."""
    table = register_table(_listed(request), tuple(name for name, _, _ in REGISTER_COLUMNS))
    return _sent(french_tables.as_csv(table), CSV_TYPE, "senacs-structures.csv")


@login_not_required
@require_safe
def register_xlsx(request: HttpRequest) -> HttpResponse:
    table = register_table(_listed(request), tuple(title for _, title, _ in REGISTER_COLUMNS))
    return _sent(french_tables.as_xlsx(table), XLSX_TYPE, "senacs-structures.xlsx")


@login_not_required
@require_safe
def register_geojson(request: HttpRequest) -> JsonResponse:
    """One point a structure, at the centre of its commune; without geometry where that is not known."""
    names = [name for name, _, _ in REGISTER_COLUMNS if name not in {"latitude", "longitude"}]
    features = []
    for row in map(register_row, _listed(request)):
        *told, latitude, longitude = row
        geometry = {"type": "Point", "coordinates": [longitude, latitude]} if latitude is not None else None
        properties = dict(zip(names, told, strict=True))
        features.append({"type": "Feature", "id": told[0], "geometry": geometry, "properties": properties})
    response = JsonResponse(
        {"type": "FeatureCollection", "features": features},
        content_type="application/geo+json",
        json_dumps_params={"ensure_ascii": False},
    )
    response["Content-Disposition"] = 'attachment; filename="senacs-structures.geojson"'
    return response


@login_not_required
@require_safe
def register_schema(request: HttpRequest) -> JsonResponse:
    """The Table Schema (Frictionless) of the register's CSV."""
    required = {"code", "nom", "type", "code_postal", "commune_code", "departement_code"}
    fields: list[dict[str, object]] = []
    for name, title, kind in REGISTER_COLUMNS:
        field: dict[str, object] = {"name": name, "title": title, "type": kind}
        if kind == "number":
            field["decimalChar"] = ","
        constraints: dict[str, object] = {"required": True} if name in required else {}
        if name == "code":
            constraints["unique"] = True
        if name == "type":
            constraints["enum"] = ["CS", "EVS"]
        if constraints:
            field["constraints"] = constraints
        fields.append(field)
    schema = {
        "$schema": "https://specs.frictionlessdata.io/schemas/table-schema.json",
        "name": "senacs-structures",
        "title": "Structures agréées",
        "description": f"{_ABOUT} CSV en UTF-8 avec BOM, séparateur « ; », virgule décimale.",
        "primaryKey": ["code"],
        "missingValues": [""],
        "fields": fields,
    }
    return JsonResponse(schema, json_dumps_params={"ensure_ascii": False, "indent": 1})
