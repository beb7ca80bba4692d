"""The entry under load: one autosave, one page, one section; saturation; the last evening. `python -m bench.entry`.

Writes docs/performance/saisie.md. Everything runs on the loopback, server and visitors sharing the machine; each load
lasts a few seconds. The stack's own limit is measured in the same run, beside what it is compared with.
"""

import asyncio
import json
import os
import platform
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.clients import Act, Measures, Reply, Visitor, hold, saturate
from bench.scene import ROOT, database, served

PAGE = ROOT / "docs" / "performance" / "saisie.md"
SIZES = (100, 300, 1000)
DATABASES = ("SQLite", "PostgreSQL")
VISITORS = (1, 20, 100)
STRUCTURES = 100
SECONDS = float(os.environ.get("BENCH_SECONDS", "6"))
EVENING_SECONDS = 2 * SECONDS
AUTOSAVES, PAGES = 165, 20  # a second, on the last evening
PORT = 8397

Built = dict[str, Any]
REMARKS = """
## Où va le temps, et ce qui n’est pas atteint

- Autosave : les sept allers et retours vers la base (session ; personne, habilitations et charte ; réponse
  verrouillée ; historique ; réponse ; début et fin de transaction) contre cinq pour la vue nue, et un document de trois
  cents valeurs (30 Ko) relu et réécrit là où la vue nue en a vingt. Réduire encore demanderait une session hors de la
  base ou une écriture du seul champ (`jsonb_set`).
- Page : plus de la moitié est le rendu du gabarit, mille variables résolues pour trente questions ; les calculs et les
  lectures prennent le reste.
- Les objectifs (0,7 de la limite ; p99 sous 120 ms le dernier soir) se lisent dans les colonnes ci-dessus. SQLite
  n’écrit qu’une réponse à la fois : une vraie campagne se mène sur PostgreSQL.
"""


class Wrong(RuntimeError):
    """An answer of the server that the load did not expect."""


def expect(reply: Reply, status: int) -> Reply:
    if reply.status != status:
        raise Wrong(f"{reply.status} {reply.body[:300]!r}")
    return reply


class Load:
    """The acts of directors, each on a response of their own."""

    def __init__(self, built: Built) -> None:
        self.built = built
        self.sections: list[str] = built["sections"]
        self.number = 0

    def visitors(self, count: int) -> list[Visitor]:
        return [Visitor(PORT, session) for session in self.built["sessions"][:count]]

    def response_of(self, visitor: Visitor) -> int:
        session = visitor.cookies.rpartition("sessionid=")[2]
        responses: list[int] = self.built["responses"]
        return responses[self.built["sessions"].index(session)]

    async def autosave(self, visitor: Visitor, turn: int) -> None:
        """One number typed: a rule to justify, a rule about last year or a total follow from it."""
        self.number += 1
        section = self.sections[turn % len(self.sections)]
        code = (f"{section}_n0", f"{section}_n2", f"{section}_hommes_r1", f"{section}_n5")[turn % 4]
        body = {"key": f"{id(self)}-{self.number}", "values": {code: str(self.number % 997)}, "expected": {}}
        path = f"/saisie/{self.response_of(visitor)}/valeurs/"
        expect(await visitor.request("POST", path, json.dumps(body).encode()), 200)

    async def page(self, visitor: Visitor, turn: int) -> None:
        section = self.sections[turn % len(self.sections)]
        expect(await visitor.request("GET", f"/saisie/{self.response_of(visitor)}/rubrique/{section}/"), 200)

    async def section(self, visitor: Visitor, turn: int) -> None:
        """The plain form of a section, ten of its numbers changed."""
        self.number += 1
        section = self.sections[turn % len(self.sections)]
        codes = [f"{section}_n{number}" for number in range(10)]
        fields = [("present", " ".join(codes)), ("action", "suivant")]
        fields += [(f"v-{code}", str((self.number + place) % 997)) for place, code in enumerate(codes)]
        path = f"/saisie/{self.response_of(visitor)}/rubrique/{section}/"
        expect(await visitor.form(path, fields), 302)

    async def cycle(self, visitor: Visitor, turn: int) -> None:
        """Page of a section, save of the section, page of the next."""
        await self.page(visitor, turn)
        await self.section(visitor, turn)
        await self.page(visitor, turn + 1)

    async def plain_save(self, visitor: Visitor, turn: int) -> None:
        self.number += 1
        body = json.dumps({f"champ_{place}": (self.number + place) % 997 for place in range(20)}).encode()
        expect(await visitor.request("POST", f"/plain/{self._document(visitor)}/save/", body), 200)

    async def plain_cycle(self, visitor: Visitor, turn: int) -> None:
        self.number += 1
        path = f"/plain/{self._document(visitor)}/page/"
        fields = [(f"champ_{place}", str((self.number + place) % 997)) for place in range(20)]
        expect(await visitor.request("GET", path), 200)
        expect(await visitor.form(path, fields), 302)
        expect(await visitor.request("GET", path), 200)

    def _document(self, visitor: Visitor) -> int:
        return 1 + self.built["responses"].index(self.response_of(visitor))


