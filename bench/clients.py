"""Visitors of a load: keep-alive HTTP on the loopback, closed loops (saturation) and open loops (a rate to hold)."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote_plus

CSRF = "b" * 32
PATIENCE = 60  # seconds for one answer; a load that stalls ends with an error


@dataclass(slots=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


class Visitor:
    """One browser: one connection, one session."""

    def __init__(self, port: int, session: str = "") -> None:
        self.port = port
        self.cookies = f"csrftoken={CSRF}" + (f"; sessionid={session}" if session else "")
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def request(self, method: str, path: str, body: bytes = b"", kind: str = "application/json") -> Reply:
        async with asyncio.timeout(PATIENCE):
            return await self._request(method, path, body, kind)

    async def _request(self, method: str, path: str, body: bytes, kind: str) -> Reply:
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 22)
        reader, writer = self.streams
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: {self.cookies}\r\n"
            f"X-CSRFToken: {CSRF}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:] if line)}
        if " 304 " in lines[0]:
            content = b""
        elif "content-length" in headers:
            content = await reader.readexactly(int(headers["content-length"]))
        else:
            content = b"".join([chunk async for chunk in _chunks(reader)])
        return Reply(int(lines[0].split(" ")[1]), headers, content)

    async def form(self, path: str, fields: Sequence[tuple[str, str]]) -> Reply:
        pairs = [("csrfmiddlewaretoken", CSRF), *fields]
        body = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in pairs).encode()
        return await self.request("POST", path, body, "application/x-www-form-urlencoded")

    def close(self) -> None:
        if self.streams:
            self.streams[1].close()


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while size := int(await reader.readline(), 16):
        yield await reader.readexactly(size)
        await reader.readline()
    await reader.readline()


# One act of a visitor: raises when the answer is not the one that was expected.
Act = Callable[[Visitor, int], Awaitable[None]]


@dataclass(slots=True)
class Measures:
    """Seconds of each act, and how long the load lasted; `warming` counts the acts before."""

    seconds: list[float] = field(default_factory=list)
    lasted: float = 0.0
    warming: int = 0

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.lasted

    def milliseconds(self, percent: float) -> float:
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


async def saturate(visitors: Sequence[Visitor], act: Act, *, seconds: float) -> Measures:
    """Every visitor acts again as soon as it is answered."""
    measures, start = Measures(), time.perf_counter()

    async def loop(visitor: Visitor) -> None:
        turn = 0
        while time.perf_counter() - start < seconds:
            begun = time.perf_counter()
            await act(visitor, turn)
            measures.seconds.append(time.perf_counter() - begun)
            turn += 1

    await asyncio.gather(*(loop(visitor) for visitor in visitors))
    measures.lasted = time.perf_counter() - start
    return measures


async def hold(visitors: Sequence[Visitor], act: Act, *, rate: float, seconds: float) -> Measures:
    """Acts begin at a fixed rate whatever the answers; an act that waits for a free visitor waits on the clock too."""
    measures, start = Measures(), time.perf_counter()
    free: asyncio.Queue[Visitor] = asyncio.Queue()
    for visitor in visitors:
        free.put_nowait(visitor)

    async def one(turn: int, due: float) -> None:
        visitor = await free.get()
        await act(visitor, turn)
        measures.seconds.append(time.perf_counter() - due)
        free.put_nowait(visitor)

    running = []
    for turn, offset in enumerate(_beats(rate, seconds)):
        await asyncio.sleep(max(0.0, start + offset - time.perf_counter()))
        running.append(asyncio.create_task(one(turn, start + offset)))
    await asyncio.gather(*running)
    measures.lasted = time.perf_counter() - start
    return measures


def _beats(rate: float, seconds: float) -> Iterator[float]:
    return (number / rate for number in range(int(rate * seconds)))
