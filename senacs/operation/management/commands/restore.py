"""`senacs restore`: a backup put into an empty installation."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from senacs.lib.french import plural
from senacs.lib.refusals import Refused
from senacs.operation.backups import restore_backup


class Command(BaseCommand):
    requires_system_checks = []
    help = "Restaure une sauvegarde dans une base et des dossiers vides, puis compare."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("fichier", type=Path)
        parser.add_argument("--cle", type=Path, metavar="FICHIER", help="la clé secrète, si la sauvegarde est chiffrée")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = restore_backup(options["fichier"], identity=options["cle"])
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        rows, files = plural(report.rows, "ligne"), plural(report.files, "fichier")
        self.stdout.write(f"Restaurée : {rows}, {files}, du {report.made_at}. Ensuite : senacs install, senacs doctor.")
