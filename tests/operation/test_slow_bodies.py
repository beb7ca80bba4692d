"""A body that does not come is cut, and slow senders never hold every thread."""

import io
import threading
from typing import Any

import pytest

from senacs.operation.slow_bodies import SLOW_SENDERS, SlowBodies, TooSlow


class Dripping:
    """A body that comes when it is let through."""

    def __init__(self) -> None:
        self.comes = threading.Event()

    def read(self, size: int = -1) -> bytes:
        self.comes.wait(10)
        return b"a" * size


def reads(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    return [environ["wsgi.input"].read(4)]


def call(site: SlowBodies, body: Any) -> list[bytes]:
    return list(site({"CONTENT_LENGTH": "4", "wsgi.input": body}, None))


def test_body_that_is_there_is_read() -> None:
    assert call(SlowBodies(reads), io.BytesIO(b"abcd")) == [b"abcd"]


def test_body_that_does_not_come_is_cut() -> None:
    body = Dripping()
    with pytest.raises(TooSlow):
        call(SlowBodies(reads, quick=0.01, patience=0.02), body)
    body.comes.set()


def test_one_slow_sender_too_many_is_cut_at_once() -> None:
    site = SlowBodies(reads, quick=0.02, patience=10)
    bodies = [Dripping() for _ in range(SLOW_SENDERS)]
    got: list[list[bytes]] = []
    threads = [threading.Thread(target=lambda body=body: got.append(call(site, body))) for body in bodies]
    for thread in threads:
        thread.start()
    while site._slow._value:  # type: ignore[attr-defined]
        pass
    last = Dripping()
    with pytest.raises(TooSlow):
        call(site, last)
    assert call(site, io.BytesIO(b"abcd")) == [b"abcd"]
    for body in (*bodies, last):
        body.comes.set()
    for thread in threads:
        thread.join()
    assert got == [[b"aaaa"]] * SLOW_SENDERS
    again = Dripping()
    again.comes.set()
    assert call(site, again) == [b"aaaa"]
