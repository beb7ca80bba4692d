"""Changes of the register: importing lists of structures, attributing their codes."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from senacs.lib import clock
from senacs.lib.french import joined
from senacs.lib.text import search_key
from senacs.structures.bodies import BodyIndex
from senacs.structures.enums import StructureKind
from senacs.structures.imports.columns import LABELS, ListRow
from senacs.structures.imports.matching import Known, KnownStructures
from senacs.structures.imports.report import ImportOutcome, ImportResult, RowOutcome
from senacs.structures.imports.rows import Draft, read_row
from senacs.structures.models import Agrement, Gestionnaire, Structure
from senacs.territories.places import CommuneIndex

BATCH = 500
# Neutral about the type: an EVS that becomes a centre social keeps its code and its history.
CODE_PREFIX = "S-"
NOT_WRITTEN = "non enregistrée : le fichier contient des lignes refusées"
_MARKED_LABELS = {**LABELS, "commune": "commune", "gestionnaire": "gestionnaire", "federation": "fédération"}


class RegisterError(Exception):
    """The register cannot receive a list; the message is French."""


def reserve_codes(count: int) -> list[str]:
    """The next `count` codes (« S-000123 »), to be used in the transaction that asks for them."""
    _lock_register()
    highest = Structure.objects.filter(code__startswith=CODE_PREFIX).aggregate(highest=Max("code"))["highest"]
    found = re.fullmatch(rf"{CODE_PREFIX}(\d+)", highest or "")
    first = int(found[1]) + 1 if found else 1
    return [f"{CODE_PREFIX}{number:06d}" for number in range(first, first + count)]


def _lock_register() -> None:
    """Two imports at once would take the same codes and miss each other's doubles; SQLite has one writer by itself."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE structures_structure IN SHARE ROW EXCLUSIVE MODE")


@transaction.atomic
def import_rows(
    *,
    rows: Sequence[ListRow],
    kind: StructureKind | None = None,
    dry_run: bool = False,
    skip_refused: bool = False,
    allow_duplicates: bool = False,
    reference: Path | None = None,
) -> ImportResult:
    """Brings the register to what a list says; blank cells never erase a known value.

    Each row ends created, updated, unchanged or refused. One refusal and nothing is written, unless `skip_refused`.
    `kind` holds for rows without a type. `allow_duplicates` creates what is probably a double of a structure.
    Raises RegisterError when the territories are not loaded.
    """
    _lock_register()
    run = _Import(reference or settings.DATA_DIR / "reference", kind, allow_duplicates)
    for row in rows:
        run.read(row)
    is_blocked = any(row.outcome is ImportOutcome.REFUSED for row in run.outcomes) and not skip_refused
    if is_blocked or dry_run:
        outcomes = [_unwritten(row, is_blocked) for row in run.outcomes]
        return ImportResult(tuple(outcomes), is_written=False, is_blocked=is_blocked)
    run.write()
    return ImportResult(tuple(run.outcomes), is_written=True)


def _unwritten(row: RowOutcome, is_blocked: bool) -> RowOutcome:
    if is_blocked and row.outcome in (ImportOutcome.CREATED, ImportOutcome.UPDATED):
        return replace(row, reason="; ".join(filter(None, (row.reason, NOT_WRITTEN))))
    return row


