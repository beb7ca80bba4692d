"""`senacs load_territories`: régions, départements, EPCI and communes from the npm package."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from senacs.lib.french import number
from senacs.territories.services import load_territories
from senacs.territories.source import SourceError


class Command(BaseCommand):
    help = "Charge le découpage administratif (régions, départements, EPCI, communes, codes postaux)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--source",
            type=Path,
            metavar="DOSSIER",
            default=settings.BASE_DIR / "node_modules" / "@etalab" / "decoupage-administratif",
            help="dossier du paquet @etalab/decoupage-administratif",
        )
        parser.add_argument("--force", action="store_true", help="recharge même si le contenu n’a pas changé")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = load_territories(folder=options["source"], force=options["force"], on_step=self._show)
        except SourceError as error:
            raise CommandError(str(error)) from error
        if not report.is_changed:
            self.stdout.write(f"Découpage administratif {report.vintage} : déjà chargé, rien à faire.")
            return
        for warning in report.warnings:
            self.stdout.write(f"Attention : {warning}")
        self.stdout.write(f"Découpage administratif {report.vintage} chargé :")
        for noun, count in report.counts.items():
            self.stdout.write(f"  {number(count)} {noun}")

    def _show(self, label: str, done: int, total: int) -> None:
        if done < total:
            self.stdout.write(f"[{done + 1}/{total}] {label}…")
            self.stdout.flush()
