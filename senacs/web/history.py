"""The changes of the values of a question, told in French."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from senacs.accounts.models import User
from senacs.collection.documents import Stored, read_entry
from senacs.collection.enums import Provenance
from senacs.collection.models import Revision
from senacs.questionnaire.engine.schema import Field
from senacs.questionnaire.engine.values import format_value


@dataclass(frozen=True, slots=True)
class ShownChange:
    field: Field
    at: datetime
    by: User | None
    before: str
    after: str
    provenance: str
    reason: str


def changes_of(revisions: Iterable[Revision], fields: Iterable[Field]) -> list[ShownChange]:
    """The changes of these fields, in the order of `revisions`."""
    known = list(fields)
    changes = []
    for revision in revisions:
        for field in known:
            if (change := revision.changes.get(field.code)) is None:
                continue
            after = change["apres"]
            changes.append(
                ShownChange(
                    field=field,
                    at=revision.at,
                    by=revision.by,
                    before=_text(field, change["avant"]),
                    after=_text(field, after),
                    provenance=Provenance(after["provenance"]).label if after else "",
                    reason=revision.reason,
                )
            )
    return changes


def _text(field: Field, stored: Stored | None) -> str:
    return "sans réponse" if stored is None else format_value(field, read_entry(field, stored))
