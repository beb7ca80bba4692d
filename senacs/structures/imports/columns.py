"""Recognises the columns of a list by their French headers."""

import re
from collections import Counter
from dataclasses import dataclass

from senacs.lib.french import apostrophes, joined
from senacs.lib.incoming import without_controls
from senacs.lib.text import search_key
from senacs.structures.imports.reading import FileRow, FileTable

HEADER_SEARCH = 15
ADDRESSES = frozenset({"email", "website"})  # an apostrophe there is part of the address
AXES = tuple(f"axis_{rank}" for rank in range(1, 6))

LABELS = {
    "code": "identifiant SENACS",
    "name": "nom",
    "kind": "type",
    "address": "adresse",
    "postal_code": "code postal",
    "commune": "commune",
    "place": "code postal et commune",
    "commune_code": "code INSEE de la commune",
    "siret": "SIRET",
    "email": "courriel",
    "website": "site internet",
    "phone": "téléphone",
    "gestion": "mode de gestion",
    "gestionnaire": "gestionnaire",
    "caf": "Caf",
    "first_agrement_on": "date du 1er agrément",
    "agrement_starts_on": "début de l’agrément",
    "agrement_ends_on": "fin de l’agrément",
    "catchment_population": "population de la zone de compétence",
    "history": "historique",
    "territory_type": "type de territoire",
    "territory_size": "taille du territoire",
    "priority_geography": "géographie prioritaire",
    "is_fcsf_member": "adhérent à la fédération des centres sociaux",
    "other_federation": "autre fédération",
    "is_travellers": "gens du voyage",
    "is_multi_site": "multi-sites",
    "is_itinerant": "itinérante",
    "closed_on": "fin d’activité",
    **{name: f"axe {rank} du projet" for rank, name in enumerate(AXES, 1)},
}

# Headers without articles nor accents; the first named wins when a list has several columns for one field.
SYNONYMS = {
    "code": "code senacs|identifiant senacs|id senacs|numero senacs|n senacs",
    "name": "nom|nom structure|structure|denomination|nom centre|nom centre social|nom evs|nom equipement"
    "|libelle structure|libelle|intitule|nom etablissement|etablissement|raison sociale",
    "kind": "type|type structure|nature|nature structure|categorie|categorie structure|type agrement|agrement|csx evs"
    "|cs evs|kind|type equipement",
    "address": "adresse|adresse postale|rue|voie|adresse 1|adresse structure|numero voie",
    "postal_code": "code postal|cp|codepostal|c p|code post|postal|cpostal|cp structure|code postal structure",
    "commune": "commune|ville|localite|nom commune|libelle commune|commune implantation|ville structure"
    "|commune structure|bureau distributeur|nom ville",
    "place": "cp ville|code postal ville|cp commune|code postal commune|cp localite|code postal et ville",
    "commune_code": "code insee|code commune|insee|code insee commune|codgeo|code officiel commune|code commune insee"
    "|depcom",
    "siret": "siret|n siret|no siret|numero siret|num siret|siret structure|code siret",
    "email": "courriel|email|mail|e mail|adresse mail|adresse mail contact|adresse email|adresse electronique|mel"
    "|contact mail|courriel contact|adresse courriel",
    "website": "site internet|site|site web|url|web|website|page web|adresse site|internet",
    "phone": "telephone|tel|tel fixe|telephone fixe|numero telephone|n telephone|telephone structure|phone|portable",
    "gestion": "mode gestion|gestion|type gestion|statut|statut juridique|statut gestionnaire",
    "gestionnaire": "gestionnaire|nom gestionnaire|organisme gestionnaire|association gestionnaire"
    "|structure gestionnaire|porteur|structure porteuse",
    "caf": "caf|caf rattachement|nom caf|caf reference",
    "first_agrement_on": "date 1er agrement|date premier agrement|1er agrement|premier agrement|date agrement initial"
    "|date 1 agrement|date agrement",
    "agrement_starts_on": "debut agrement|date debut agrement|agrement debut|date effet agrement",
    "agrement_ends_on": "fin agrement|date fin agrement|agrement fin|echeance agrement|date echeance agrement",
    "catchment_population": "population zone competence|population|population zone|nombre habitants|habitants"
    "|population territoire|zone competence population|nb habitants",
    "history": "historique|histoire",
    "territory_type": "type territoire intervention|type territoire|territoire|urbain rural|type espace",
    "territory_size": "taille territoire intervention|taille territoire",
    "priority_geography": "geographie prioritaire|qpv|quartier prioritaire|politique ville",
    "is_fcsf_member": "adherent federation centres sociaux|adherent fcsf|fcsf|federe|adhesion fcsf|adherent federation",
    "other_federation": "adherent autre federation|autre federation",
    "is_travellers": "gens voyage|structure gens voyage",
    "is_multi_site": "multi sites|multisites|multi sites eclate|multi site|structure multi sites eclate|eclate",
    "is_itinerant": "itinerante|itinerant|structure itinerante",
    "closed_on": "fin activite|date fermeture|date fin activite|fermeture|ferme le",
    **{name: f"axe {rank}|axe{rank}|axe projet {rank}|axe {rank} projet" for rank, name in enumerate(AXES, 1)},
}
# For headers that no list foresees (« Téléphone de l'accueil »), after every exact one has been placed.
_HINTS = (
    ("siret", r"\bsiret\b"),
    ("postal_code", r"\bcode postal\b"),
    ("email", r"\b(courriel|e?mail)\b"),
    ("phone", r"\b(telephone|tel)\b"),
    ("website", r"\bsite (internet|web)\b"),
    ("first_agrement_on", r"\b(1er|premier) agrement\b"),
    ("catchment_population", r"\bpopulation\b"),
)
_STOP = frozenset("de du des d la le les l a au aux en un une".split())
# What a header adds to say whose column it is: « Dénomination de la structure », « Ville du centre social ».
_OWNERS = frozenset("structure structures centre centres social sociaux evs equipement association".split())
_RANKS = {synonym: (field, rank) for field, text in SYNONYMS.items() for rank, synonym in enumerate(text.split("|"))}


