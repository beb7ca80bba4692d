"""`senacs export_questionnaire [CODE] --out F.xlsx`: a questionnaire as a workbook that Kobo and ODK read."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from senacs.observatory.definitions.indicators import entries_for, entries_of
from senacs.questionnaire.engine.errors import DefinitionErrors
from senacs.questionnaire.engine.loader import from_document, load_directory
from senacs.questionnaire.engine.schema import Questionnaire
from senacs.questionnaire.management import DEFAULT_DIRECTORY
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.questionnaire.xlsform.reader import definition_of
from senacs.questionnaire.xlsform.sheets import sheets_of
from senacs.questionnaire.xlsform.writer import write_workbook


class Command(BaseCommand):
    help = "Écrit un questionnaire, ses règles et ses indicateurs dans un classeur XLSForm (survey, choices, settings)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", nargs="?", help="Code d’une version enregistrée ; sans lui, celle de --directory.")
        parser.add_argument("--directory", type=Path, default=DEFAULT_DIRECTORY, metavar="DIR")
        parser.add_argument("--out", type=Path, required=True, metavar="F.xlsx")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            questionnaire, indicators = self.definition(options["code"], options["directory"])
        except DefinitionErrors as errors:
            raise CommandError(str(errors)) from None
        if definition_of(sheets_of(questionnaire)).questionnaire.checksum != questionnaire.checksum:
            raise CommandError("Ce questionnaire contient un texte qu’un classeur ne sait pas rendre à l’identique.")
        try:
            write_workbook(questionnaire, options["out"], indicators=indicators)
        except OSError as error:
            raise CommandError(f"{options['out']} ne peut pas être écrit : {error.strerror}.") from None
        self.stdout.write(f"{options['out']} : {questionnaire.title}. Empreinte {questionnaire.checksum[:12]}.")

    def definition(self, code: str | None, directory: Path) -> tuple[Questionnaire, list[dict[str, object]]]:
        """The questionnaire and the raw entries of its indicators."""
        if code is None:
            return load_directory(directory), entries_of(settings.DATA_DIR / "indicators")
        version = QuestionnaireVersion.objects.filter(code=code).first()
        if version is None:
            known = ", ".join(QuestionnaireVersion.objects.order_by("code").values_list("code", flat=True))
            raise CommandError(f"Aucune version « {code} ». Versions enregistrées : {known or 'aucune'}.")
        questionnaire = from_document(version.document)
        return questionnaire, entries_for(version, questionnaire, settings.DATA_DIR / "indicators")
