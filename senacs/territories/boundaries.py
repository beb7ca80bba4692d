"""Loads outlines of régions, départements and EPCI, from the default package or from an official file."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from senacs.lib import clock
from senacs.territories.geometry import Feature, GeometryError, read_features
from senacs.territories.models import Boundary, BoundaryLevel, Departement, Epci, LoadedVintage, Region

PACKAGE = Path("node_modules") / "@superset-ui" / "legacy-plugin-chart-country-map"
PACKAGE_VINTAGE = "Natural Earth"
PACKAGE_SOURCE = "Natural Earth (domaine public), par @superset-ui/legacy-plugin-chart-country-map 0.20.3"
PACKAGE_FILES = {BoundaryLevel.DEPARTEMENT: "france.geojson", BoundaryLevel.REGION: "france_regions.geojson"}
MAX_BYTES = 60 * 1024 * 1024

MODELS = {BoundaryLevel.REGION: Region, BoundaryLevel.DEPARTEMENT: Departement, BoundaryLevel.EPCI: Epci}
# Names under which official files carry the code, most telling first, compared in lower case.
PROPERTIES = {
    BoundaryLevel.REGION: ("code_insee", "insee_reg", "code_insee_de_la_region", "code_reg", "code_region", "reg"),
    BoundaryLevel.DEPARTEMENT: (
        "code_insee", "insee_dep", "code_insee_du_departement", "code_dept", "code_dep", "code_departement", "dep",
    ),
    BoundaryLevel.EPCI: ("code_siren", "siren_epci", "code_epci", "siren", "epci"),
}  # fmt: skip
GENERIC_PROPERTIES = ("code", "insee", "id", "iso", "iso_3166_2", "hasc")
ISO_DEPARTEMENTS = {"GP": "971", "MQ": "972", "GF": "973", "RE": "974", "YT": "976"}
ISO_REGIONS = {
    "ARA": "84", "BFC": "27", "BRE": "53", "CVL": "24", "COR": "94", "20R": "94", "GES": "44", "HDF": "32",
    "IDF": "11", "NOR": "28", "NAQ": "75", "OCC": "76", "PDL": "52", "PAC": "93", "GUA": "01", "GP": "01",
    "971": "01", "MTQ": "02", "MQ": "02", "972": "02", "GUF": "03", "GF": "03", "973": "03", "LRE": "04",
    "RE": "04", "974": "04", "MAY": "06", "YT": "06", "976": "06",
}  # fmt: skip
# What the default package draws next to the mainland (domain.md: « DROM déjà rapprochés »).
DISPLACED = {
    BoundaryLevel.DEPARTEMENT: frozenset(ISO_DEPARTEMENTS.values()),
    BoundaryLevel.REGION: frozenset({"01", "02", "03", "04", "06"}),
}


class BoundaryError(Exception):
    """The outlines cannot be loaded; the message is French."""


@dataclass(frozen=True)
class BoundaryReport:
    level: BoundaryLevel
    vintage: str
    count: int
    is_changed: bool
    unknown: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def load_default_boundaries(*, base: Path, force: bool = False) -> list[BoundaryReport]:
    """Régions and départements from the npm package under `base`/node_modules; the DROM are not georeferenced."""
    return [
        load_boundaries(
            path=base / PACKAGE / "esm" / "countries" / name,
            level=level,
            vintage=PACKAGE_VINTAGE,
            source=PACKAGE_SOURCE,
            displaced=DISPLACED[level],
            force=force,
        )
        for level, name in PACKAGE_FILES.items()
    ]


@transaction.atomic
def load_boundaries(
    *,
    path: Path,
    level: BoundaryLevel,
    vintage: str,
    source: str,
    displaced: Collection[str] = (),
    force: bool = False,
) -> BoundaryReport:
    """Replaces the outlines of one level and vintage by those of the file, which become the current ones.

    Features whose code is unknown at that level are left aside and named in the report.
    Raises BoundaryError when the file cannot be used or the territories are not loaded.
    """
    if not 0 < len(vintage) <= 20:
        raise BoundaryError("Le millésime compte de 1 à 20 caractères.")
    content = _read(path)
    dataset = f"boundaries-{level.value}"
    checksum = hashlib.sha256(content + "|".join([vintage, source, *sorted(displaced)]).encode()).hexdigest()
    current = LoadedVintage.objects.filter(dataset=dataset, checksum=checksum).exists()
    if current and not force:
        count = Boundary.objects.filter(level=level, vintage=vintage).count()
        return BoundaryReport(level, vintage, count, is_changed=False)
    known = set(MODELS[level]._default_manager.values_list("code", flat=True))
    if not known:
        raise BoundaryError("Les territoires ne sont pas chargés : lancez d’abord « senacs load_territories ».")
    try:
        features = read_features(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, GeometryError) as error:
        raise BoundaryError(f"{path.name} : {error}") from error
    found, unknown = _by_code(features, level, known)
    Boundary.objects.filter(level=level, vintage=vintage).delete()
    Boundary.objects.bulk_create(
        Boundary(
            level=level,
            code=code,
            vintage=vintage,
            source=source[:200],
            is_georeferenced=code not in displaced,
            geometry=feature.geometry,
        )
        for code, feature in found.items()
    )
    LoadedVintage.objects.update_or_create(
        dataset=dataset, defaults={"vintage": vintage, "checksum": checksum, "loaded_at": clock.now()}
    )
    missing = sorted(known - set(found))
    return BoundaryReport(level, vintage, len(found), True, tuple(unknown), tuple(missing))


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise BoundaryError(f"Le fichier de contours {path} n’existe pas (« npm ci » installe ceux par défaut).")
    if path.stat().st_size > MAX_BYTES:
        raise BoundaryError(f"{path.name} dépasse {MAX_BYTES // 1024 // 1024}\u00a0Mo : simplifiez les contours.")
    return path.read_bytes()


def _by_code(
    features: list[Feature], level: BoundaryLevel, known: Collection[str]
) -> tuple[dict[str, Feature], list[str]]:
    found: dict[str, Feature] = {}
    unknown = []
    for feature in features:
        code, tried = recognise_code(feature, level, known)
        if code is None:
            unknown.append(tried)
        elif code in found:
            raise BoundaryError(f"Le code {code} apparaît deux fois : un contour par unité est attendu.")
        else:
            found[code] = feature
    if not found:
        raise BoundaryError(
            f"Aucun contour ne porte un code de niveau « {level.label} » : propriétés attendues "
            f"{', '.join(('code', *PROPERTIES[level]))}, ou un code ISO comme FR-01."
        )
    return found, unknown


def recognise_code(feature: Feature, level: BoundaryLevel, known: Collection[str]) -> tuple[str | None, str]:
    """The INSEE or SIREN code of a feature, from its properties or its id; None and what was read when not `known`."""
    properties: Mapping[str, object] = {str(name).lower(): value for name, value in feature.properties.items()}
    candidates = [properties.get(name) for name in (*PROPERTIES[level], *GENERIC_PROPERTIES)]
    texts = [str(value).strip().upper() for value in [*candidates, feature.identifier] if value not in (None, "")]
    for text in texts:
        for code in _spellings(text, level):
            if code in known:
                return code, text
    return None, texts[0] if texts else "sans code"


def _spellings(text: str, level: BoundaryLevel) -> list[str]:
    bare = text.removeprefix("FR-")
    if level == BoundaryLevel.REGION:
        return [ISO_REGIONS.get(bare, bare)] if text != bare else [bare, bare.zfill(2)]
    if level == BoundaryLevel.DEPARTEMENT:
        return [ISO_DEPARTEMENTS.get(bare, bare), bare.zfill(2)]
    return [bare]
