"""`senacs install`: an empty machine made into a site, or a site brought to this version; each step may be repeated."""

import os
import shutil
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from senacs.accounts.queries import current_charte
from senacs.operation.diagnosis import CHECKS, folders
from senacs.operation.health import Health
from senacs.operation.programs import are_assets_built
from senacs.questionnaire.models import QuestionnaireVersion

NODE_MODULES = settings.BASE_DIR / "node_modules"


class Command(BaseCommand):
    # They ask for the tables that this command makes.
    requires_system_checks = []
    help = "Installe, ou met à niveau : base, territoires, institutions, charte, questionnaire, feuilles de style."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--compte", metavar="COURRIEL", help="ouvre le premier compte national d’un site vide")
        parser.add_argument("--institution", choices=("cnaf", "fcsf"), default="cnaf")

    def handle(self, *args: Any, **options: Any) -> None:
        steps: list[tuple[str, Callable[[], object]]] = [
            ("Dossiers", self._folders),
            ("Base de données", lambda: call_command("migrate", verbosity=0)),
            ("Territoires", lambda: call_command("load_territories", stdout=self.stdout)),
            ("Contours des cartes", lambda: call_command("load_boundaries", stdout=self.stdout)),
            ("Caf et fédérations", lambda: call_command("load_cafs", stdout=self.stdout)),
            ("Charte", self._charte),
            ("Questionnaire", self._questionnaire),
            ("Feuilles de style", self._assets),
        ]
        for number, (title, step) in enumerate(steps, start=1):
            self.stdout.write(f"{number}/{len(steps)} {title}")
            self.stdout.flush()
            step()
        if options["compte"]:
            call_command("first_admin", options["compte"], "--institution", options["institution"], stdout=self.stdout)
        wrong = [found for check in CHECKS if (found := check()).health is Health.DOWN]
        self.stdout.write("Installé. « senacs serve » sert le site, « senacs doctor » dit ce qui reste à régler :")
        self.stdout.write("\n".join(f"  {one.label} : {one.said}" for one in wrong) or "  rien d’urgent.")

    def _folders(self) -> None:
        found = folders()
        if found.health is Health.DOWN:
            raise CommandError(f"{found.said} Remède : {found.remedy}")

    def _charte(self) -> None:
        # Once there is one, the next is published in the browser: it binds everybody at once.
        if current_charte() is None:
            call_command("load_charte", stdout=self.stdout)

    def _questionnaire(self) -> None:
        if not QuestionnaireVersion.objects.exists():
            call_command("load_questionnaire", stdout=self.stdout)

    def _assets(self) -> None:
        # Beside Python first: it comes as a wheel, and a command called by its whole path has no PATH to it.
        node = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")
        if node is None or not (NODE_MODULES / "sass").is_dir():
            if are_assets_built():
                return
            raise CommandError("Les bibliothèques des feuilles de style manquent : lancez « make install ».")
        where = os.environ | {"SENACS_VAR": str(settings.VAR_DIR)}
        build = [node, str(settings.BASE_DIR / "assets" / "build.mjs")]
        done = subprocess.run(build, capture_output=True, text=True, check=False, env=where)  # noqa: S603
        if done.returncode:
            raise CommandError(f"Les feuilles de style n’ont pas pu être construites : {done.stderr.strip()[-500:]}")
        call_command("collectstatic", interactive=False, verbosity=0)
