"""`senacs build_plaquettes`: booklets of a year's newest release, one département or all; goes on where it stopped."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from senacs.lib.french import plural
from senacs.lib.refusals import Refused
from senacs.observatory.enums import ReleaseState
from senacs.observatory.models import Release
from senacs.observatory.releases.reader import reader_for
from senacs.publication.documents.plaquettes import build_plaquette
from senacs.publication.editions.shelf import find_plaquette, is_intact
from senacs.territories.models import Departement


class Command(BaseCommand):
    help = "Construit les plaquettes départementales (PDF) de la publication la plus récente d’une année de campagne."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("year", type=int, metavar="ANNÉE", help="année de la campagne")
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--departement", action="append", metavar="CODE", help="répétable : --departement 59")
        which.add_argument("--all", action="store_true", help="tous les départements présents dans la publication")
        parser.add_argument("--force", action="store_true", help="reconstruit même ce qui l’est déjà")

    def handle(self, *args: Any, **options: Any) -> None:
        release = self._release(options["year"])
        codes = self._codes(release, options["departement"])
        todo = codes if options["force"] else [code for code in codes if not self._is_built(release, code)]
        if kept := len(codes) - len(todo):
            self.stdout.write(f"{plural(kept, 'plaquette déjà construite', 'plaquettes déjà construites')}.")
        columns = (TextColumn("Plaquettes"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        console = Console(file=self.stdout._out)  # type: ignore[arg-type]
        pages = 0
        try:
            with Progress(*columns, console=console, transient=True) as progress:
                for code in progress.track(todo):
                    pages += build_plaquette(release=release, level="departement", code=code).pages
        except Refused as refused:
            raise CommandError(refused.message) from refused
        built = plural(len(todo), "plaquette construite", "plaquettes construites")
        self.stdout.write(f"Publication {release.name} : {built}, {plural(pages, 'page')}.")

    def _release(self, year: int) -> Release:
        built = Release.objects.filter(campaign__year=year, state__in=[ReleaseState.PUBLISHED, ReleaseState.CANDIDATE])
        # A published number comes before a candidate that nobody has signed yet.
        release = built.published().order_by("-number").first() or built.order_by("-number").first()
        if release is None:
            raise CommandError(f"La campagne {year} n’a pas de publication construite.")
        return release

    def _codes(self, release: Release, asked: list[str] | None) -> list[str]:
        if asked:
            unknown = sorted(set(asked) - set(Departement.objects.values_list("code", flat=True)))
            if unknown:
                raise CommandError(f"Département inconnu : {', '.join(unknown)}.")
            return asked
        return reader_for(release).territories("departement")

    def _is_built(self, release: Release, code: str) -> bool:
        plaquette = find_plaquette(release=release, level="departement", code=code)
        return plaquette is not None and is_intact(plaquette)