class ColumnsError(Exception):
    """The list has not the columns it needs; the message is French."""


@dataclass(frozen=True)
class ListRow:
    """A row of the list as typed; `cells` by field, blank ones left out."""

    line: int
    cells: dict[str, str]
    # What was mended or is to be looked at, in French (`reading.FileRow`).
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class StructureList:
    rows: tuple[ListRow, ...]
    fields: dict[str, str]
    warnings: tuple[str, ...]


def header_key(header: str) -> str:
    return " ".join(word for word in search_key(header).split() if word not in _STOP)


def read_list(tables: list[FileTable], *, has_kind: bool = False) -> StructureList:
    """The list among the tables (the first with a usable header), by field.

    `has_kind`: the type of all structures is known from elsewhere. Raises ColumnsError, naming what is missing or
    doubled, and for a list without rows.
    """
    table, index = _find_header(tables)
    told = list(table.notes)
    header = table.rows[index].cells
    places, warnings = _place(header)
    _check_minimum(places, header)
    if "kind" not in places and not has_kind:
        warnings.append("Aucune colonne « type » : le type est déduit du nom de chaque structure.")
    rows = tuple(_list_row(row, places) for row in table.rows[index + 1 :])
    if not rows:
        raise ColumnsError("Le fichier ne contient qu’une ligne d’en-têtes : aucune structure à importer.")
    return StructureList(rows, {field: header[place] for field, place in places.items()}, (*told, *warnings))


def _find_header(tables: list[FileTable]) -> tuple[FileTable, int]:
    best: tuple[int, FileTable | None, int] = (0, None, 0)
    for table in tables:
        for index, row in enumerate(table.rows[:HEADER_SEARCH]):
            score = len({field for cell in row.cells if (field := _field(cell)) is not None})
            if score > best[0]:
                best = (score, table, index)
    _, found, index = best
    if found is None:
        first = next(table for table in tables if table.rows).rows[0].cells
        seen = joined([f"« {cell.strip()[:40]} »" for cell in first[:8] if cell.strip()])
        raise ColumnsError(
            "Aucune ligne d’en-têtes reconnue. Il faut au moins les colonnes nom, type, code postal et commune ; "
            f"première ligne lue : {seen}."
        )
    return found, index


def _field(header: str) -> str | None:
    key = header_key(header)
    found = _RANKS.get(key) or _RANKS.get(_without_owner(key))
    return found[0] if found else None


def _without_owner(key: str) -> str:
    return " ".join(word for word in key.split() if word not in _OWNERS)


def _place(header: tuple[str, ...]) -> tuple[dict[str, int], list[str]]:
    """Field → column, and warnings for columns that are not used."""
    keys = [header_key(cell) for cell in header]
    doubled = [key for key, count in Counter(keys).items() if key in _RANKS and count > 1]
    if doubled:
        names = joined([f"« {header[keys.index(key)].strip()} »" for key in doubled])
        raise ColumnsError(f"Colonne en double : {names}. Gardez une seule colonne de ce nom.")
    places: dict[str, int] = {}
    for place in sorted((i for i, key in enumerate(keys) if key in _RANKS), key=lambda i: _RANKS[keys[i]][1]):
        places.setdefault(_RANKS[keys[place]][0], place)
    for place, key in enumerate(keys):
        found = None if key in _RANKS else _RANKS.get(_without_owner(key))
        if found and place not in places.values():
            places.setdefault(found[0], place)
    for field, pattern in _HINTS:
        free = [i for i, key in enumerate(keys) if i not in places.values() and re.search(pattern, key)]
        if free and field not in places and keys[free[0]] not in _RANKS:
            places[field] = free[0]
    unused = [f"« {cell.strip()} »" for i, cell in enumerate(header) if cell.strip() and i not in places.values()]
    word = "Colonne ignorée" if len(unused) == 1 else "Colonnes ignorées"
    return places, [f"{word} : {joined(unused)}."] if unused else []


def _check_minimum(places: dict[str, int], header: tuple[str, ...]) -> None:
    missing = [LABELS["name"]] if "name" not in places else []
    if "place" not in places:
        missing += [LABELS[field] for field in ("postal_code", "commune") if field not in places]
    if missing:
        names = joined([f"« {name} »" for name in missing])
        seen = joined([f"« {cell.strip()[:40]} »" for cell in header if cell.strip()])
        word = "Colonne obligatoire absente" if len(missing) == 1 else "Colonnes obligatoires absentes"
        raise ColumnsError(f"{word} : {names}. En-têtes lus : {seen}.")


def _list_row(row: FileRow, places: dict[str, int]) -> ListRow:
    """Cells without control characters, which a database may refuse; only the history keeps its lines."""
    cells = {}
    for field, place in places.items():
        if place < len(row.cells):
            text = without_controls(row.cells[place])
            cells[field] = text.strip() if field == "history" else " ".join(text.split())
            if field not in ADDRESSES:
                cells[field] = apostrophes(cells[field])
    return ListRow(row.line, {field: text for field, text in cells.items() if text}, row.notes)
