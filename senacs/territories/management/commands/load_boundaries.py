"""`senacs load_boundaries`: outlines for the maps, by default or from an official file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from senacs.lib.french import joined, plural
from senacs.territories.boundaries import BoundaryError, BoundaryReport, load_boundaries, load_default_boundaries
from senacs.territories.models import BoundaryLevel

SHOWN = 10


class Command(BaseCommand):
    help = "Charge les contours des régions, des départements ou des EPCI (GeoJSON ou TopoJSON en degrés)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", nargs="?", type=Path, metavar="FICHIER", help="sans fichier : régions et départements par défaut"
        )
        parser.add_argument("--level", choices=BoundaryLevel.values, help="niveau des contours du fichier")
        parser.add_argument("--vintage", help="millésime, par exemple « COG 2026 »")
        parser.add_argument("--source", help="producteur et licence, cités sous les cartes")
        parser.add_argument("--force", action="store_true", help="recharge même si le contenu n’a pas changé")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            for report in self._load(options):
                self._show(report)
        except BoundaryError as error:
            raise CommandError(str(error)) from error

    def _load(self, options: dict[str, Any]) -> list[BoundaryReport]:
        if options["file"] is None:
            return load_default_boundaries(base=settings.BASE_DIR, force=options["force"])
        missing = [f"--{name}" for name in ("level", "vintage", "source") if not options[name]]
        if missing:
            raise CommandError(f"Avec un fichier, précisez aussi {joined(missing)}.")
        report = load_boundaries(
            path=options["file"],
            level=BoundaryLevel(options["level"]),
            vintage=options["vintage"],
            source=options["source"],
            force=options["force"],
        )
        return [report]

    def _show(self, report: BoundaryReport) -> None:
        name = f"Contours, niveau « {report.level.label} », {report.vintage}"
        if not report.is_changed:
            self.stdout.write(f"{name} : déjà chargés, rien à faire.")
            return
        self.stdout.write(f"{name} : {plural(report.count, 'contour chargé', 'contours chargés')}.")
        for codes, words in ((report.unknown, "Codes inconnus, laissés de côté"), (report.missing, "Sans contour")):
            if codes:
                rest = "…" if len(codes) > SHOWN else ""
                self.stdout.write(f"  {words} ({len(codes)}) : {', '.join(codes[:SHOWN])}{rest}")
