"""`senacs protect SPEC.yaml --out DIR`: protects any tables, without a database."""

import argparse
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from senacs.disclosure.csv_results import summary, write_table
from senacs.disclosure.csv_tables import check_columns, read_known, read_table
from senacs.disclosure.protection import protect
from senacs.disclosure.specification import load_specification
from senacs.disclosure.tables import SpecificationError

EXAMPLE = """
exemple de spécification (spec.yaml, à côté des tables) :

  tables: [par_taille.csv, par_activite.csv]      # une ligne par cellule ; des tables liées vont ensemble
  dimensions:
    nuts: {hierarchy: nuts.csv, total: Total}     # nuts.csv : deux colonnes, enfant et parent
    taille: {total: Total}                        # sans hiérarchie : à plat sous le total
  frequency: n                                    # nombre de contributeurs
  value: ca                                       # absent pour une table d’effectifs
  largest: [max1, max2]                           # plus grandes contributions
  rules: {threshold: 3, dominance: [[1, 85]], p_percent: null, zero: published}
  margin: 10                                      # demi-largeur des intervalles, en % de la valeur

  senacs protect spec.yaml --out protegees
  senacs attack spec.yaml --tables protegees

sortie : 0 si la spécification est tenue, 1 sinon (le message dit quelles cellules, et pourquoi).
Toutes les clés et les limites : docs/protection.md
"""


class Command(BaseCommand):
    help = "Applique le secret statistique à des tables CSV décrites par une spécification YAML."
    requires_system_checks = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: object) -> CommandParser:
        options = {"epilog": EXAMPLE, "formatter_class": argparse.RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **(options | kwargs))

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("specification", type=Path, metavar="SPEC.yaml", help="tables, dimensions, règles, marge")
        parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="dossier des tables protégées")

    def handle(self, *args: object, specification: Path, out: Path, **options: object) -> None:
        try:
            spec = load_specification(specification)
            if out.resolve() in {path.parent.resolve() for path in spec.tables}:
                raise SpecificationError("« --out » écraserait les tables d’origine : choisissez un autre dossier.")
            read = [read_table(spec, path) for path in spec.tables]
            check_columns(spec, [sheet for _, sheet in read])
            result = protect(
                [table for table, _ in read],
                spec.dimensions,
                spec.rules,
                margin=spec.margin,
                insiders=spec.insiders,
                already_published=read_known(spec),
                counts=spec.counts,
                progress=self.stderr.write,
            )
            for protected, (_, sheet) in zip(result.tables, read, strict=True):
                write_table(spec, protected, sheet, out)
                self.stdout.write(summary(protected, spec.counts))
        except SpecificationError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"Écriture impossible : {error.filename} ({error.strerror}).") from error
        for warning in result.warnings:
            self.stderr.write(warning)
        if result.failures:
            listed = "\n".join(result.failures[:20])
            more = len(result.failures) - 20
            listed += f"\n… et {more} autres." if more > 0 else ""
            raise CommandError(f"La spécification ne peut pas être tenue :\n{listed}")