def run(load: Load, act: Act, *, visitors: int, seconds: float = SECONDS) -> Measures:
    """A closed loop, after a second that is not counted."""

    async def both() -> Measures:
        people = load.visitors(visitors)
        warming = await saturate(people, act, seconds=min(1.0, seconds))
        measures = await saturate(people, act, seconds=seconds)
        measures.warming = len(warming.seconds)
        for person in people:
            person.close()
        return measures

    return asyncio.run(both())


def evening(load: Load) -> tuple[Measures, Measures]:
    """The last evening: autosaves and section pages at their rate, together."""

    async def both() -> tuple[Measures, Measures]:
        typing, reading = load.visitors(STRUCTURES)[:80], load.visitors(STRUCTURES)[80:]
        await asyncio.gather(
            saturate(typing[:4], load.autosave, seconds=1), saturate(reading[:2], load.page, seconds=1)
        )
        return await asyncio.gather(
            hold(typing, load.autosave, rate=AUTOSAVES, seconds=EVENING_SECONDS),
            hold(reading, load.page, rate=PAGES, seconds=EVENING_SECONDS),
        )

    return asyncio.run(both())


def sizes(kind: str) -> list[str]:
    """One visitor: what each act costs as the questionnaire grows."""
    rows = []
    for size in SIZES:
        with database(kind, size, structures=5) as (environ, built), served("site", environ, port=PORT, workers=1):
            load = Load(built)
            acts: Sequence[Callable[[Visitor, int], Awaitable[None]]] = (load.page, load.autosave, load.section)
            costs = [run(load, act, visitors=1, seconds=SECONDS / 2).milliseconds(50) for act in acts]
        rows.append(f"| {kind} | {built['fields']} | " + " | ".join(_ms(cost) for cost in costs) + " |")
    return rows


def saturation(kind: str) -> tuple[list[str], list[str]]:
    """Throughput at 1, 20 and 100 visitors, each load beside the limit that it is held to; then the last evening."""
    rates: dict[str, list[float]] = {}
    costs: dict[str, float] = {}
    with database(kind, 300, structures=STRUCTURES) as (environ, built):
        load = Load(built)
        stacks: tuple[tuple[str, tuple[tuple[str, Act], ...]], ...] = (
            ("bare", (("vue nue", load.plain_save),)),
            ("site", (("autosave", load.autosave), ("page", load.page), ("cycle", load.cycle))),
            ("form", (("formulaire simple", load.plain_cycle),)),
        )
        for stack, acts in stacks:
            with served(stack, environ, port=PORT) as cpu_seconds:
                for name, act in acts:
                    before = cpu_seconds()
                    done = [run(load, act, visitors=count) for count in VISITORS]
                    rates[name] = [measures.rate for measures in done]
                    acted = sum(len(measures.seconds) + measures.warming for measures in done)
                    costs[name] = 1000 * (cpu_seconds() - before) / acted
        with served("site", environ, port=PORT):
            typing, reading = evening(load)
    return _saturation_rows(kind, rates, costs), _evening_rows(kind, typing, reading)


