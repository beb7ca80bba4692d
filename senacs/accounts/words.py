"""People's words that others may read: columns that refuse what designates a person, unless its author says why.

One rule, asked when the column is written, whatever the door: a form, a command, an act in bulk. A model declares its
column as `WordsField` or `WordsLine`; a text inside a document is given to `check` by the service that keeps it. A test
of the architecture keeps every other column of text excused, with its reason.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models

from senacs.lib import clock, nominative
from senacs.lib.refusals import Refused

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from senacs.accounts.models import User

SHORTEST_REASON = 10


class NamesSomeone(Exception):
    """A text seems to designate a person, and nobody said why it does not; the message is shown as it is."""

    def __init__(self, text: str) -> None:
        super().__init__(nominative.reproach(text))
        self.text = text


class KeptWords(models.Model):
    """Why a text that looks nominative was kept. Never changed, never deleted."""

    column = models.CharField("colonne", max_length=80)
    digest = models.CharField("empreinte du texte", max_length=64)
    # What looks like a person in it, said without telling it: « le nom Mme M… ».
    found = models.JSONField(default=list)
    reason = models.TextField("motif")
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="kept_words")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["column", "digest"], name="a_text_is_kept_for_one_reason")]

    def __str__(self) -> str:
        return f"{self.column} : {self.reason}"


@dataclass(frozen=True, slots=True)
class Voice:
    """Who writes now, and the reason that they give for what looks nominative, asked for only then."""

    by: "User"
    reason: Callable[[], str]


_voice: ContextVar[Voice | None] = ContextVar("voice", default=None)


@contextmanager
def said_by(user: "User", reason: Callable[[], str] = str) -> Iterator[None]:
    """What is written within is `user`'s; `reason` says why what looks like a person is none."""
    token = _voice.set(Voice(user, reason))
    try:
        yield
    finally:
        _voice.reset(token)


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def looks_nominative(text: str) -> bool:
    """Whether a text designates somebody else than its author: an own address or telephone is theirs to give."""
    return bool(text) and bool(nominative.findings(text, known=_own()))


def check(text: str, column: str, stands: Callable[[], bool]) -> None:
    """Raises NamesSomeone, or Refused for a social security number; keeps the reason when one is given.

    `column` is « application.Model.column »; `stands` tells whether the text is kept there already: what was written
    before is not asked again of whoever changes something else.
    """
    if not looks_nominative(text) or stands():
        return
    if nominative.contains_nir(text):
        raise Refused(nominative.NIR_REFUSED)
    voice = _voice.get()
    reason = " ".join(voice.reason().split()) if voice else ""
    if voice is None or len(reason) < SHORTEST_REASON:
        # A reason holds wherever the same text is written again: a reminder that was scheduled, then sent.
        if KeptWords.objects.filter(digest=digest_of(text)).exists():
            return
        raise NamesSomeone(text)
    if nominative.findings(reason):
        raise NamesSomeone(reason)
    KeptWords.objects.get_or_create(
        column=column,
        digest=digest_of(text),
        defaults={"found": nominative.masked(text), "reason": reason, "by": voice.by, "at": clock.now()},
    )


def naming_rows() -> Iterator[tuple[str, int, list[str], str]]:
    """Every kept text that looks nominative: its column, its row, what it shows (masked), the reason given or ""."""
    reasons = dict(KeptWords.objects.values_list("digest", "reason"))
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if not getattr(field, "holds_words", False):
                continue
            rows = model._base_manager.exclude(**{field.attname: ""}).order_by("pk")
            for pk, text in rows.values_list("pk", field.attname).iterator():
                if found := nominative.masked(text):
                    yield str(field), pk, found, reasons.get(digest_of(text), "")


def _own() -> frozenset[str]:
    voice = _voice.get()
    return frozenset({voice.by.email, voice.by.phone} - {""}) if voice else frozenset()


if TYPE_CHECKING:
    WordsField = models.TextField
    WordsLine = models.CharField
else:

    class _Words:
        holds_words = True

        def get_db_prep_save(self, value: Any, connection: "BaseDatabaseWrapper") -> Any:
            if isinstance(value, str):
                rows = self.model._base_manager.using(connection.alias)
                check(value, str(self), lambda: rows.filter(**{self.attname: value}).exists())
            return super().get_db_prep_save(value, connection)

        def deconstruct(self) -> Any:
            """As Django's own column: the database is not concerned, no migration tells the difference."""
            name, _, args, kwargs = super().deconstruct()
            return name, f"django.db.models.{self.get_internal_type()}", args, kwargs

    class WordsField(_Words, models.TextField):
        """A text of several lines."""

    class WordsLine(_Words, models.CharField):
        """A text of one line."""
