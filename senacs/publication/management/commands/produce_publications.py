"""`senacs produce_publications`: all fiches and plaquettes of a published release; goes on where it was stopped."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from senacs.lib.french import plural
from senacs.lib.refusals import Refused
from senacs.observatory.models import Release
from senacs.publication.documents.production import run_production, start_production, write_archive
from senacs.publication.models import ProducedFile, Production


class Command(BaseCommand):
    help = "Produit toutes les fiches et plaquettes de la publication d’une année ; ce qui n’a pas changé reste."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("year", type=int, metavar="ANNÉE", help="année de la campagne")
        parser.add_argument("--workers", type=int, help="processus (par défaut : un par cœur)")
        parser.add_argument("--zip", metavar="DOSSIER", help="écrit aussi une archive par département dans ce dossier")

    def handle(self, *args: Any, **options: Any) -> None:
        release = Release.objects.published().filter(campaign__year=options["year"]).order_by("-number").first()
        if release is None:
            raise CommandError(f"La campagne {options['year']} n’a pas de publication ouverte.")
        try:
            production = start_production(release=release, by=None)
        except Refused as refused:
            raise CommandError(refused.message) from refused
        columns = (TextColumn("Documents"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(file=self.stdout._out), transient=True) as bar:  # type: ignore[arg-type]
            task = bar.add_task("", total=None)

            def show(current: Production) -> None:
                bar.update(task, total=current.total, completed=current.done)

            production = run_production(production.pk, progress=show, workers=options["workers"])
        self.stdout.write(
            f"Publication {release.name} : {plural(production.done, 'document')}, "
            f"{plural(production.written, 'écrit')} cette fois."
        )
        failed = release.failed.count()
        if failed:
            told = plural(failed, "document n’a pas pu être fait", "documents n’ont pas pu être faits")
            self.stderr.write(f"{told} ; la page « Fiches et plaquettes » dit pourquoi.")
        if options["zip"]:
            self._zip(release, Path(options["zip"]))

    def _zip(self, release: Release, folder: Path) -> None:
        codes = ProducedFile.objects.filter(release=release).exclude(departement="").order_by("departement")
        for code in codes.values_list("departement", flat=True).distinct():
            write_archive(release, code, folder / f"senacs-{release.name}-{code}.zip")
        self.stdout.write(f"Archives écrites dans {folder}.")
