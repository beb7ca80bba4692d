"""What the register knows of a structure that the survey would otherwise ask: facts by name, as they are stored.

A question of a questionnaire names the fact that answers it (`register: population`). What is not known is absent.
"""

from datetime import date
from typing import Any

from senacs.structures.enums import Gestion, TerritoryType
from senacs.structures.models import Structure

# Associations of these départements have a law of their own.
LOCAL_LAW = frozenset({"57", "67", "68"})
MOST_AXES = 5


def facts_of(structure: Structure, day: date) -> dict[str, Any]:
    """The facts known on `day`; `agrements` and `sites` are read, and may have been fetched for many at once."""
    agrement = next((a for a in structure.agrements.all() if a.starts_on <= day <= a.ends_on), None)
    sites = [s for s in structure.sites.all() if s.opens_on <= day and (s.closes_on is None or s.closes_on > day)]
    known: dict[str, Any] = {
        "statut": _legal_status(structure),
        # « Urbain » is not known: the survey tells the periurban apart, the register does not.
        "territoire": structure.territory_type if structure.territory_type == TerritoryType.RURAL else "",
        "taille": structure.territory_size,
        "population": structure.catchment_population,
        "geographie": structure.priority_geography,
        "familles": agrement.has_families if agrement is not None else None,
        "lieux": len(sites) + 1 if sites else None,
        "multi_sites": structure.is_multi_site,
        "itinerante": structure.is_itinerant,
        "gens_du_voyage": structure.is_travellers,
        **{f"axe_{number}": axis for number, axis in enumerate(structure.project_axes[:MOST_AXES], start=1)},
    }
    return {name: value for name, value in known.items() if value not in (None, "")}


def _legal_status(structure: Structure) -> str:
    """What the gestion says of it by itself; of a collectivité it does not say which."""
    if structure.gestion == Gestion.CAF:
        return "caf"
    if structure.gestion == Gestion.ASSOCIATIF:
        return "association_droit_local" if structure.departement_id in LOCAL_LAW else "association_1901"
    return ""
