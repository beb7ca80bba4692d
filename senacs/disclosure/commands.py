"""`senacs protect` and `senacs attack`: files in, files out; no setting, no database.

What needs more than the files (the true answers of a release) is given by who starts the command.
"""

import argparse
import math
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import polars as pl

from senacs.disclosure.attacker.attack import AttackedCell
from senacs.disclosure.attacker.outside.files import INVITED, read_frame, read_local, read_release
from senacs.disclosure.attacker.outside.league import Job, League, attack_published, told
from senacs.disclosure.csv_results import summary, write_table
from senacs.disclosure.csv_sheets import read_sheet
from senacs.disclosure.csv_tables import read_known
from senacs.disclosure.runs import attack_sheets, protect_sheets
from senacs.disclosure.specification import load_specification
from senacs.disclosure.tables import SpecificationError
from senacs.lib import french

PROTECT_EXAMPLE = """
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
ATTACK_EXAMPLE = """
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
# One row a structure that answered, one column a variable: (folder of the release, path given, questionnaire).
Truth = Callable[[Path, Path, Path | None], pl.DataFrame]
Spread = Callable[[Callable[[Job], League], Sequence[Job]], Iterable[League]]


def main(arguments: Sequence[str], *, truth_of: Truth | None = None, spread: Spread = map) -> int:
    """`protect …` or `attack …`; the exit status. truth_of, spread: see `attack_published` and `Truth`."""
    name, *rest = arguments
    parser = _protect_parser() if name == "protect" else _attack_parser()
    options = parser.parse_args(rest)
    try:
        if name == "protect":
            return _protect(options)
        if options.outside:
            return _from_outside(options, truth_of, spread)
        if options.specification is None or options.tables is None:
            raise SpecificationError("Donnez SPEC.yaml et « --tables DIR », ou « --outside RELEASE… ».")
        return _attack(options)
    except SpecificationError as error:
        _say(str(error))
    except OSError as error:
        _say(f"Écriture impossible : {error.filename} ({error.strerror}).")
    return 1


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _show(line: str) -> None:
    sys.stdout.write(f"{line}\n")


class _Parser(argparse.ArgumentParser):
    """Refusals of the command line, in French like the rest."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.format_usage()}{self.prog} : {message}\n")


def _parser(name: str, description: str, epilog: str) -> _Parser:
    return _Parser(
        prog=f"senacs {name}",
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def _protect_parser() -> _Parser:
    parser = _parser(
        "protect",
        "Applique le secret statistique à des tables CSV décrites par une spécification YAML.",
        PROTECT_EXAMPLE,
    )
    add = parser.add_argument
    add("specification", type=Path, metavar="SPEC.yaml", help="tables, dimensions, règles, marge")
    add("--out", type=Path, required=True, metavar="DIR", help="dossier des tables protégées")
    add("--reasons", type=Path, metavar="DIR", help="les mêmes, avec la règle qui masque chaque cellule ; à garder")
    return parser


def _attack_parser() -> _Parser:
    parser = _parser(
        "attack",
        "Attaque des tables protégées : intervalle de chaque cellule masquée ; sort en 1 si l’un est trop étroit.",
        ATTACK_EXAMPLE,
    )
    add = parser.add_argument
    add("specification", type=Path, nargs="?", metavar="SPEC.yaml", help="celle qui a servi à protéger")
    add("--tables", type=Path, metavar="DIR", help="dossier des tables protégées")
    add("--outside", type=Path, nargs="+", metavar="RELEASE", help="dossiers de publications, tels que téléchargés")
    add("--register", type=Path, metavar="PATH", help="registre des structures : fichier, ou dossier par publication")
    add("--questionnaire", type=Path, metavar="DIR", help="questionnaire publié, en YAML")
    add("--truth", type=Path, metavar="PATH", help="vraies réponses, pour comparer : fichier, ou dossier")
    add("--local", type=Path, metavar="FILE", help="chiffres locaux montrés, en JSON")
    add("--indicator", action="append", metavar="CODE", help="ces indicateurs seulement (plusieurs fois)")
    return parser


def _protect(options: argparse.Namespace) -> int:
    spec = load_specification(options.specification)
    folders = [folder for folder in (options.out, options.reasons) if folder]
    origins = {path.parent.resolve() for path in spec.tables}
    if any(folder.resolve() in origins for folder in folders):
        raise SpecificationError("« --out » écraserait les tables d’origine : choisissez un autre dossier.")
    if len({folder.resolve() for folder in folders}) < len(folders):
        raise SpecificationError("« --reasons » est un autre dossier que « --out » : ses raisons ne se publient pas.")
    sheets = [read_sheet(path) for path in spec.tables]
    result = protect_sheets(spec, sheets, read_known(spec), _say)
    for protected, sheet in zip(result.tables, sheets, strict=True):
        write_table(spec, protected, sheet, options.out)
        if options.reasons:
            write_table(spec, protected, sheet, options.reasons, reasons=True)
        _show(summary(protected, spec.counts))
    for warning in result.warnings:
        _say(warning)
    if result.failures:
        listed = "\n".join(result.failures[:20])
        more = len(result.failures) - 20
        listed += f"\n… et {more} autres." if more > 0 else ""
        _say(f"La spécification ne peut pas être tenue :\n{listed}")
    return 1 if result.failures else 0


def _attack(options: argparse.Namespace) -> int:
    spec = load_specification(options.specification)
    found = attack_sheets(
        spec,
        [read_sheet(path) for path in spec.tables],
        [read_sheet(options.tables / path.name) for path in spec.tables],
        read_known(spec),
        _say,
    )
    for key, reason in found.exposed:
        _show(f"{' × '.join(key)} : publiée alors qu’une règle la masque ({reason})")
    for cell in found.cells:
        _show(describe(cell))
    _show(found.summary)
    return 0 if found.holds else 1


def _from_outside(options: argparse.Namespace, truth_of: Truth | None, spread: Spread) -> int:
    if options.register is None:
        raise SpecificationError("« --outside » demande le registre public : « --register PATH ».")
    releases = {}
    for folder in options.outside:
        register = read_frame(options.register, folder.name, INVITED)
        truth = _truth(folder, options, truth_of) if options.truth else None
        release = read_release(folder, register, truth=truth, questionnaire=options.questionnaire)
        releases[release.name] = release
    wanted = set(options.indicator or ())
    league = attack_published(
        list(releases.values()),
        read_local(options.local, releases) if options.local else [],
        only=lambda name: not wanted or name.partition("=")[0] in wanted,
        each=spread if sum(len(r.figures) for r in releases.values()) > MANY_FIGURES else map,
    )
    for release in releases.values():
        if release.unread:
            _say(f"{release.name} : le registre ne dit rien de {', '.join(release.unread)}, laissé.")
    for line in told(league):
        _show(line)
    return 0 if league.holds else 1


def _truth(folder: Path, options: Any, truth_of: Truth | None) -> pl.DataFrame:
    if truth_of is None:
        raise SpecificationError("« --truth » demande la commande « senacs » installée avec l’observatoire.")
    return truth_of(folder, options.truth, options.questionnaire)


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
