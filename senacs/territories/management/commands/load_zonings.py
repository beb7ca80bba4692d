"""`senacs load_zonings`: the official lists of QPV and of communes in France ruralités revitalisation."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from senacs.lib.french import plural
from senacs.territories.zonings import ZoningError, ZoningReport, load_frr, load_qpv

SHOWN = 10


class Command(BaseCommand):
    help = "Charge la liste officielle des QPV (CSV ou GeoJSON) ou des communes FRR (CSV)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--qpv", type=Path, metavar="FICHIER", help="quartiers prioritaires : code, nom, communes")
        parser.add_argument(
            "--frr", type=Path, metavar="FICHIER", help="France ruralités revitalisation : commune, FRR"
        )
        parser.add_argument("--vintage", required=True, help="millésime, par exemple « 2024 »")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (options["qpv"] or options["frr"]):
            raise CommandError("Donnez un fichier par --qpv ou --frr.")
        try:
            if options["qpv"]:
                report = load_qpv(path=options["qpv"], vintage=options["vintage"])
                self._show(report, plural(report.count, "quartier prioritaire", "quartiers prioritaires"))
            if options["frr"]:
                report = load_frr(path=options["frr"], vintage=options["vintage"])
                self._show(report, plural(report.count, "commune en FRR", "communes en FRR"))
        except ZoningError as error:
            raise CommandError(str(error)) from error

    def _show(self, report: ZoningReport, what: str) -> None:
        state = "" if report.is_changed else " (déjà chargés, rien à faire)"
        self.stdout.write(f"{what}, millésime {report.vintage}{state}.")
        if report.unknown:
            rest = "…" if len(report.unknown) > SHOWN else ""
            self.stdout.write(f"  Communes inconnues : {', '.join(report.unknown[:SHOWN])}{rest}")
