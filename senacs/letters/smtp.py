"""A connection to a mail server that knows whether a message had left when it broke."""

import smtplib
from typing import Any

from django.core.mail.backends.smtp import EmailBackend


class _Staged(smtplib.SMTP):
    """`message_left`: the message was given, and the server has not answered whether it takes it."""

    message_left = False
    _replies: int | None = None

    def data(self, msg: Any) -> tuple[int, bytes]:
        self._replies = 0
        try:
            return super().data(msg)
        finally:
            self._replies = None

    def getreply(self) -> tuple[int, bytes]:
        reply = super().getreply()
        if self._replies is not None:
            self._replies += 1
            # The first reply asks for the message (354), the second says what became of it.
            self.message_left = self._replies == 1 and reply[0] == 354
        return reply


class _StagedOverTls(_Staged, smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""


class StagedBackend(EmailBackend):
    """Django's SMTP, one connection for many letters."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _StagedOverTls if self.use_ssl else _Staged

    @property
    def message_left(self) -> bool:
        return bool(getattr(self.connection, "message_left", False))

    def drop(self) -> None:
        """Forgets a broken connection without a word to the other end."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None
