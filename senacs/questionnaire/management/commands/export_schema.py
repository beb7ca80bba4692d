"""`senacs export_schema [CODE] [--out F.json]`: the Frictionless Table Schema of the responses to a questionnaire."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from senacs.questionnaire.engine.errors import DefinitionErrors
from senacs.questionnaire.engine.loader import load_directory
from senacs.questionnaire.management import DEFAULT_DIRECTORY
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.questionnaire.queries import get_compiled
from senacs.questionnaire.table_schema import table_schema


class Command(BaseCommand):
    help = "Écrit le schéma de table (Frictionless) des réponses à un questionnaire."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", nargs="?", help="Code d’une version enregistrée ; sans lui, celle de --directory.")
        parser.add_argument("--directory", type=Path, default=DEFAULT_DIRECTORY, metavar="DIR")
        parser.add_argument("--out", type=Path, metavar="F.json", help="Sans lui, le schéma va à l’écran.")

    def handle(self, *args: Any, **options: Any) -> None:
        if code := options["code"]:
            version = QuestionnaireVersion.objects.filter(code=code).first()
            if version is None:
                raise CommandError(f"Aucune version « {code} ».")
            questionnaire = get_compiled(version).questionnaire
        else:
            try:
                questionnaire = load_directory(options["directory"])
            except DefinitionErrors as errors:
                raise CommandError(str(errors)) from None
        text = json.dumps(table_schema(questionnaire), ensure_ascii=False, indent=2)
        if options["out"] is None:
            self.stdout.write(text)
            return
        try:
            options["out"].write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{options['out']} ne peut pas être écrit : {error.strerror}.") from None
        self.stdout.write(f"{options['out']} : {len(questionnaire.fields) + 1} colonnes.")