def _saturation_rows(kind: str, rates: dict[str, list[float]], costs: dict[str, float]) -> list[str]:
    def row(label: str, name: str, limit: str = "") -> str:
        cells = [_number(rate, 0) for rate in rates[name]] + [_ms(costs[name])]
        if limit:
            shares = [rate / top for rate, top in zip(rates[name], rates[limit], strict=True)]
            cells += [_number(sum(shares) / len(shares), 2), _number(costs[limit] / costs[name], 2)]
        else:
            cells += ["", ""]
        return f"| {kind} | {label} | " + " | ".join(cells) + " |"

    return [
        row("autosave d’un champ", "autosave", "vue nue"),
        row("limite de la pile : vue nue, 20 champs", "vue nue"),
        row("cycle page, enregistrement, page suivante", "cycle", "formulaire simple"),
        row("le même cycle d’un formulaire Django simple", "formulaire simple"),
        row("page de rubrique", "page"),
    ]


def _evening_rows(kind: str, typing: Measures, reading: Measures) -> list[str]:
    return [
        f"| {kind} | {label} | {_number(measures.rate, 0)} | "
        + " | ".join(_ms(measures.milliseconds(percent)) for percent in (50, 95, 99))
        + " |"
        for label, measures in (("autosave", typing), ("page de rubrique", reading))
    ]


def _number(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}".replace(".", ",")


def _ms(value: float) -> str:
    return f"{_number(value, 1 if value < 100 else 0)} ms"


def _machine() -> str:
    found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    load = os.getloadavg()
    model = found[1].strip() if found else platform.machine()
    return (
        f"{os.cpu_count()} cœurs ({model}), Python {platform.python_version()}, "
        f"charge de la machine avant les mesures {_number(load[0], 1)}"
    )


def write(machine: str, growth: list[str], rates: list[str], evenings: list[str]) -> None:
    text = f"""# La saisie sous charge

Écrit par `python -m bench.entry` le {datetime.now(UTC):%d/%m/%Y} : {machine}.
Serveur (granian, 2 processus de 4 fils), base et visiteurs se partagent la machine ; chaque charge dure
{_number(SECONDS, 0)} s. PostgreSQL attend le disque (`fsync`, `synchronous_commit`), SQLite est en WAL.
Une machine partagée avec d’autres travaux bouge de moitié d’un essai à l’autre : ce qui compte est le rapport
à la limite de la pile, mesurée dans le même essai.

## Un visiteur, quand le questionnaire grandit

Temps médian d’un acte, connexion gardée, un processus.

| base | champs | page de rubrique | autosave d’un champ | rubrique entière |
|---|---|---|---|---|
{chr(10).join(growth)}

La page d’une rubrique montre trente questions quel que soit le questionnaire ; son coût ne croît que de ce que
les règles et l’avancement parcourent. L’autosave n’évalue que ce dont le champ dépend : il ne reste que la lecture
et l’écriture du document.

## Saturation : autant que la machine peut, sans temps de réflexion

Actes par seconde à 1, 20 et 100 visiteurs simultanés, questionnaire de 300 champs. « Rapport » : à la limite de
la ligne suivante, en moyenne des trois (objectif : 0,7). Le temps processeur est celui des processus du serveur, sans
la base ni les visiteurs : il dépend moins de ce que fait le reste de la machine.

| base | acte | 1 | 20 | 100 | processeur par acte | rapport | rapport des processeurs |
|---|---|---|---|---|---|---|---|
{chr(10).join(rates)}

La vue nue n’a ni session, ni droits, ni charte, ni règles : elle valide vingt champs, met à jour une petite ligne JSON
et insère cinq lignes d’historique. L’autosave lit la session, la personne, ses habilitations et la charte, verrouille
la réponse (trois cents valeurs), l’écrit avec son historique, et rend totaux, conditions et contrôles.

## Le dernier soir

Boucle ouverte de {_number(EVENING_SECONDS, 0)} s : {AUTOSAVES} autosaves et {PAGES} pages de rubrique par seconde,
à heure fixe, que le serveur ait répondu ou non ; le temps court depuis l’heure prévue. Objectif : p99 sous 120 ms.

| base | acte | par seconde | p50 | p95 | p99 |
|---|---|---|---|---|---|
{chr(10).join(evenings)}
{REMARKS}"""
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(text, encoding="utf-8")


def main() -> None:
    machine = _machine()
    growth, rates, evenings = [], [], []
    for kind in DATABASES:
        growth += sizes(kind)
        some, last = saturation(kind)
        rates += some
        evenings += last
    write(machine, growth, rates, evenings)


if __name__ == "__main__":
    main()
