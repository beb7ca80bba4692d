"""A real mail server on the loopback, which refuses, delays and drops as a test asks."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from threading import Thread
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Server:
    """`refuse` gives the answer to an address, "" for none; `drop` says when to break off: « before » or « after »."""

    taken: list[tuple[str, Message]] = field(default_factory=list)
    refuse: Callable[[str], str] = lambda address: ""
    refuse_data: Callable[[str], str] = lambda address: ""
    drop: Callable[[str], str] = lambda address: ""
    delay: float = 0.0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.drop(address) == "before":
            server.transport.abort()
        if answer := self.refuse(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        await asyncio.sleep(self.delay)
        address = envelope.rcpt_tos[0]
        if answer := self.refuse_data(address):
            return answer
        self.taken.append((address, message_from_bytes(envelope.content or b"")))
        if self.drop(address) == "after":
            server.transport.abort()
        return "250 taken"

    @property
    def addresses(self) -> list[str]:
        return [address for address, _ in self.taken]


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    """Listening on a free port until the test ends."""
    found, loop = Server(), asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    listening = asyncio.run_coroutine_threadsafe(
        loop.create_server(lambda: SMTP(found, enable_SMTPUTF8=True, loop=loop), "127.0.0.1", 0), loop
    ).result(timeout=30)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 20
    settings.EMAIL_PORT = listening.sockets[0].getsockname()[1]
    yield found
    asyncio.run_coroutine_threadsafe(_stop(listening), loop).result(timeout=30)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(timeout=30)
    loop.close()


async def _stop(listening: asyncio.Server) -> None:
    """Closes, and ends what is still spoken."""
    listening.close()
    spoken = [each for each in asyncio.all_tasks() if each is not asyncio.current_task()]
    for each in spoken:
        each.cancel()
    await asyncio.gather(*spoken, return_exceptions=True)
