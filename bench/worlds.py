"""Random worlds protected and read by a stranger, who is written apart: `python -m bench.worlds [HOW MANY]`.

Writes docs/performance/mondes-au-hasard.md: what the stranger finds (nothing, or the bench fails), and the time.
"""

import os
import platform
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from senacs.lib import french
from senacs.lib.parallel import spread
from tests.disclosure.worlds import Findings, examined

PAGE = Path(__file__).resolve().parents[1] / "docs" / "performance" / "mondes-au-hasard.md"
WORLDS = 1_000


def page(found: list[Findings], seconds: float) -> str:
    hidden, shown = sum(one.hidden for one in found), sum(one.shown for one in found)
    load = ", ".join(f"{x:.1f}".replace(".", ",") for x in os.getloadavg())
    rows = (
        ("cellules montrées", shown),
        ("cellules masquées", hidden),
        ("connues exactement", sum(len(one.exact) for one in found)),
        ("connues à moins de la marge", sum(len(one.narrow) for one in found)),
        ("mondes que la protection refuse", sum(bool(one.refused) for one in found)),
        ("mondes que `attack` dit percés", sum(not one.attack_holds for one in found)),
    )
    told = "\n".join(f"| {name} | {french.number(number)} |" for name, number in rows)
    return f"""# Mondes au hasard

Écrit par `python -m bench.worlds {len(found)}` le {french.long_date(datetime.now(tz=UTC).date())},
{os.cpu_count()} processeurs, Python {platform.python_version()}, charge {load} : {seconds:.0f} s.

Tables d’une à trois dimensions, avec hiérarchie, d’effectifs ou de montants, où zéros, égalités et dominants
abondent ; seuils de 3 à 5, marge de 0 ou 10 %. Le lecteur (`tests/disclosure/stranger.py`) ne partage rien avec la
protection : il refait les sommes à partir des lignes publiées, et cherche par programmes en nombres entiers les bornes
de chaque cellule masquée.

| sur {french.plural(len(found), "monde")} | |
|---|--:|
{told}
"""


def main(worlds: int) -> int:
    started = time.perf_counter()
    found = spread(examined, range(worlds))
    PAGE.write_text(page(found, time.perf_counter() - started), encoding="utf-8")
    broken = [seed for seed, one in enumerate(found) if one.exact or one.narrow or one.refused or not one.attack_holds]
    for seed in broken[:20]:
        sys.stderr.write(f"{seed}: {found[seed]}\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else WORLDS))
