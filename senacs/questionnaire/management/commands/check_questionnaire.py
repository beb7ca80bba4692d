"""`senacs check_questionnaire [DIR…]`: says everything that is wrong in a questionnaire, with file and line."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from senacs.lib.french import plural
from senacs.questionnaire.engine import effort
from senacs.questionnaire.engine.errors import DefinitionErrors
from senacs.questionnaire.engine.loader import load_directory
from senacs.questionnaire.engine.schema import Questionnaire
from senacs.questionnaire.engine.static import may_be_asked, warnings_of
from senacs.questionnaire.management import DEFAULT_DIRECTORY
from senacs.structures.enums import StructureKind


def _longest(questionnaire: Questionnaire, kind: StructureKind) -> str:
    asked = may_be_asked(questionnaire, kind)
    questions = [q for q in questionnaire.questions.values() if any(field.code in asked for field in q.fields)]
    minutes = effort.total_minutes(questionnaire, asked)
    return f"{plural(len(questions), 'question')} et {plural(minutes, 'minute')}"


class Command(BaseCommand):
    help = "Vérifie un questionnaire et ses règles ; chaque erreur est située (fichier, ligne)."
    # The start-up check would stop at the very errors that this command is there to show.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directories", nargs="*", type=Path, metavar="DIR", default=[DEFAULT_DIRECTORY])
        parser.add_argument("--strict", action="store_true", help="Un avertissement compte comme une erreur.")

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = 0
        for directory in options["directories"]:
            try:
                questionnaire = load_directory(directory)
            except DefinitionErrors as found:
                wrong += len(found.errors)
                self.stderr.write(f"{directory}\n{found}")
                continue
            warnings = warnings_of(questionnaire)
            for warning in warnings:
                self.stdout.write(self.style.WARNING(f"attention : {warning}"))
            wrong += len(warnings) if options["strict"] else 0
            counts = [
                plural(len(questionnaire.sections), "rubrique"),
                plural(len(questionnaire.questions), "question"),
                plural(len(questionnaire.fields), "champ"),
                plural(len(questionnaire.rules), "règle"),
            ]
            self.stdout.write(f"{directory} : {', '.join(counts)}. Empreinte {questionnaire.checksum[:12]}.")
            for kind in StructureKind:
                self.stdout.write(f"  {kind.label} : {_longest(questionnaire, kind)} au plus.")
        if wrong:
            raise CommandError(f"{plural(wrong, 'erreur')} à corriger.")
