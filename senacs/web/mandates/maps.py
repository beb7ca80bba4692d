"""Where somebody is missing, département by département, on the map of the national team."""

from collections.abc import Sequence
from functools import lru_cache

from senacs.accounts.desks import Missing
from senacs.publication.charts import Area, Basemap, Chart, Unit, Value, build_basemap, choropleth
from senacs.territories.models import Departement
from senacs.territories.queries import boundaries, current_vintage, displaced_codes

WIDTH = 520.0
_LEVEL = "departement"


@lru_cache(maxsize=2)
def _basemap(vintage: str) -> Basemap:
    """Projected once for each vintage."""
    outlines, displaced = boundaries(_LEVEL, vintage), displaced_codes(_LEVEL, vintage)
    found = Departement.objects.filter(code__in=outlines).order_by("code")
    return build_basemap([Area(d.code, d.name, outlines[d.code], d.code not in displaced) for d in found], width=WIDTH)


def missing_map(missing: Sequence[Missing]) -> Chart | None:
    """How many people each département misses: correspondents, and one for each structure without a responsable."""
    vintage = current_vintage(_LEVEL)
    outlines = _basemap(vintage) if vintage else None
    if outlines is None or len(outlines.shapes) < 2:
        return None
    values: dict[str, Value] = {one.departement.code: one.total for one in missing}
    return choropleth(
        "Personnes qui manquent : correspondants, et responsables de la saisie",
        outlines,
        values,
        prefix="manque",
        unit=Unit("", 0),
        area_header="Département",
        value_header="Personnes qui manquent",
    )
