"""`senacs check_indicators`: says what is wrong in the delivered indicators, with file and line."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from senacs.lib.french import plural
from senacs.observatory.definitions.indicators import load
from senacs.questionnaire.engine.errors import DefinitionErrors
from senacs.questionnaire.engine.loader import load_directory
from senacs.questionnaire.management import DEFAULT_DIRECTORY


class Command(BaseCommand):
    help = "Vérifie les indicateurs sur le questionnaire livré ; chaque erreur est située (fichier, ligne)."
    # The start-up check would stop at the very errors that this command is there to show.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", nargs="?", type=Path, metavar="DIR", default=settings.DATA_DIR / "indicators")
        parser.add_argument("--questionnaire", type=Path, metavar="DIR", default=DEFAULT_DIRECTORY)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = load(options["directory"], load_directory(options["questionnaire"]))
        except DefinitionErrors as errors:
            self.stderr.write(f"{options['directory']}\n{errors}")
            raise CommandError(f"{plural(len(errors.errors), 'erreur')} à corriger.") from errors
        self.stdout.write(f"{options['directory']} : {plural(len(found), 'indicateur')}.")