class _Import:
    """One import: what is known, what the rows have said so far, what there is to write."""

    def __init__(self, reference: Path, kind: StructureKind | None, allow_duplicates: bool) -> None:
        self._communes = CommuneIndex.load()
        if not self._communes.places:
            raise RegisterError("Les territoires ne sont pas chargés : lancez d’abord « senacs load_territories ».")
        self._bodies = BodyIndex(reference)
        self._register = KnownStructures(list(Structure.objects.select_related("gestionnaire")), self._communes)
        self._gestionnaires = {search_key(body.name): body for body in Gestionnaire.objects.all()}
        self._agrements = set(Agrement.objects.values_list("structure_id", "starts_on", "ends_on"))
        self._kind = kind
        self._allow_duplicates = allow_duplicates
        self._now = clock.now()
        self._taken: dict[int, int] = {}
        self._created: list[tuple[int, Structure, Draft]] = []
        self._updated: list[tuple[Structure, set[str]]] = []
        self._new_agrements: list[Agrement] = []
        self.outcomes: list[RowOutcome] = []

    def read(self, row: ListRow) -> None:
        """Decides what becomes of one row, in memory."""
        draft = read_row(row, self._communes, self._kind)
        known = None if draft.refusal else self._match(draft)
        if draft.refusal:
            self._end(draft, ImportOutcome.REFUSED, reason=draft.refusal)
        elif known is None:
            self._create(draft)
        else:
            self._update(draft, known)

    def write(self) -> None:
        """Puts everything that was decided into the database."""
        Gestionnaire.objects.bulk_create([body for body in self._gestionnaires.values() if body.pk is None])
        for (index, structure, _), code in zip(self._created, reserve_codes(len(self._created)), strict=True):
            structure.code = code
            # The body had no key when it was set: assigning it again takes the key over.
            structure.gestionnaire = structure.gestionnaire
            self.outcomes[index] = replace(self.outcomes[index], code=code)
        Structure.objects.bulk_create([structure for _, structure, _ in self._created], batch_size=BATCH)
        for structure, changed in self._updated:
            structure.gestionnaire = structure.gestionnaire
            structure.updated_at = self._now
            structure.save(update_fields=sorted(changed | {"updated_at"}))
        self._new_agrements += [
            Agrement(structure=structure, starts_on=draft.agrement[0], ends_on=draft.agrement[1])
            for _, structure, draft in self._created
            if draft.agrement
        ]
        Agrement.objects.bulk_create(self._new_agrements)

    def _match(self, draft: Draft) -> Known | None:
        """The structure that the row speaks of; sets the draft's refusal when that cannot be said safely."""
        if draft.code:
            known = self._register.by_code(draft.code)
            if known is None:
                draft.refusal = f"identifiant SENACS « {draft.code} » inconnu"
        else:
            known = self._register.same(draft)
        if known is not None:
            self._refuse_repeated(draft, known)
        elif not draft.refusal and (probable := self._register.probable(draft)):
            told = f"doublon probable de {probable[0]} : {probable[1]}"
            if self._allow_duplicates:
                draft.warnings.append(told)
            else:
                draft.refusal = told
        return known

    def _refuse_repeated(self, draft: Draft, known: Known) -> None:
        above = known.line or (self._taken.get(known.structure.pk) if known.structure else None)
        if above:
            draft.refusal = f"doublon de la ligne {above}"

    def _create(self, draft: Draft) -> None:
        assert draft.place is not None
        structure = Structure(created_at=self._now, updated_at=self._now)
        self._fill(structure, draft, self._targets(structure, draft))
        self._tell_shared_siret(draft, None)
        self._register.add(draft)
        self._created.append((len(self.outcomes), structure, draft))
        self._end(draft, ImportOutcome.CREATED)

    def _update(self, draft: Draft, known: Known) -> None:
        structure = known.structure
        assert structure is not None
        self._taken[structure.pk] = draft.line
        targets = self._targets(structure, draft)
        before = {name: getattr(structure, name) for name in targets}
        changed = self._fill(structure, draft, targets)
        if "siret" in changed:
            self._tell_shared_siret(draft, known)
        words = [_MARKED_LABELS.get(name, name) for name in sorted(changed) if name not in _SILENT]
        changes = self._changes(before, targets)
        if draft.agrement and (structure.pk, *draft.agrement) not in self._agrements:
            starts_on, ends_on = draft.agrement
            self._new_agrements.append(Agrement(structure=structure, starts_on=starts_on, ends_on=ends_on))
            words.append("agrément")
            changes.append(("agrément", "", f"{starts_on:%d/%m/%Y} – {ends_on:%d/%m/%Y}"))
        if changed:
            self._updated.append((structure, changed))
        if not words and not changed:
            self._end(draft, ImportOutcome.UNCHANGED, code=structure.code)
            return
        reason = f"modifié : {joined(words)}"
        self._end(draft, ImportOutcome.UPDATED, code=structure.code, reason=reason, changes=changes)

    def _changes(self, before: dict[str, object], after: dict[str, object]) -> list[tuple[str, str, str]]:
        """Label, value before and value after of each field that differs."""
        names = [name for name in sorted(after) if before[name] != after[name]]
        return [
            (_MARKED_LABELS.get(field, field), self._shown(name, before[name]), self._shown(name, after[name]))
            for name in names
            if (field := name.removesuffix("_id")) not in _SILENT
        ]

    def _shown(self, name: str, value: object) -> str:
        if value is None:
            return ""
        if name == "commune_id":
            place = self._communes.places.get(str(value))
            return str(place) if place else str(value)
        if name in {"caf_id", "federation_id"}:
            return self._bodies.name_of(name.removesuffix("_id"), value)
        if isinstance(value, bool):
            return "oui" if value else "non"
        choices = dict(getattr(Structure._meta.get_field(name), "choices", None) or ())
        return str(choices[value] if isinstance(value, str) and value in choices else value)

    def _targets(self, structure: Structure, draft: Draft) -> dict[str, object]:
        """Every field that the row gives a value to, with what follows from its commune."""
        assert draft.place is not None
        place = draft.place
        targets: dict[str, object] = {**draft.values, "commune_id": place.code, "departement_id": place.departement}
        targets["search_name"] = search_key(draft.name)[:200]
        if draft.gestionnaire:
            key = search_key(draft.gestionnaire)
            targets["gestionnaire"] = self._gestionnaires.setdefault(key, Gestionnaire(name=draft.gestionnaire))
        moved = structure.departement_id not in (None, place.departement)
        caf = self._caf(structure, draft, moved)
        if caf is not None or moved:
            targets["caf_id"] = caf
        federation = self._bodies.federation(place.departement)
        if moved or (structure.federation_id is None and federation is not None):
            targets["federation_id"] = federation.pk if federation else None
        return targets

    def _caf(self, structure: Structure, draft: Draft, moved: bool) -> int | None:
        """The Caf that the row names, else the one already known, else the one that the commune tells."""
        assert draft.place is not None
        if draft.caf:
            named = self._bodies.named_caf(draft.caf, draft.place.departement)
            if named:
                return named.pk
            draft.warnings.append(f"Caf « {draft.caf} » non reconnue")
        if structure.caf_id is not None and not moved:
            return structure.caf_id
        caf, warning = self._bodies.caf(draft.place.departement, draft.place.epci)
        if warning:
            draft.warnings.append(warning)
        return caf.pk if caf else None

    @staticmethod
    def _fill(structure: Structure, draft: Draft, targets: dict[str, object]) -> set[str]:
        """Sets what differs; the names of the fields that did."""
        changed = set()
        for name, value in targets.items():
            if getattr(structure, name) != value:
                setattr(structure, name, value)
                changed.add(name.removesuffix("_id"))
        return changed

    def _tell_shared_siret(self, draft: Draft, known: Known | None) -> None:
        others = self._register.sharing_siret(draft, but=known)
        if others:
            shown = joined([str(other) for other in others[:2]])
            more = f" et {len(others) - 2} de plus" if len(others) > 2 else ""
            draft.warnings.append(f"SIRET partagé avec {shown}{more}")

    def _end(
        self,
        draft: Draft,
        outcome: ImportOutcome,
        *,
        code: str = "",
        reason: str = "",
        changes: Sequence[tuple[str, str, str]] = (),
    ) -> None:
        warnings = tuple(draft.warnings)
        self.outcomes.append(RowOutcome(draft.line, draft.name, outcome, code, reason, warnings, tuple(changes)))


# Follow from another field, which is named in their stead.
_SILENT = frozenset({"search_name", "departement"})
