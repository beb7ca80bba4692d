"""Rows that tell an act: written once, each with its line in the journal."""

from dataclasses import dataclass
from typing import Any

from django.db import models, transaction

from senacs.audit.chain import seal
from senacs.audit.digests import digest_of
from senacs.audit.models import AuditLine
from senacs.audit.security import tell_once_done


@dataclass(frozen=True, slots=True)
class Told:
    """What a line says of a row: who (None: the server itself), did what, about what or whom, why."""

    actor: models.Model | None
    act: str
    about: str
    reason: str = ""


class AuditedRow(models.Model):
    """A row that tells an act: written once, with its line in the journal; never changed, never deleted."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(f"{self._meta.label} is append-only")
        super().save(*args, **kwargs)
        self.write_line()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError(f"{self._meta.label} is append-only")

    def write_line(self) -> None:
        """Overridden where the row is whole only after its relations are set."""
        append(self)

    def audited(self) -> Told:
        """What the journal says of this row."""
        raise NotImplementedError

    def audit_more(self) -> list[Any]:
        """What else of the act must not change: relations beside its columns."""
        return []


def append(row: AuditedRow) -> AuditLine:
    """Writes the line of a row, in the transaction of its act; it is sealed once that is committed."""
    told = row.audited()
    transaction.on_commit(seal, robust=True)
    actor = told.actor.pk if told.actor is not None else None
    # A code of the act, where its row has one: an extract of raw data, a mandate taken back.
    kind = next((str(getattr(row, name)) for name in ("act", "action", "kind") if hasattr(row, name)), "")
    tell_once_done("act", account=actor, row=f"{row._meta.label}:{row.pk}", kind=kind)
    return AuditLine.objects.create(
        actor=actor,
        actor_name=_who(told.actor)[:300],
        act=told.act[:200],
        about=told.about[:300],
        reason=told.reason,
        row=f"{row._meta.label}:{row.pk}",
        digest=digest_of(row),
    )


def _who(actor: models.Model | None) -> str:
    return f"{actor} ({getattr(actor, 'email', '')})" if actor is not None else "serveur"
