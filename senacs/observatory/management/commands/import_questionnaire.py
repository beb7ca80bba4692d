"""`senacs import_questionnaire F.xlsx [--dry-run] [--yaml DIR]`: a questionnaire from its workbook, as a draft."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from senacs.lib.french import plural
from senacs.lib.refusals import Refused
from senacs.lib.workbooks import WorkbookError
from senacs.observatory.definitions.indicators import read_entries
from senacs.questionnaire.engine.errors import DefinitionErrors
from senacs.questionnaire.engine.static import warnings_of
from senacs.questionnaire.services import save_questionnaire
from senacs.questionnaire.xlsform.columns import INDICATORS
from senacs.questionnaire.xlsform.files import write_directory
from senacs.questionnaire.xlsform.reader import read_definition


class Command(BaseCommand):
    help = "Enregistre comme brouillon le questionnaire d’un classeur ; chaque erreur est située (feuille, ligne)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="F.xlsx")
        parser.add_argument("--dry-run", action="store_true", help="Vérifie tout sans rien enregistrer.")
        parser.add_argument("--yaml", type=Path, metavar="DIR", help="Écrit aussi les fichiers YAML dans ce dossier.")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"Le fichier {path} n’existe pas.")
        try:
            definition = read_definition(path)
            entries = [(entry, INDICATORS, row) for entry, row in definition.indicators]
            read_entries(entries, definition.questionnaire)
            stored = [entry for entry, _ in definition.indicators]
        except (DefinitionErrors, WorkbookError) as error:
            raise CommandError(str(error)) from None
        questionnaire = definition.questionnaire
        for note in definition.notes:
            self.stdout.write(self.style.WARNING(f"non repris : {note}"))
        for warning in warnings_of(questionnaire):
            self.stdout.write(self.style.WARNING(f"attention : {warning}"))
        counts = f"{plural(len(questionnaire.fields), 'champ')}, {plural(len(questionnaire.rules), 'règle')}, "
        counts += plural(len(definition.indicators), "indicateur")
        if options["dry_run"]:
            self.stdout.write(f"{questionnaire.code} : {counts}. Rien n’a été enregistré (--dry-run).")
            return
        try:
            version = save_questionnaire(questionnaire=questionnaire, indicators=stored)
        except Refused as refusal:
            raise CommandError(refusal.message) from None
        if options["yaml"]:
            write_directory(questionnaire, options["yaml"], stored)
        self.stdout.write(f"{version.code} (brouillon) : {counts}. Empreinte {version.checksum[:12]}.")
