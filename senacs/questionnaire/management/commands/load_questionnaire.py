"""`senacs load_questionnaire [DIR]`: records a questionnaire as a version, unless that version is frozen."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from senacs.lib.refusals import Refused
from senacs.questionnaire.engine.errors import DefinitionErrors
from senacs.questionnaire.management import DEFAULT_DIRECTORY
from senacs.questionnaire.services import load_questionnaire


class Command(BaseCommand):
    help = "Enregistre le questionnaire d’un dossier comme version (refusé si elle est figée avec un autre contenu)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", nargs="?", type=Path, metavar="DIR", default=DEFAULT_DIRECTORY)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            version = load_questionnaire(directory=options["directory"])
        except (DefinitionErrors, Refused) as error:
            raise CommandError(str(error)) from None
        state = "figée" if version.is_frozen else "brouillon"
        self.stdout.write(f"{version.code} ({state}) : {version.title}. Empreinte {version.checksum[:12]}.")
