"""`senacs check_figures 2026-1`: every figure of a release has one value, on every page and in every document."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from senacs.lib.french import number, plural
from senacs.observatory.models import Release
from senacs.observatory.releases.figures_check import run_check


class Command(BaseCommand):
    help = "vérifie qu’un chiffre d’une publication a partout la même valeur : pages, tableaux, plaquettes, fichiers"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("release", help="nom de la publication, « 2026-1 »")

    def handle(self, *args: str, **options: str) -> None:
        name = options["release"]
        releases = {release.name: release for release in Release.objects.select_related("campaign__version")}
        if name not in releases:
            raise CommandError(f"Aucune publication {name}.")
        try:
            found = run_check(releases[name])
        except FileNotFoundError as error:
            raise CommandError(str(error)) from error
        for line in found.disagreements:
            self.stdout.write(line)
        read = f"{plural(found.writings, 'écriture lue', 'écritures lues')} de {plural(found.figures, 'chiffre')}"
        self.stdout.write(f"{read}, dont {number(found.several)} au moins deux fois.")
        if found.disagreements:
            raise CommandError(plural(len(found.disagreements), "désaccord"))
