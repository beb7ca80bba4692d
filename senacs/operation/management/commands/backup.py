"""`senacs backup`: one file with all that must be kept, read again before it is called one."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from senacs.lib.french import plural
from senacs.lib.refusals import Refused
from senacs.operation.backups import check_backup, make_backup


class Command(BaseCommand):
    requires_system_checks = []
    help = "Sauve la base, les publications, les microdonnées et les documents, pendant que le site sert."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dossier", nargs="?", type=Path, help="par défaut SENACS_BACKUPS")
        parser.add_argument("--pour", action="append", default=[], metavar="age1…", help="clé publique qui l’ouvrira")
        parser.add_argument("--garder", type=int, default=0, metavar="N", help="n’en garder que les N dernières")
        parser.add_argument("--verifier", type=Path, metavar="FICHIER", help="lire une sauvegarde d’un bout à l’autre")
        parser.add_argument("--cle", type=Path, metavar="FICHIER", help="la clé secrète, pour vérifier")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._handle(options)
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal

    def _handle(self, options: dict[str, Any]) -> None:
        made, folder = options["verifier"], options["dossier"] or settings.BACKUPS_DIR
        if made is None:
            if folder is None:
                raise Refused("Dites où : senacs backup DOSSIER, ou la variable SENACS_BACKUPS.")
            recipients = options["pour"] or settings.BACKUP_RECIPIENTS
            made = make_backup(folder=Path(folder), recipients=recipients, keep=options["garder"])
            self.stdout.write(str(made))
            if recipients and options["cle"] is None:
                self.stdout.write("Chiffrée : « senacs backup --verifier FICHIER --cle CLÉ » la relit.")
                return
        report = check_backup(made, identity=options["cle"])
        rows, files = plural(report.rows, "ligne"), plural(report.files, "fichier")
        self.stdout.write(f"Relue : {rows} de la base ({report.engine}), {files}, du {report.made_at}.")
