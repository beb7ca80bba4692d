"""`senacs attack SPEC.yaml --tables DIR`: tries to recompute what protected tables hide."""

import math
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from senacs.lib import french
from senacs.observatory.disclosure.attack import AttackedCell, attack
from senacs.observatory.disclosure.model import SpecificationError
from senacs.observatory.disclosure.specification import (
    load_specification,
    read_known,
    read_sheet,
    read_status,
    read_table,
)
from senacs.observatory.disclosure.view import build_view


class Command(BaseCommand):
    help = "Attaque des tables protégées : intervalle de chaque cellule masquée ; sort en 1 si l’un est trop étroit."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("specification", type=Path, metavar="SPEC.yaml")
        parser.add_argument("--tables", type=Path, required=True, metavar="DIR", help="dossier des tables protégées")

    def handle(self, *args: object, specification: Path, tables: Path, **options: object) -> None:
        try:
            spec = load_specification(specification)
            view = build_view(
                [read_table(spec, path)[0] for path in spec.tables],
                spec.dimensions,
                [read_status(spec, read_sheet(tables / path.name)) for path in spec.tables],
                read_known(spec),
                counts=spec.counts,
                empty_known=spec.rules.zero_published,
            )
            cells = attack(view, margin=spec.margin, insiders=spec.insiders)
        except SpecificationError as error:
            raise CommandError(str(error)) from error
        for cell in cells:
            self.stdout.write(describe(cell))
        narrow = sum(cell.narrow for cell in cells)
        hidden = sum(not cell.by for cell in cells)
        self.stdout.write(
            f"{french.plural(hidden, 'cellule masquée', 'cellules masquées')}, "
            f"{french.plural(narrow, 'intervalle trop étroit', 'intervalles trop étroits')}."
        )
        if narrow:
            sys.exit(1)


def describe(cell: AttackedCell) -> str:
    low = "−∞" if math.isinf(cell.low) else french.number(cell.low)
    high = "+∞" if math.isinf(cell.high) else french.number(cell.high)
    told = f"{' × '.join(cell.key)} : [{low} ; {high}]"
    if cell.by:
        told += f" pour le {cell.by}"
    return f"{told} TROP ÉTROIT" if cell.narrow else told
