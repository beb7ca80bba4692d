"""The entry under load: one autosave, one page, one section; saturation; the last evening. `python -m bench.entry`.

Writes docs/performance/saisie.md (`bench.entry_page`), in less than six minutes of a quiet machine. Everything runs on
the loopback, server, database and visitors sharing the machine; each load lasts a few seconds. The stack's own limit
is measured in the same run, beside what it is compared with.
"""

import asyncio
import json
import os
import time
from typing import Any

from bench.clients import Act, Measures, Reply, Visitor, hold, saturate
from bench.entry_page import Growth, Measured, Saturated, machine, write
from bench.scene import Cpu, database, served

SIZES = (100, 300, 1000)
COMMON_SIZE = 300  # the size of the loads, and nearly that of the real questionnaire
DATABASES = ("SQLite", "PostgreSQL")
VISITORS = (1, 20, 100)
STRUCTURES = 100
SECONDS = float(os.environ.get("BENCH_SECONDS", "3"))
EVENING_SECONDS = 8.0
WARMING = 0.5
AUTOSAVES, PAGES = 165, 20  # a second, on the last evening
PORT = 8397

Built = dict[str, Any]


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


async def _load(load: Load, act: Act, visitors: int, seconds: float) -> Measures:
    people = load.visitors(visitors)
    warming = await saturate(people, act, seconds=WARMING)
    measures = await saturate(people, act, seconds=seconds)
    measures.warming = len(warming.seconds)
    for person in people:
        person.close()
    return measures


def run(load: Load, act: Act, *, visitors: int, seconds: float = SECONDS) -> Measures:
    """A closed loop, after half a second that is not counted."""
    return asyncio.run(_load(load, act, visitors, seconds))


async def _evening(load: Load) -> tuple[Measures, Measures]:
    people = load.visitors(STRUCTURES)
    typing, reading = people[:80], people[80:]
    # Every process has compiled the questionnaire and planned its reads before the clock runs.
    await asyncio.gather(saturate(typing[:8], load.autosave, seconds=1), saturate(reading[:8], load.page, seconds=1))
    held = await asyncio.gather(
        hold(typing, load.autosave, rate=AUTOSAVES, seconds=EVENING_SECONDS),
        hold(reading, load.page, rate=PAGES, seconds=EVENING_SECONDS),
    )
    for person in people:
        person.close()
    return held


def growth(kind: str, environ: dict[str, str], built: Built) -> Growth:
    """One visitor, one process: what each act costs at this size of the questionnaire."""
    with served("site", environ, port=PORT, workers=1):
        load = Load(built)
        page, autosave, section = (
            run(load, act, visitors=1, seconds=SECONDS / 2).milliseconds(50)
            for act in (load.page, load.autosave, load.section)
        )
    return Growth(kind, built["fields"], page, autosave, section)


def saturation(environ: dict[str, str], load: Load) -> dict[str, Saturated]:
    """Throughput at 1, 20 and 100 visitors, each load beside the limit that it is held to."""
    stacks: tuple[tuple[str, tuple[tuple[str, Act], ...]], ...] = (
        ("bare", (("bare view", load.plain_save),)),
        ("site", (("autosave", load.autosave), ("page", load.page), ("cycle", load.cycle))),
        ("form", (("plain form", load.plain_cycle),)),
    )
    found = {}
    for stack, acts in stacks:
        with served(stack, environ, port=PORT) as cpu:
            for name, act in acts:
                before = cpu()
                done = [run(load, act, visitors=count) for count in VISITORS]
                spent = cpu() - before
                acted = sum(len(measures.seconds) + measures.warming for measures in done)
                found[name] = Saturated(
                    [measures.rate for measures in done], Cpu(1000 * spent.web / acted, 1000 * spent.base / acted)
                )
    return found


def measure(kind: str) -> Measured:
    """Everything on one database."""
    grown = []
    for size in SIZES:
        with database(kind, size, structures=STRUCTURES if size == COMMON_SIZE else 5) as (environ, built):
            grown.append(growth(kind, environ, built))
            if size == COMMON_SIZE:
                load = Load(built)
                rates = saturation(environ, load)
                with served("site", environ, port=PORT):
                    evening = asyncio.run(_evening(load))
    return Measured(kind, grown, rates, *evening)


def main() -> None:
    before, start = machine(), time.monotonic()
    measured = [measure(kind) for kind in DATABASES]
    write(measured, before=before, minutes=(time.monotonic() - start) / 60)


if __name__ == "__main__":
    main()
