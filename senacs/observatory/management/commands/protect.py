"""`senacs protect SPEC.yaml --out DIR`: protects any tables, without a database."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from senacs.observatory.disclosure.model import SpecificationError
from senacs.observatory.disclosure.protection import protect
from senacs.observatory.disclosure.specification import load_specification, read_known, read_table
from senacs.observatory.disclosure.writing import summary, write_table


class Command(BaseCommand):
    help = "Applique le secret statistique à des tables CSV décrites par une spécification YAML."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("specification", type=Path, metavar="SPEC.yaml")
        parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="dossier des tables protégées")

    def handle(self, *args: object, specification: Path, out: Path, **options: object) -> None:
        try:
            spec = load_specification(specification)
            read = [read_table(spec, path) for path in spec.tables]
            result = protect(
                [table for table, _ in read],
                spec.dimensions,
                spec.rules,
                margin=spec.margin,
                insiders=spec.insiders,
                already_published=read_known(spec),
                counts=spec.counts,
            )
        except SpecificationError as error:
            raise CommandError(str(error)) from error
        if out.resolve() in {path.parent.resolve() for path in spec.tables}:
            raise CommandError("« --out » écraserait les tables d’origine : choisissez un autre dossier.")
        for protected, (_, sheet) in zip(result.tables, read, strict=True):
            write_table(spec, protected, sheet, out)
            self.stdout.write(summary(protected, spec.counts))
        for warning in result.warnings:
            self.stderr.write(warning)
        if result.failures:
            listed = "\n".join(result.failures[:20])
            raise CommandError(f"La spécification ne peut pas être tenue :\n{listed}")
