"""`senacs check_audit`: the chain of the journal of acts, line by line; fails when one is missing or changed."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from senacs.audit.chain import check, seal
from senacs.audit.models import AuditLine

SHOWN = 20


class Command(BaseCommand):
    help = "Vérifie la chaîne du journal des actes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seal", metavar="SCEAU", help="un sceau noté ailleurs, qui doit être dans la chaîne")

    def handle(self, *args: Any, **options: Any) -> None:
        seal()
        report = check()
        for fault in report.faults[:SHOWN]:
            self.stdout.write(f"Ligne {fault.number} : {fault.told}.")
        self.stdout.write(report.summary)
        self.stdout.write(f"Dernier sceau : {report.last_seal or 'aucun'}")
        if report.faults:
            raise CommandError("Le journal des actes a été touché.")
        if options["seal"] and not AuditLine.objects.filter(seal=options["seal"]).exists():
            raise CommandError("Le sceau noté n’est plus dans la chaîne : des lignes ont été retirées.")
