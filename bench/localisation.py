"""The localisation beside Banff (Statistics Canada) on generated systems: same costs, and every tie listed.

Run with the oracles installed: `python -m bench.localisation`. Writes docs/performance/localisation.md.
"""

import platform
import time
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from senacs.lib import french
from tests.review.editing.banff_oracle import CODES, RECORDS, WEIGHTS, Comparison, compared

PAGE = Path(__file__).parents[1] / "docs" / "performance" / "localisation.md"
SYSTEMS = 10
WEIGHTINGS = {"poids distincts": WEIGHTS, "poids égaux": dict.fromkeys(CODES, 1.0)}

PREFACE = f"""
Banff est le logiciel de contrôle de Statistique Canada ; il n'est ici qu'un témoin, jamais importé par le produit.
{SYSTEMS} systèmes de règles sont tirés au hasard, chacun avec {RECORDS} enregistrements de {len(CODES)} champs :
un total et ses parts, quatre inégalités. Les valeurs sont tirées sans égard aux inégalités, et un enregistrement sur
deux a un champ multiplié par dix. Chacun des deux cherche les champs de moindre poids dont le changement fait tout
tenir. Nos fautes connues (un zéro de trop, deux cases interverties) sont laissées de côté : Banff n'en connaît pas.

« Poids distincts » : de 1 à 1,77, presque toutes les sommes diffèrent. « Poids égaux » : le nombre de champs seul
compte, et beaucoup de solutions se valent.
"""


def summary_lines(found: dict[str, list[Comparison]]) -> list[str]:
    lines = [
        "| | " + " | ".join(found) + " |",
        "|---|" + "--:|" * len(found),
    ]
    counts = {
        "enregistrements en défaut": lambda one: True,
        "même coût que Banff": lambda one: one.is_same_cost,
        "coût différent": lambda one: not one.is_same_cost,
        "mêmes champs": lambda one: one.ours == one.theirs,
        "autres champs au même coût": lambda one: one.is_tie,
        "dont les champs de Banff suffisent, vérifié": lambda one: one.is_tie and one.theirs_will_do,
        "dont nous citons aussi les champs de Banff": lambda one: one.is_tie and one.is_told,
    }
    for label, counted in counts.items():
        numbers = [french.number(sum(map(counted, each))) for each in found.values()]
        lines.append(f"| {label} | " + " | ".join(numbers) + " |")
    return lines


def list_lines(rows: Iterable[Comparison]) -> list[str]:
    lines = ["| enregistrement | nos champs | champs de Banff | notre coût | coût de Banff |", "|---|---|---|--:|--:|"]
    for one in rows:
        ours = " ".join(sorted(one.ours)) if one.ours is not None else "aucun"
        cost, their_cost = french.number(one.cost, 2), french.number(one.their_cost, 2)
        lines.append(f"| {one.record} | {ours} | {' '.join(sorted(one.theirs))} | {cost} | {their_cost} |")
    return lines


def disagreement_lines(found: dict[str, list[Comparison]]) -> list[str]:
    lines = []
    for name, each in found.items():
        lines += ["", f"### {name[0].upper()}{name[1:]}", ""]
        rows = sorted((one for one in each if one.ours != one.theirs), key=lambda one: (one.is_tie, one.record))
        lines += list_lines(rows) if rows else ["Aucun désaccord."]
    return lines


def main() -> None:
    start = time.process_time()
    found = {
        name: [one for seed in range(SYSTEMS) for one in compared(seed, weights)]
        for name, weights in WEIGHTINGS.items()
    }
    spent = time.process_time() - start
    PAGE.write_text(
        "\n".join(
            [
                "# Localisation des erreurs : comparée à Banff",
                "",
                f"Écrit par `python -m bench.localisation`, Banff {version('banff')}, "
                f"Python {platform.python_version()}, {french.number(spent, 0)} s de processeur pour les deux.",
                PREFACE,
                *summary_lines(found),
                "",
                "Une solution est dite suffisante quand, les autres champs fixés, toutes les règles peuvent tenir.",
                "",
                "## Désaccords",
                "",
                "« 3-14 » : enregistrement 14 du système 3.",
                *disagreement_lines(found),
                "",
            ]
        ),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
