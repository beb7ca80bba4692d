"""Outlines of départements that maps of several audiences are drawn on, projected once for each vintage."""

from functools import lru_cache

from senacs.publication.charts import Area, Basemap, build_basemap
from senacs.territories.models import Departement
from senacs.territories.queries import boundaries, current_vintage, displaced_codes

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
