"""Reads over the register's life: history of an entry, the register of a past day, agréments that end, origins."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from senacs.accounts.permissions import AnyUser, structures_followed_by, structures_visible_to
from senacs.lib import clock
from senacs.lib.csv_files import csv_text
from senacs.lib.french import ZONE
from senacs.register.enums import SuccessionLink
from senacs.register.journal import ENTERED
from senacs.register.models import RegisterLine, Succession
from senacs.structures.models import Agrement, Caf, Federation, Gestionnaire, Structure, StructureQuerySet
from senacs.territories.models import Commune, Departement

YEAR = timedelta(days=365)
# Fields that hold the key of something that has a name.
_NAMED = {
    "commune_id": Commune,
    "departement_id": Departement,
    "caf_id": Caf,
    "federation_id": Federation,
    "gestionnaire_id": Gestionnaire,
}
_LABELS = {field.attname: str(field.verbose_name).replace("'", "’") for field in Structure._meta.concrete_fields}
NOTHING = "rien"


def entries_of(user: AnyUser) -> StructureQuerySet:
    """The entries whose life one follows: one's own structure, one's territory, France for the national team."""
    known = Q(pk__in=structures_followed_by(user)) | Q(pk__in=structures_visible_to(user))
    found: StructureQuerySet = Structure.objects.filter(known)
    return found


@dataclass(frozen=True, slots=True)
class EntryChange:
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One act as the history of an entry tells it."""

    line: RegisterLine
    changes: tuple[EntryChange, ...]


def history_of(structure: Structure) -> list[ShownLine]:
    """The acts on an entry, newest first, in a constant number of queries."""
    lines = list(structure.register_lines.select_related("act__by").order_by("-act__on", "-act_id"))
    names = _names_in(line.changes for line in lines)
    return [ShownLine(line, _shown(line.changes, names)) for line in lines]


def _names_in(changes: Iterable[dict[str, list[Any]]]) -> dict[tuple[str, Any], str]:
    wanted: defaultdict[str, set[Any]] = defaultdict(set)
    for each in changes:
        for field in _NAMED.keys() & each.keys():
            wanted[field] |= {value for value in each[field] if value is not None}
    return {
        (field, one.pk): str(one)
        for field, keys in wanted.items()
        for one in _NAMED[field]._default_manager.filter(pk__in=keys)
    }


def _shown(changes: dict[str, list[Any]], names: dict[tuple[str, Any], str]) -> tuple[EntryChange, ...]:
    found = []
    for name, (before, after) in changes.items():
        if name == "departement_id" and "commune_id" in changes:
            continue
        label = _LABELS[name]
        found.append(EntryChange(label, _word(name, before, names), _word(name, after, names)))
    return tuple(found)


def _word(name: str, value: Any, names: dict[tuple[str, Any], str]) -> str:
    if value in (None, "", []):
        return NOTHING
    if name in _NAMED:
        return names.get((name, value), str(value))
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, list):
        return " ; ".join(map(str, value))
    if name.endswith("_on"):
        return f"{date.fromisoformat(value):%d/%m/%Y}"
    choices = dict(getattr(Structure._meta.get_field(name), "choices", None) or ())
    return str(choices.get(value, value))


def agreements_ending(structures: QuerySet[Structure], *, within: timedelta = YEAR) -> list[Agrement]:
    """The last agrément of each open structure where it has ended already or ends within a year, soonest first."""
    last: dict[int, Agrement] = {}
    known = Agrement.objects.filter(structure__in=structures.filter(closed_on__isnull=True))
    for agrement in known.select_related("structure__commune", "structure__caf").order_by("ends_on"):
        last[agrement.structure_id] = agrement
    limit = clock.today() + within
    return sorted((one for one in last.values() if one.ends_on <= limit), key=lambda one: (one.ends_on, one.pk))


@dataclass(frozen=True, slots=True)
class PastEntry:
    """An entry of the register as it was on a day."""

    code: str
    name: str
    kind: str
    address: str
    postal_code: str
    commune: str
    departement: str
    caf: str
    gestionnaire: str
    gestion: str
    agrement: str


