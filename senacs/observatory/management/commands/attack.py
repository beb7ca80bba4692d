"""`senacs attack SPEC.yaml --tables DIR`: tries to recompute what protected tables hide."""

import argparse
import math
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from senacs.disclosure.attack.attack import AttackedCell, attack
from senacs.disclosure.attack.readers_view import build_view
from senacs.disclosure.attack.rule_attack import exposed_cells
from senacs.disclosure.csv_sheets import read_sheet
from senacs.disclosure.csv_tables import check_columns, read_known, read_status, read_table
from senacs.disclosure.specification import load_specification
from senacs.disclosure.tables import SpecificationError
from senacs.lib import french

EXAMPLE = """
exemple :

  senacs attack spec.yaml --tables protegees

« spec.yaml » est celle qui a servi à protéger : elle mène aux vraies tables, que l'attaque compare à ce qu'un
lecteur recalcule. DIR contient les mêmes noms de fichiers, protégés par « senacs protect » ou par un autre outil.
Une cellule est masquée quand sa colonne « status » le dit (published, primary, complementary ; V, A, B, C, D de
τ-Argus ; s, z, u, x de sdcTable ; suppressed TRUE ou FALSE de GaussSuppression), ou, sans cette colonne, quand sa
valeur est vide.

sortie : 0 si chaque cellule masquée a un intervalle assez large, 1 sinon.
"""


class Command(BaseCommand):
    help = "Attaque des tables protégées : intervalle de chaque cellule masquée ; sort en 1 si l’un est trop étroit."
    requires_system_checks = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: object) -> CommandParser:
        options = {"epilog": EXAMPLE, "formatter_class": argparse.RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **(options | kwargs))

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("specification", type=Path, metavar="SPEC.yaml", help="celle qui a servi à protéger")
        parser.add_argument("--tables", type=Path, required=True, metavar="DIR", help="dossier des tables protégées")

    def handle(self, *args: object, specification: Path, tables: Path, **options: object) -> None:
        try:
            spec = load_specification(specification)
            read = [read_table(spec, path) for path in spec.tables]
            check_columns(spec, [sheet for _, sheet in read])
            true = [table for table, _ in read]
            view = build_view(
                true,
                spec.dimensions,
                [read_status(spec, read_sheet(tables / path.name)) for path in spec.tables],
                read_known(spec),
                counts=spec.counts,
                empty_known=spec.rules.zero_published,
            )
            exposed = exposed_cells(view, true, spec.rules, counts=spec.counts)
            cells = attack(view, margin=spec.margin, insiders=spec.insiders, progress=self.stderr.write)
        except SpecificationError as error:
            raise CommandError(str(error)) from error
        for key, reason in exposed:
            self.stdout.write(f"{' × '.join(key)} : publiée alors qu’une règle la masque ({reason})")
        for cell in cells:
            self.stdout.write(describe(cell))
        narrow = sum(cell.narrow for cell in cells)
        hidden = sum(not cell.by for cell in cells)
        told = [
            french.plural(hidden, "cellule masquée", "cellules masquées"),
            french.plural(narrow, "intervalle trop étroit", "intervalles trop étroits"),
        ]
        if exposed:
            shown = "cellule publiée malgré une règle", "cellules publiées malgré une règle"
            told.append(french.plural(len(exposed), *shown))
        self.stdout.write(f"{', '.join(told)}.")
        if narrow or (exposed and spec.has_rules):
            sys.exit(1)


def describe(cell: AttackedCell) -> str:
    told = f"{' × '.join(cell.key)} : [{bound(cell.low)} ; {bound(cell.high)}]"
    if cell.by:
        told += f" pour le {cell.by}"
    return f"{told} TROP ÉTROIT" if cell.narrow else told


def bound(value: float) -> str:
    """Two decimals, or as many as a minute value needs."""
    if math.isinf(value):
        return "−∞" if value < 0 else "+∞"
    if 0 < abs(value) < 0.05:
        return f"{value:.3g}".replace(".", ",").replace("-", "−")
    return french.number(value + 0.0)
