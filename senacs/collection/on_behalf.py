"""Entry on behalf (charte 2.2): the structure is told, and accepts or contests each value that others entered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from senacs.accounts.models import User
from senacs.accounts.permissions import can_enter, people_of
from senacs.collection.documents import Stored
from senacs.collection.enums import EntryVerdict
from senacs.collection.models import EntryOpinion, Response, ResponseEvent, Revision
from senacs.collection.queries import compiled_of, entries_on_behalf
from senacs.collection.states import lock
from senacs.letters import mail
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused

EVENT = "on_behalf"
# Fields are saved one by one: the structure gets one letter a sitting, not one a field.
QUIET = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class EnteredFor:
    """One value entered for the structure, who entered it, and what the structure says of it (None: nothing yet)."""

    code: str
    stored: Stored
    revision: Revision
    opinion: EntryOpinion | None

    @property
    def is_contested(self) -> bool:
        return self.opinion is not None and self.opinion.verdict == EntryVerdict.CONTESTED


def entered_for(response: Response) -> list[EnteredFor]:
    """Every value that others entered, in the order of the document, with the opinion that stands on it."""
    entries = entries_on_behalf(response)
    if not entries:
        return []
    numbers = {stored["revision"] for stored in entries.values()}
    revisions = {r.number: r for r in response.revisions.filter(number__in=numbers).select_related("by")}
    opinions = {(o.code, o.revision): o for o in response.entry_opinions.all()}
    return [
        EnteredFor(code, stored, revisions[stored["revision"]], opinions.get((code, stored["revision"])))
        for code, stored in entries.items()
        if stored["revision"] in revisions
    ]


def contested_codes(response: Response) -> list[str]:
    """The fields whose value, entered by others, the structure contests."""
    return [entry.code for entry in entered_for(response) if entry.is_contested]


@transaction.atomic
def accept_entries(*, response: Response, codes: Iterable[str], by: User) -> int:
    """The structure takes values entered for it as its own; a contested one is no longer. Returns how many."""
    response = lock(response)
    entries = _own(response, codes, by)
    for code, stored in entries.items():
        _say(response, code, stored, EntryVerdict.ACCEPTED, "", by)
    return len(entries)


@transaction.atomic
def contest_entry(*, response: Response, code: str, reason: str, by: User) -> EntryOpinion:
    """The structure contests one value, with its reason; whoever entered it is written to. Validation then waits."""
    response = lock(response)
    entries = _own(response, [code], by)
    if code not in entries:
        raise Refused("Cette valeur n’est plus celle que d’autres avaient saisie.")
    if not reason.strip():
        raise Refused("Dites pourquoi vous contestez cette valeur.")
    opinion = _say(response, code, entries[code], EntryVerdict.CONTESTED, reason.strip(), by)
    author = response.revisions.select_related("by").get(number=entries[code]["revision"]).by
    if author is not None:
        label = compiled_of(response).questionnaire.fields[code].label
        context = {"response": response, "by": by, "reason": reason.strip(), "code": code, "label": label}
        mail.send_on_commit([mail.write("collection/mail/contestation.txt", context, to=author.email)])
    return opinion


def _own(response: Response, codes: Iterable[str], by: User) -> dict[str, Stored]:
    if not can_enter(by, response.structure):
        raise NotAllowed("Seule la structure accepte ou conteste ce qui a été saisi pour elle.")
    entries = entries_on_behalf(response)
    return {code: entries[code] for code in codes if code in entries}


def _say(
    response: Response, code: str, stored: Stored, verdict: EntryVerdict, reason: str, by: User
) -> EntryOpinion:  # fmt: skip
    values = {"revision": stored["revision"], "verdict": verdict, "reason": reason, "at": clock.now(), "by": by}
    opinion, _ = EntryOpinion.objects.update_or_create(response=response, code=code, defaults=values)
    return opinion


def tell_structure(response: Response, by: User) -> None:
    """Notes that `by` enters for the structure and writes to its people, once a sitting."""
    now = clock.now()
    if response.events.filter(transition=EVENT, by=by, at__gt=now - QUIET).exists():
        return
    ResponseEvent.objects.create(response=response, transition=EVENT, at=now, by=by)
    context = {"response": response, "by": by}
    letters = [
        mail.write("collection/mail/saisie_pour_le_compte.txt", context, to=person.email)
        for person in people_of(response.structure)
    ]
    mail.send_on_commit(letters)
