"""The first page of a web process is asked before anybody comes."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from senacs.operation.warming import warm_up


class Body:
    def __init__(self, text: bytes) -> None:
        self.text, self.is_closed = text, False

    def __iter__(self) -> Iterator[bytes]:
        yield self.text

    def close(self) -> None:
        self.is_closed = True


@pytest.mark.parametrize(("status", "level"), [("200 OK", logging.INFO), ("503 Service Unavailable", logging.WARNING)])
def test_home_is_asked_once_and_a_site_that_fails_starts_all_the_same(
    status: str, level: int, caplog: pytest.LogCaptureFixture
) -> None:
    asked, body = [], Body(b"accueil")

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Body:
        asked.append((environ["REQUEST_METHOD"], environ["PATH_INFO"], environ["HTTP_X_FORWARDED_PROTO"]))
        start_response(status, [])
        return body

    with caplog.at_level(logging.INFO, logger="senacs.operation.warming"):
        assert warm_up(application) == int(status[:3])
    assert asked == [("GET", "/", "https")]
    assert body.is_closed
    assert [record.levelno for record in caplog.records] == [level]
