"""Where somebody is missing, département by département, on the map of the national team."""

from collections.abc import Sequence

from senacs.accounts.desks import Missing
from senacs.publication.charts import Chart, Unit, Value, choropleth
from senacs.web.basemaps import basemap


def missing_map(missing: Sequence[Missing]) -> Chart | None:
    """How many people each département misses: correspondents, and one for each structure without a responsable."""
    outlines = basemap()
    if outlines is None:
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
