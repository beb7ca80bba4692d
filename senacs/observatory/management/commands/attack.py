"""`senacs attack SPEC.yaml --tables DIR`, `senacs attack --outside RELEASE…`: recomputes what was hidden."""

import argparse
import math
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from senacs.disclosure.attack.attack import AttackedCell, attack
from senacs.disclosure.attack.outside.files import read_local, read_release
from senacs.disclosure.attack.outside.league import attack_published, told
from senacs.disclosure.attack.readers_view import build_view
from senacs.disclosure.attack.rule_attack import exposed_cells
from senacs.disclosure.csv_sheets import read_sheet
from senacs.disclosure.csv_tables import check_columns, read_known, read_status, read_table
from senacs.disclosure.specification import load_specification
from senacs.disclosure.tables import SpecificationError
from senacs.lib import french
from senacs.lib.parallel import spread
from senacs.observatory.answers.microdata import INVITED
from senacs.observatory.secrecy.truth import read_frame, truth_of
from senacs.questionnaire.engine.errors import DefinitionErrors

EXAMPLE = """
exemple :

  senacs attack spec.yaml --tables protegees

« spec.yaml » est celle qui a servi à protéger : elle mène aux vraies tables, que l’attaque compare à ce qu’un
lecteur recalcule. DIR contient les mêmes noms de fichiers, protégés par « senacs protect » ou par un autre outil.
Une cellule est masquée quand sa colonne « status » le dit (published, primary, complementary ; V, A, B, C, D de
τ-Argus ; s, z, u, x de sdcTable ; suppressed TRUE ou FALSE de GaussSuppression), ou, sans cette colonne, quand sa
valeur est vide.

De l’extérieur, sans rien de ce qui a protégé :

  senacs attack --outside var/releases/2025-1 var/releases/2025-2 --register var/microdata --truth var/microdata

lit les fichiers publiés, le registre (CSV ou Parquet, ou un dossier par publication), le questionnaire
(« --questionnaire ») et les chiffres locaux (« --local »), refait toutes les sommes, les compare aux vraies réponses
quand elles sont données et imprime le tableau de ce que trouvent un lecteur, un gestionnaire, deux gestionnaires.

sortie : 0 si chaque cellule masquée a un intervalle assez large (de l’extérieur : si rien n’est trouvé), 1 sinon.
"""


# Figures from which processes that share the variables are worth starting.
MANY_FIGURES = 20_000


class Command(BaseCommand):
    help = "Attaque des tables protégées : intervalle de chaque cellule masquée ; sort en 1 si l’un est trop étroit."
    requires_system_checks = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: object) -> CommandParser:
        options = {"epilog": EXAMPLE, "formatter_class": argparse.RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **(options | kwargs))

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("specification", type=Path, nargs="?", metavar="SPEC.yaml", help="celle qui a servi à protéger")
        add("--tables", type=Path, metavar="DIR", help="dossier des tables protégées")
        add("--outside", type=Path, nargs="+", metavar="RELEASE", help="dossiers de publications, tels que téléchargés")
        add(
            "--register",
            type=Path,
            metavar="PATH",
            help="registre des structures : fichier, ou dossier par publication",
        )
        add("--questionnaire", type=Path, metavar="DIR", help="questionnaire publié, en YAML")
        add("--truth", type=Path, metavar="PATH", help="vraies réponses, pour comparer : fichier, ou dossier")
        add("--local", type=Path, metavar="FILE", help="chiffres locaux montrés, en JSON")
        add("--indicator", action="append", metavar="CODE", help="ces indicateurs seulement (plusieurs fois)")

    def handle(self, *args: object, **options: Any) -> None:
        if options["outside"]:
            self._from_outside(options)
        elif options["specification"] is None or options["tables"] is None:
            raise CommandError("Donnez SPEC.yaml et « --tables DIR », ou « --outside RELEASE… ».")
        else:
            self._tables(options["specification"], options["tables"])

    def _from_outside(self, options: dict[str, Any]) -> None:
        if options["register"] is None:
            raise CommandError("« --outside » demande le registre public : « --register PATH ».")
        try:
            releases = {
                release.name: release
                for folder in options["outside"]
                for release in [
                    read_release(
                        folder,
                        read_frame(options["register"], folder.name, INVITED),
                        truth=truth_of(folder, options["truth"], options["questionnaire"])
                        if options["truth"]
                        else None,
                        questionnaire=options["questionnaire"],
                    )
                ]
            }
            local = read_local(options["local"], releases) if options["local"] else []
            wanted = set(options["indicator"] or ())
            league = attack_published(
                list(releases.values()),
                local,
                only=lambda name: not wanted or name.partition("=")[0] in wanted,
                each=spread if sum(len(r.figures) for r in releases.values()) > MANY_FIGURES else map,
            )
        except (SpecificationError, DefinitionErrors) as error:
            raise CommandError(str(error)) from error
        for release in releases.values():
            if release.unread:
                self.stderr.write(f"{release.name} : le registre ne dit rien de {', '.join(release.unread)}, laissé.")
        for line in told(league):
            self.stdout.write(line)
        if not league.holds:
            sys.exit(1)

    def _tables(self, specification: Path, tables: Path) -> None:
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