def register_at(day: date, structures: QuerySet[Structure] | None = None) -> list[PastEntry]:
    """The register as it stood at the end of `day`: the entry of today with every later act undone; nine queries.

    An entry is there from the act that made it, else from its first agrément, else from the day it was written.
    """
    rows = list(structures if structures is not None else Structure.objects.all())
    later: defaultdict[int, list[RegisterLine]] = defaultdict(list)
    born: dict[int, date] = {}
    for line in RegisterLine.objects.select_related("act").order_by("-act__on", "-act_id"):
        if line.act.on > day:
            later[line.structure_id].append(line)
        if not line.changes and line.told.startswith(ENTERED):
            born[line.structure_id] = line.act.on
    for row in rows:
        for line in later[row.pk]:
            for name, (before, _) in line.changes.items():
                setattr(row, name, date.fromisoformat(before) if before and name.endswith("_on") else before)
    there = [row for row in rows if _is_there(row, born.get(row.pk), day)]
    return _told(sorted(there, key=lambda row: (row.departement_id, row.name.casefold(), row.code)), day)


def _is_there(row: Structure, born: date | None, day: date) -> bool:
    since = row.first_agrement_on or born or row.created_at.astimezone(ZONE).date()
    if born is not None and row.first_agrement_on is not None:
        since = min(born, row.first_agrement_on)
    return since <= day and (row.closed_on is None or row.closed_on > day)


def _told(rows: Sequence[Structure], day: date) -> list[PastEntry]:
    names = {name: dict(_named(model)) for name, model in _NAMED.items() if name != "commune_id"}
    communes = {row.commune_id for row in rows}
    places = {pk: name for pk, name in Commune.objects.values_list("pk", "name") if pk in communes}
    agrements = {one.structure_id: str(one) for one in Agrement.objects.filter(starts_on__lte=day, ends_on__gte=day)}
    return [
        PastEntry(
            code=row.code,
            name=row.name,
            kind=row.get_kind_display(),
            address=row.address,
            postal_code=row.postal_code,
            commune=places[row.commune_id],
            departement=names["departement_id"].get(row.departement_id, ""),
            caf=names["caf_id"].get(row.caf_id, ""),
            gestionnaire=names["gestionnaire_id"].get(row.gestionnaire_id, ""),
            gestion=row.get_gestion_display(),
            agrement=agrements.get(row.pk, ""),
        )
        for row in rows
    ]


def _named(model: Any) -> Iterable[tuple[Any, str]]:
    return ((one.pk, str(one)) for one in model._default_manager.all())


COLUMNS = (
    "identifiant",
    "nom",
    "type",
    "adresse",
    "code postal",
    "commune",
    "département",
    "Caf",
    "gestionnaire",
    "mode de gestion",
    "agrément",
)


def past_csv(entries: Sequence[PastEntry]) -> str:
    """The register of a day as a list that the import reads back."""
    rows = [tuple(getattr(entry, name) for name in PastEntry.__slots__) for entry in entries]
    return csv_text([COLUMNS, *rows], delimiter=";", line_end="\r\n")


def links_of(structure: Structure) -> list[Succession]:
    """Where an entry comes from, and what became of it, oldest first."""
    known = Succession.objects.filter(Q(predecessor=structure) | Q(successor=structure))
    return list(known.select_related("act", "predecessor", "successor").order_by("act__on", "pk"))


def origins(structures: Iterable[int]) -> dict[int, list[Succession]]:
    """By structure, what it was merged from or what double it took in, through as many acts as it takes."""
    found: defaultdict[int, list[Succession]] = defaultdict(list)
    links: defaultdict[int, list[Succession]] = defaultdict(list)
    for link in Succession.objects.exclude(link=SuccessionLink.SPLIT).select_related("act").order_by("pk"):
        links[link.successor_id].append(link)
    for structure in structures if links else ():
        waiting, seen = [structure], {structure}
        while waiting:
            for link in links[waiting.pop()]:
                if link.predecessor_id not in seen:
                    seen.add(link.predecessor_id)
                    waiting.append(link.predecessor_id)
                    found[structure].append(link)
    return dict(found)
