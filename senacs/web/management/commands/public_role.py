"""`senacs public_role`: lends the public tables to the PostgreSQL role of the public site."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from senacs.lib.refusals import Refused
from senacs.web.public_role import lend


class Command(BaseCommand):
    help = "Donne au rôle PostgreSQL du site public la lecture de ce qui est publié, et rien d’autre."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role", metavar="RÔLE", help="rôle créé par « createuser », sans autre droit")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            lent = lend(options["role"])
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"« {options['role']} » lit {len(lent)} tables, n’écrit rien : {', '.join(lent)}.")
