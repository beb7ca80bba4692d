"""Maps of the public pages: structures for 10,000 inhabitants, and who answered, by département."""

from collections.abc import Mapping
from functools import lru_cache

from senacs.observatory.releases.reader import ReleaseReader, ResponseRate
from senacs.publication.charts import Area, Basemap, Chart, Unit, Value, build_basemap, choropleth
from senacs.structures.queries import counts_by
from senacs.territories.models import Departement
from senacs.territories.queries import boundaries, boundary_source, current_vintage, displaced_codes

WIDTH = 520.0
_LEVEL = "departement"


@lru_cache(maxsize=40)
def _basemap(vintage: str, region: str) -> Basemap:
    """The départements of a région ('' for all), projected once for each vintage."""
    outlines, displaced = boundaries(_LEVEL, vintage), displaced_codes(_LEVEL, vintage)
    departements = Departement.objects.filter(code__in=outlines).order_by("code")
    if region:
        departements = departements.filter(region_id=region)
    return build_basemap(
        [Area(d.code, d.name, outlines[d.code], d.code not in displaced) for d in departements], width=WIDTH
    )


def basemap(region: str = "") -> Basemap | None:
    """The outlines to draw on; None when no boundaries are loaded or the région has a single unit to show."""
    vintage = current_vintage(_LEVEL)
    found = _basemap(vintage, region) if vintage else None
    return found if found and len(found.shapes) > 1 else None


def source() -> str:
    return boundary_source(_LEVEL)


def coverage_map(region: str = "") -> Chart | None:
    """Approved structures for 10,000 inhabitants, from the public register."""
    outlines = basemap(region)
    if outlines is None:
        return None
    inhabitants = dict(Departement.objects.values_list("code", "population"))
    values: dict[str, Value] = {
        code: 10_000 * sum(kinds.values()) / population
        for code, kinds in counts_by(_LEVEL).items()
        if (population := inhabitants.get(code))
    }
    return choropleth(
        "Centres sociaux et espaces de vie sociale agréés pour 10 000 habitants",
        outlines,
        values,
        prefix="couverture",
        unit=Unit("", 2),
        area_header="Département",
        value_header="Structures pour 10 000 habitants",
    )


def response_map(reader: ReleaseReader, region: str = "") -> Chart | None:
    """Validated responses for 100 structures asked, in one release."""
    outlines = basemap(region)
    if outlines is None:
        return None
    rates: Mapping[tuple[str, str, str], ResponseRate] = reader.response_rates
    values: dict[str, Value] = {
        code: rate.percent for (level, code, kind), rate in rates.items() if level == _LEVEL and kind == ""
    }
    return choropleth(
        "Part des structures dont la réponse est validée",
        outlines,
        values,
        prefix="reponse",
        unit=Unit("%", 0),
        area_header="Département",
        value_header="Taux de réponse",
    )
