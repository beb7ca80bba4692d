"""`senacs import_structures`: a list of structures, CSV or workbook, into the register."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from senacs.lib.french import plural
from senacs.register.enums import ActKind
from senacs.register.journal import watched
from senacs.structures.bodies import BodiesError, load_bodies
from senacs.structures.enums import StructureKind
from senacs.structures.imports.columns import LABELS, ColumnsError, StructureList, read_list
from senacs.structures.imports.reading import ReadingError, read_tables
from senacs.structures.imports.report import ImportOutcome, ImportResult, to_csv
from senacs.structures.services import RegisterError, import_rows

SHOWN = 15


class Command(BaseCommand):
    help = "Importe une liste de centres sociaux ou d’espaces de vie sociale (CSV, XLSX, ODS)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FICHIER")
        parser.add_argument("--kind", choices=StructureKind.values, help="type des lignes qui n’en donnent pas")
        parser.add_argument("--dry-run", action="store_true", help="essai à blanc : rien n’est enregistré")
        parser.add_argument("--report", type=Path, metavar="CSV", help="rapport, une ligne par ligne du fichier")
        parser.add_argument(
            "--skip-refused", action="store_true", help="enregistre les autres lignes malgré les lignes refusées"
        )
        parser.add_argument(
            "--allow-duplicates", action="store_true", help="crée les doublons probables au lieu de les refuser"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        kind = StructureKind(options["kind"]) if options["kind"] else None
        self._check_report(options["file"], options["report"])
        try:
            content = read_list(read_tables(options["file"]), has_kind=kind is not None)
            result = self._import(content, kind, options)
        except (ReadingError, ColumnsError, BodiesError, RegisterError) as error:
            raise CommandError(str(error)) from error
        self._show(content, result, is_trial=options["dry_run"])
        if options["report"]:
            options["report"].write_text(to_csv(result.rows), encoding="utf-8-sig", newline="")
            self.stdout.write(f"Rapport : {options['report']}")
        if result.is_blocked:
            raise CommandError(
                "Rien n’a été enregistré : corrigez les lignes refusées, ou relancez avec --skip-refused."
            )

    @staticmethod
    def _check_report(file: Path, report: Path | None) -> None:
        if report is None:
            return
        if report.resolve() == file.resolve():
            raise CommandError("Le rapport écraserait le fichier importé : donnez-lui un autre nom.")
        if not report.resolve().parent.is_dir() or report.is_dir():
            raise CommandError(f"Le rapport ne peut pas être écrit : le dossier de {report} n’existe pas.")

    @staticmethod
    def _import(content: StructureList, kind: StructureKind | None, options: dict[str, Any]) -> ImportResult:
        reason = "Liste importée en ligne de commande."
        with transaction.atomic():
            with watched(kind=ActKind.LIST, reason=reason, by=None):
                load_bodies(folder=settings.DATA_DIR / "reference")
                result = import_rows(
                    rows=content.rows,
                    kind=kind,
                    dry_run=options["dry_run"],
                    skip_refused=options["skip_refused"],
                    allow_duplicates=options["allow_duplicates"],
                )
            transaction.set_rollback(not result.is_written)
        return result

    def _show(self, content: StructureList, result: ImportResult, *, is_trial: bool) -> None:
        read = ", ".join(f"{LABELS[field]} ← « {header.strip()} »" for field, header in content.fields.items())
        self.stdout.write(f"Colonnes : {read}")
        for warning in content.warnings:
            self.stdout.write(f"Attention : {warning}")
        self._show_rows("Refusée", [(row.line, row.name, row.reason) for row in self._refused(result)])
        warned = [(row.line, row.name, " ; ".join(row.warnings)) for row in result.rows if row.warnings]
        self._show_rows("Avertissement", warned)
        trial = "Essai à blanc, rien n’est enregistré. " if is_trial else ""
        self.stdout.write(f"{trial}{plural(len(result.rows), 'ligne')} : {result.summary()}.")

    @staticmethod
    def _refused(result: ImportResult) -> list[Any]:
        return [row for row in result.rows if row.outcome is ImportOutcome.REFUSED]

    def _show_rows(self, word: str, rows: list[tuple[int, str, str]]) -> None:
        for line, name, text in rows[:SHOWN]:
            self.stdout.write(f"{word}, ligne {line}, {name or 'sans nom'} : {text}")
        if len(rows) > SHOWN:
            self.stdout.write(f"… et {len(rows) - SHOWN} de plus (voir le rapport, --report).")
