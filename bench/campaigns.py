"""Random campaigns of five releases, protected and attacked from outside: `python -m bench.campaigns [HOW MANY]`.

Writes docs/performance/campagnes-au-hasard.md: what the attacker finds (nothing, or the bench fails), and the time.
"""

import os
import platform
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import django

from senacs.lib import french
from senacs.lib.parallel import spread

PAGE = Path(__file__).resolve().parents[1] / "docs" / "performance" / "campagnes-au-hasard.md"
WORLDS = 1_000


@dataclass(frozen=True)
class Found:
    """seconds: of processor. lines: by intruder, how many were sought and found."""

    seed: int
    seconds: float
    shown: int
    hidden: int
    local: int
    lines: dict[str, tuple[int, int, int]]
    sums: int
    counts: int
    thin: int
    misread: int
    holds: bool
    examples: tuple[str, ...]


def examined(seed: int) -> Found:
    """One world, in a process of its own."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from tests.observatory.secrecy import campaigns

    started = time.process_time()
    world = campaigns.examined(seed)
    league = world.league
    return Found(
        seed=seed,
        seconds=time.process_time() - started,
        shown=world.shown,
        hidden=world.hidden,
        local=len(world.local),
        lines={name: (line.sought, line.exact, line.within[-1]) for name, line in league.lines.items()},
        sums=league.unions,
        counts=league.participation,
        thin=league.thin + league.close,
        misread=league.misread,
        holds=league.holds and not league.misread,
        examples=tuple(league.examples[:3]),
    )


def page(found: Sequence[Found]) -> str:
    load = ", ".join(f"{x:.1f}".replace(".", ",") for x in os.getloadavg())
    rows = [
        ("chiffres montrés", sum(one.shown for one in found)),
        ("chiffres masqués", sum(one.hidden for one in found)),
        ("chiffres locaux donnés", sum(one.local for one in found)),
    ]
    for name in found[0].lines:
        rows += [
            (f"{name} : cherchés", sum(one.lines[name][0] for one in found)),
            (f"{name} : trouvés exactement", sum(one.lines[name][1] for one in found)),
            (f"{name} : trouvés à moins de 10\u00a0%", sum(one.lines[name][2] for one in found)),
        ]
    rows += [
        ("sommes exactes de moins de 5 gestionnaires", sum(one.sums for one in found)),
        ("nombres de réponses de moins de 5 gestionnaires", sum(one.counts for one in found)),
        ("chiffres montrés sur trop peu de réponses", sum(one.thin for one in found)),
        ("mondes percés", sum(not one.holds for one in found)),
    ]
    told = "\n".join(f"| {name} | {french.number(number)} |" for name, number in rows)
    seconds = sum(one.seconds for one in found)
    return f"""# Campagnes au hasard

Écrit par `python -m bench.campaigns {len(found)}` le {french.long_date(datetime.now(tz=UTC).date())},
{os.cpu_count()} processeurs, Python {platform.python_version()}, charge {load} : {seconds:.0f} s de processeur.

Cinq publications d’une même campagne, protégées l’une après l’autre comme le fait la construction, chacune avec tout
ce qui a été montré avant : réponses corrigées (6 % d’une publication à l’autre), tardives (8 %), retirées (3 %), deux
regroupements, jusqu’à trois chiffres locaux là où la protection les permet ; un total et les deux parts qui le font,
une question sensible en « oui », un effectif entier. L’attaque (`senacs.disclosure.attacker.outside`) lit les cinq
publications et les chiffres locaux ensemble, tels que chacun les télécharge ; elle est supposée savoir qui a corrigé
sa réponse.

| sur {french.plural(len(found), "monde")} | |
|---|--:|
{told}
"""


def main(worlds: int) -> int:
    found = spread(examined, range(worlds))
    PAGE.write_text(page(found), encoding="utf-8")
    broken = [one for one in found if not one.holds]
    for one in broken[:20]:
        sys.stderr.write(f"{one}\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else WORLDS))
