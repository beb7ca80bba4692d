"""`senacs load_cafs`: the Caf and the federations, from the reference tables."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from senacs.structures.bodies import BodiesError, load_bodies


class Command(BaseCommand):
    help = "Charge les Caf et les représentations fédérales locales (data/reference)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--source", type=Path, metavar="DOSSIER", default=settings.DATA_DIR / "reference")
        parser.add_argument("--force", action="store_true", help="recharge même si le contenu n’a pas changé")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = load_bodies(folder=options["source"], force=options["force"])
        except BodiesError as error:
            raise CommandError(str(error)) from error
        what = f"{report.cafs} Caf et {report.federations} représentations fédérales"
        self.stdout.write(f"{what} chargées." if report.is_changed else f"{what} : déjà chargées, rien à faire.")
