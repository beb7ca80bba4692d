"""What a web process does before anybody asks: the work of a first page, which no visitor should wait for."""

import logging
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.util import setup_testing_defaults

log = logging.getLogger(__name__)
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def warm_up(application: Application, address: str = "/") -> int:
    """Asks the site for its home once, so that templates, places and the release are read; gives the status.

    A site that cannot answer yet (its database comes later) starts all the same: the status is logged.
    """
    # As a proxy would hand it: over TLS, or the answer would be to come back so.
    environ: dict[str, Any] = {
        "PATH_INFO": address,
        "HTTP_HOST": "localhost",
        "HTTP_X_FORWARDED_PROTO": "https",
        "REMOTE_ADDR": "127.0.0.1",
    }
    setup_testing_defaults(environ)
    said: list[int] = []

    def start_response(status: str, headers: list[tuple[str, str]], failure: Any = None) -> None:
        said.append(int(status.split()[0]))

    body = application(environ, start_response)
    try:
        for _ in body:
            pass
    finally:
        if callable(close := getattr(body, "close", None)):
            close()
    log.log(logging.INFO if said[-1] < 500 else logging.WARNING, "first page asked at the start: %s", said[-1])
    return said[-1]
