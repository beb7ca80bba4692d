"""`senacs build_demo`: the whole demonstration, from an empty database to published figures and booklets."""

import logging
import shutil
import sys
from argparse import ArgumentParser
from io import StringIO
from pathlib import Path
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from senacs.accounts.queries import DEMO_PASSWORD, demo_logins
from senacs.demo.publishing import publish_demo
from senacs.demo.services import UNFINISHED, Wanted, build_network, built_demo, mark_demo
from senacs.structures.models import Structure

MOST_STRUCTURES = 20_000


class Command(BaseCommand):
    help = "Construit la démonstration : structures, réponses et chiffres fictifs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--structures", type=int, default=4100)
        parser.add_argument("--years", type=int, default=5, help="années de données, la dernière en cours de contrôle")
        parser.add_argument("--seed", type=int, default=2026)
        parser.add_argument("--releases", type=int, default=2, help="publications des dernières campagnes closes")
        parser.add_argument("--unpublished", action="store_true", help="sans construire de publication")
        parser.add_argument("--force", action="store_true", help="reconstruit même si la démonstration existe")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("La démonstration ne se construit qu’avec SENACS_DEMO=1.")
        wanted = Wanted(options["structures"], options["years"], options["seed"])
        if not 20 <= wanted.structures <= MOST_STRUCTURES or not 1 <= wanted.years <= 10:
            raise CommandError(f"De 20 à {MOST_STRUCTURES} structures, et de 1 à 10 années.")
        call_command("migrate", verbosity=0)
        existing = built_demo()
        if not existing and Structure.objects.exists():
            raise CommandError(
                "Cette base contient un registre qui n’est pas celui de la démonstration : rien n’est fait."
            )
        if existing == wanted.signature and not options["force"]:
            self.stdout.write("La démonstration est déjà construite (--force pour la refaire).")
        else:
            if existing:
                self.stdout.write("L’ancienne démonstration est effacée.")
                self._erase()
            self._build(wanted, releases=0 if options["unpublished"] else options["releases"])
        self._print_logins()

    def _erase(self) -> None:
        call_command("flush", interactive=False, verbosity=0)
        for folder in (settings.RELEASES_DIR, settings.MICRODATA_DIR, settings.MEDIA_ROOT):
            for path in sorted(Path(folder).rglob("*")):
                path.chmod(0o755)  # published releases are read-only
            shutil.rmtree(folder, ignore_errors=True)

    def _build(self, wanted: Wanted, *, releases: int) -> None:
        mark_demo(UNFINISHED)
        # Nobody of the demonstration has a mailbox, and their letters would fill the terminal.
        settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
        logging.getLogger("senacs.security").disabled = True  # nor do its people do anything to be watched
        columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        console = Console(file=sys.stdout)
        started = monotonic()
        with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
            tasks: dict[str, Any] = {}

            def advance(title: str, done: int, total: int) -> None:
                if title not in tasks:
                    tasks[title] = bars.add_task(title, total=total)
                    if not console.is_terminal:  # a log of a continuous integration: a line a step, as it begins
                        self.stdout.write(f"{monotonic() - started:4.0f} s  {title}")
                        self.stdout.flush()
                bars.update(tasks[title], completed=done, total=total)

            advance("Territoires", 0, 1)
            for command in ("load_territories", "load_boundaries", "load_charte"):
                call_command(command, stdout=StringIO())
            advance("Territoires", 1, 1)
            campaigns = build_network(wanted, progress=advance)
            if releases:
                publish_demo(campaigns, releases=releases, progress=advance)
        mark_demo(wanted.signature)

    def _print_logins(self) -> None:
        self.stdout.write("")
        self.stdout.write(f"Comptes de démonstration (mot de passe : {DEMO_PASSWORD})")
        for login in demo_logins(limit_per_role=1):
            self.stdout.write(f"  {login.email:<42} {login.role}, {login.scope}")
