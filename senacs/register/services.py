"""Lists brought into the register from the browser: received and tried, then applied as they were shown."""

import tempfile
from dataclasses import asdict
from pathlib import Path

from django.conf import settings
from django.db import transaction

from senacs.accounts.models import User
from senacs.accounts.permissions import can_manage_register
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused
from senacs.register.enums import ActKind
from senacs.register.journal import watched
from senacs.register.models import RegisterImport
from senacs.structures.bodies import BodiesError, BodiesReport, load_bodies
from senacs.structures.enums import StructureKind
from senacs.structures.imports.columns import LABELS, ColumnsError, StructureList, read_list
from senacs.structures.imports.reading import ReadingError, read_tables
from senacs.structures.imports.repaired import repaired_workbook
from senacs.structures.imports.report import ImportOutcome, ImportResult, RowOutcome, to_csv
from senacs.structures.services import RegisterError, import_rows
from senacs.territories.boundaries import BoundaryError, load_default_boundaries
from senacs.territories.places import CommuneIndex
from senacs.territories.services import LoadReport, load_territories
from senacs.territories.source import SourceError

PLACES = settings.BASE_DIR / "node_modules" / "@etalab" / "decoupage-administratif"


@transaction.atomic
def load_places(*, by: User) -> LoadReport:
    """The official geographic code and the outlines delivered with the software: what a register needs first."""
    require_register_manager(by)
    try:
        with watched(kind=ActKind.LIST, reason="Communes d’un nouveau millésime du code officiel géographique.", by=by):
            report = load_territories(folder=PLACES)
        load_default_boundaries(base=settings.BASE_DIR)
    except (SourceError, BoundaryError) as error:
        raise Refused(str(error)) from error
    return report


def load_institutions(*, by: User) -> BodiesReport:
    """The Caf and the federations of the reference tables."""
    require_register_manager(by)
    try:
        return load_bodies(folder=settings.DATA_DIR / "reference")
    except BodiesError as error:
        raise Refused(str(error)) from error


@transaction.atomic
def receive_list(*, name: str, content: bytes, kind: StructureKind | None, by: User) -> RegisterImport:
    """Keeps a list that can be read; `try_list` then says what its application would do.

    Raises Refused for a file that cannot be read, or columns that say no structure.
    """
    require_register_manager(by)
    listed = _read(name, content, kind)
    columns = ", ".join(f"{LABELS[field]} ← « {header.strip()} »" for field, header in listed.fields.items())
    return RegisterImport.objects.create(
        name=name[:200],
        content=content,
        kind=kind or "",
        notes=[f"Colonnes lues : {columns}.", *listed.warnings],
        received_at=clock.now(),
        received_by=by,
    )


@transaction.atomic
def apply_list(
    *, received: RegisterImport, by: User, skip_refused: bool = False, allow_duplicates: bool = False
) -> RegisterImport:
    """Brings the register to what a received list says, as its report was shown.

    Raises Refused when the list is applied already, when rows are refused without `skip_refused`, and when the register
    has changed since the report: the new report is kept then, to be looked at.
    """
    require_register_manager(by)
    kept = RegisterImport.objects.select_for_update().get(pk=received.pk)
    if kept.applied_at is not None:
        raise Refused("Cette liste est déjà appliquée.")
    if kept.tried_at is None:
        raise Refused("Cette liste n’est pas encore essayée.")
    kind = StructureKind(kept.kind) if kept.kind else None
    listed = _read(kept.name, bytes(kept.content), kind)
    if _told(_try(listed, kind)) != kept.rows:
        raise RegisterMoved("Le registre a changé depuis cet essai : regardez de nouveau ce que la liste ferait.")
    with watched(kind=ActKind.LIST, reason=f"Liste n° {kept.pk} appliquée.", by=by):
        result = _import(listed, kind, skip_refused=skip_refused, allow_duplicates=allow_duplicates)
    if result.is_blocked:
        raise Refused("Des lignes sont refusées : corrigez la liste, ou demandez de laisser ces lignes de côté.")
    kept.rows, kept.content = _told(result), b""
    kept.applied_at, kept.applied_by = clock.now(), by
    kept.save(update_fields=["rows", "content", "applied_at", "applied_by"])
    return kept


class RegisterMoved(Refused):
    """What was shown is no longer what would be done."""


@transaction.atomic
def try_list(*, received: RegisterImport, by: User) -> RegisterImport:
    """The report of a list that is not applied yet, against the register of today."""
    require_register_manager(by)
    kept = RegisterImport.objects.select_for_update().get(pk=received.pk)
    if kept.applied_at is None:
        kind = StructureKind(kept.kind) if kept.kind else None
        kept.rows = _told(_try(_read(kept.name, bytes(kept.content), kind), kind))
        kept.tried_at = clock.now()
        kept.save(update_fields=["rows", "tried_at"])
    return kept


def report_of(received: RegisterImport) -> str:
    """The report as a CSV text, one line a row of the list."""
    return to_csv(_outcomes(received))


def _outcomes(received: RegisterImport) -> list[RowOutcome]:
    fields = ("line", "name", "code", "reason")
    return [
        RowOutcome(
            outcome=ImportOutcome[row["outcome"]],
            warnings=tuple(row["warnings"]),
            changes=tuple((label, before, after) for label, before, after in row["changes"]),
            **{field: row[field] for field in fields},
        )
        for row in received.rows
    ]


def repaired_list(*, received: RegisterImport, by: User) -> bytes:
    """A list as it was understood, with a column of what was done of each row, as XLSX; Refused once it is applied."""
    require_register_manager(by)
    if received.applied_at is not None or not received.content:
        raise Refused("Cette liste est appliquée : le site ne garde que son rapport.")
    kind = StructureKind(received.kind) if received.kind else None
    listed = _read(received.name, bytes(received.content), kind)
    outcomes = _outcomes(received) if received.tried_at else []
    return repaired_workbook(listed, outcomes, CommuneIndex.load(), kind)


def require_register_manager(by: User) -> None:
    if not can_manage_register(by):
        raise NotAllowed("Seule l’équipe nationale tient le registre.")


def _read(name: str, content: bytes, kind: StructureKind | None) -> StructureList:
    with tempfile.TemporaryDirectory() as folder:
        # The name as it was received says the format in messages; no part of it leads elsewhere.
        path = Path(folder) / (Path(name.replace("\\", "/")).name[-100:] or "liste")
        path.write_bytes(content)
        try:
            return read_list(read_tables(path), has_kind=kind is not None)
        except (ReadingError, ColumnsError) as error:
            raise Refused(str(error)) from error


def _try(listed: StructureList, kind: StructureKind | None) -> ImportResult:
    return _import(listed, kind, is_trial=True)


def _import(
    listed: StructureList,
    kind: StructureKind | None,
    *,
    is_trial: bool = False,
    skip_refused: bool = False,
    allow_duplicates: bool = False,
) -> ImportResult:
    try:
        return import_rows(
            rows=listed.rows,
            kind=kind,
            dry_run=is_trial,
            skip_refused=skip_refused,
            allow_duplicates=allow_duplicates,
        )
    except RegisterError as error:
        raise Refused("Les territoires ne sont pas encore chargés : « Mise en route » dit comment.") from error


def _told(result: ImportResult) -> list[dict[str, object]]:
    """Rows as JSON gives them back."""
    more = (
        {"outcome": row.outcome.name, "warnings": [*row.warnings], "changes": [*map(list, row.changes)]}
        for row in result.rows
    )
    return [asdict(row) | each for row, each in zip(result.rows, more, strict=True)]
