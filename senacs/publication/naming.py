"""What an edition is called where only its codes are at hand: « Plaquette départementale, Nord »."""

import re

from senacs.territories.queries import get_territory

# By the code of its trame (data/trames).
EDITIONS = {
    "departementale": "Plaquette départementale",
    "regionale": "Plaquette régionale",
    "nationale": "Plaquette nationale",
    "locale": "Plaquette locale",
    "portrait_type": "Portrait type",
    "jeunesse": "Note thématique « jeunesse »",
    "lien_intergenerationnel": "Note thématique « lien intergénérationnel »",
    "maillage": "Note thématique « maillage du territoire »",
    "numerique": "Note thématique « inclusion numérique »",
    "parentalite": "Note thématique « parentalité »",
    "participation": "Note thématique « participation des habitants »",
    "transition_ecologique": "Note thématique « transition écologique »",
}
# As the journal of acts told editions before it named them: « departementale, departement 59 ».
_CODES = re.compile(r"(\w+), (commune|epci|groupe|departement|region|france) (\S+)")
_TERRITORIES = frozenset({"france", "region", "departement", "epci", "commune"})


def told_edition(*, trame: str, level: str, code: str, group: str = "") -> str:
    """What it is and of where; `group` names the place of a local one whose code says nothing by itself."""
    place = get_territory(level, code) if level in _TERRITORIES else None
    where = group or (place.name if place else "")
    return ", ".join(part for part in (EDITIONS.get(trame, "Publication"), where or code) if part)


def in_words(about: str) -> str:
    """What a line of the journal is about, where it was written by codes; other lines unchanged."""
    found = _CODES.fullmatch(about)
    if found is None or found[1] not in EDITIONS:
        return about
    return told_edition(trame=found[1], level=found[2], code=found[3])
