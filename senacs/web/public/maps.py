"""Maps of the public pages: structures for 10,000 inhabitants, and who answered, by département."""

from collections.abc import Mapping

from senacs.observatory.releases.reader import ReleaseReader, ResponseRate
from senacs.publication.charts import Chart, MapText, Unit, Value, choropleth
from senacs.structures.queries import counts_by
from senacs.territories.models import Departement
from senacs.territories.queries import boundary_source
from senacs.web.basemaps import basemap

_LEVEL = "departement"


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
        MapText(
            "Centres sociaux et espaces de vie sociale agréés pour 10 000 habitants",
            "Département",
            "Structures pour 10 000 habitants",
        ),
        outlines,
        values,
        prefix="couverture",
        unit=Unit("", 2),
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
        MapText("Part des structures dont la réponse est validée", "Département", "Taux de réponse"),
        outlines,
        values,
        prefix="reponse",
        unit=Unit("%", 0),
    )
