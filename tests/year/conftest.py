"""The mail server of the letters' tests serves the year too."""

from tests.letters.conftest import server

__all__ = ["server"]
