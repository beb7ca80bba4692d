"""Where somebody is missing, département by département, on the map of the national team."""

from collections.abc import Sequence

from senacs.accounts.desks import Missing
from senacs.publication.charts import Chart, MapText, Unit, Value, choropleth
from senacs.web.basemaps import basemap


def missing_map(missing: Sequence[Missing]) -> Chart | None:
    """How many people each département misses: correspondents, and one for each structure without a responsable."""
    outlines = basemap()
    if outlines is None:
        return None
    values: dict[str, Value] = {one.departement.code: one.total for one in missing}
    return choropleth(
        MapText(
            "Personnes qui manquent : correspondants, et responsables de la saisie",
            "Département",
            "Personnes qui manquent",
        ),
        outlines,
        values,
        prefix="manque",
        unit=Unit("", 0),
    )
