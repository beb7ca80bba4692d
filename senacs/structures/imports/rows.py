"""From a row as typed to what it says of a structure: values, warnings, or the reason to refuse it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from senacs.lib import nominative
from senacs.lib.french import joined
from senacs.structures.enums import StructureKind
from senacs.structures.imports import values
from senacs.structures.imports.columns import AXES, LABELS, ListRow
from senacs.territories.places import CommuneIndex, CommunePlace, split_place

MAX_NAME = 200
MAX_ADDRESS = 250

_READERS: dict[str, Callable[[str], tuple[Any, str]]] = {
    "siret": values.siret,
    "email": values.email,
    "phone": values.phone,
    "gestion": values.gestion,
    "first_agrement_on": values.day,
    "catchment_population": values.population,
    "territory_type": values.territory_type,
    "territory_size": values.territory_size,
    "priority_geography": values.priority_geography,
    "is_fcsf_member": values.yes_no,
    "other_federation": values.other_federation,
    "is_travellers": values.yes_no,
    "is_multi_site": values.yes_no,
    "is_itinerant": values.yes_no,
    "closed_on": values.day,
}


@dataclass
class Draft:
    """What a row says. `values` by field of Structure, known ones only: a blank cell is not there.

    `gestionnaire` and `caf` are names as typed; a draft with a `refusal` has no other usable part.
    """

    line: int
    name: str
    code: str = ""
    kind: StructureKind | None = None
    place: CommunePlace | None = None
    values: dict[str, Any] = field(default_factory=dict)
    gestionnaire: str = ""
    caf: str = ""
    agrement: tuple[Any, Any] | None = None
    warnings: list[str] = field(default_factory=list)
    refusal: str = ""


def read_row(row: ListRow, communes: CommuneIndex, default_kind: StructureKind | None = None) -> Draft:
    """The draft of a row; everything that stands in its way is said at once in `refusal`."""
    cells = row.cells
    draft = Draft(line=row.line, name=cells.get("name", ""), code=cells.get("code", "").upper())
    draft.warnings += row.notes
    refusals = [
        reason
        for reason in (
            _name_refusal(draft),
            _read_kind(draft, cells, default_kind),
            _read_place(draft, cells, communes),
        )
        if reason
    ]
    if refusals:
        draft.refusal = " ; ".join(refusals)
        return draft
    draft.values["name"] = draft.name
    draft.values["kind"] = draft.kind
    _read_optional(draft, cells)
    return draft


def _name_refusal(draft: Draft) -> str:
    if not draft.name:
        return "nom manquant"
    return f"nom de plus de {MAX_NAME} caractères" if len(draft.name) > MAX_NAME else ""


def _read_kind(draft: Draft, cells: dict[str, str], default: StructureKind | None) -> str:
    typed = cells.get("kind", "")
    told = values.kind_from_name(draft.name)
    if typed:
        draft.kind = values.kind(typed)
        return "" if draft.kind else f"type « {typed} » non reconnu : centre social (CS) ou espace de vie sociale (EVS)"
    draft.kind = default or told
    if draft.kind is None:
        return "type manquant, et le nom ne le dit pas : centre social (CS) ou espace de vie sociale (EVS)"
    if default and told and told != default:
        draft.warnings.append(f"type {default.value} demandé pour le fichier, mais le nom dit {told.value}")
    return ""


def _read_place(draft: Draft, cells: dict[str, str], communes: CommuneIndex) -> str:
    postal_code, commune = cells.get("postal_code", ""), cells.get("commune", "")
    if "place" in cells:
        split = split_place(cells["place"])
        postal_code, commune = postal_code or split[0], commune or split[1]
    code = cells.get("commune_code", "")
    if not code and not (postal_code and commune):
        if not postal_code and not commune:
            return "code postal et commune manquants"
        return "commune manquante" if postal_code else "code postal manquant"
    found = communes.resolve(postal_code=postal_code, name=commune, code=code)
    if found.place is None:
        return found.refusal
    draft.place = found.place
    draft.values["postal_code"] = found.postal_code
    draft.warnings += found.warnings
    return ""


def _read_optional(draft: Draft, cells: dict[str, str]) -> None:
    for name, reader in _READERS.items():
        if name in cells:
            value, warning = reader(cells[name])
            if warning:
                draft.warnings.append(warning if name not in _YES_NO else f"{LABELS[name]} : {warning}")
            if value not in (None, ""):
                draft.values[name] = value
    if "website" in cells:
        _read_website(draft, cells["website"])
    if "history" in cells and _is_public(draft, "historique", cells["history"]):
        draft.values["history"] = cells["history"]
    if "address" in cells:
        draft.values["address"] = cells["address"][:MAX_ADDRESS]
        if len(cells["address"]) > MAX_ADDRESS:
            draft.warnings.append(f"adresse coupée à {MAX_ADDRESS} caractères")
    axes = [cells[name] for name in AXES if name in cells and _is_public(draft, "axe du projet", cells[name])]
    if axes:
        draft.values["project_axes"] = axes
    draft.gestionnaire = cells.get("gestionnaire", "")[:MAX_NAME]
    draft.caf = cells.get("caf", "")
    _read_agrement(draft, cells)


def _is_public(draft: Draft, what: str, text: str) -> bool:
    """The register is public: a text that designates a person is left out, and the file says what to change."""
    found = nominative.masked(text)
    if found:
        draft.warnings.append(
            f"{what} non repris, il semble désigner une personne ({joined(found)}) : retirez-le du fichier"
        )
    return not found


_YES_NO = {name for name, reader in _READERS.items() if reader is values.yes_no}


def _read_website(draft: Draft, text: str) -> None:
    """A telephone number or an e-mail address typed as a website goes where it belongs, unless that is known."""
    if number := values.website_phone(text):
        draft.values.setdefault("phone", number)
        draft.warnings.append(f"« {text} » saisi comme site internet est un téléphone, déplacé")
        return
    if "@" in text:
        address, warning = values.email(text)
        if address:
            draft.values.setdefault("email", address)
        draft.warnings.append(warning or f"« {text} » saisi comme site internet est un courriel, déplacé")
        return
    address, warning = values.website(text)
    if address:
        draft.values["website"] = address
    if warning:
        draft.warnings.append(warning)


def _read_agrement(draft: Draft, cells: dict[str, str]) -> None:
    """An agrément needs both its dates, in order; anything else is told and left."""
    typed = [cells.get("agrement_starts_on", ""), cells.get("agrement_ends_on", "")]
    if not all(typed):
        if any(typed):
            draft.warnings.append("agrément sans date de début et de fin, non enregistré")
        return
    (starts_on, first), (ends_on, second) = (values.day(text) for text in typed)
    draft.warnings += [warning for warning in (first, second) if warning]
    if starts_on and ends_on:
        if ends_on > starts_on:
            draft.agrement = (starts_on, ends_on)
        else:
            draft.warnings.append("agrément qui finit avant de commencer, non enregistré")
