"""Entry on behalf (charte 2.2): the structure is told, and accepts or contests each value that others entered."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from senacs.accounts.models import User
from senacs.accounts.notices import tell
from senacs.accounts.permissions import can_enter, correspondents_of, people_of
from senacs.collection.documents import Stored
from senacs.collection.enums import EntryVerdict
from senacs.collection.models import EntryOpinion, Response, ResponseEvent, Revision
from senacs.collection.queries import compiled_of, entries_on_behalf
from senacs.collection.states import lock
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


def entries_to_examine(responses: QuerySet[Response]) -> list[tuple[Response, int]]:
    """Each of these responses with the number of values entered for it that it says nothing of yet; two queries."""
    return [(response, count) for response, count, _ in _judged(responses) if count]


def entries_contested(responses: QuerySet[Response]) -> list[tuple[Response, int]]:
    """The same with the number of values that it contests."""
    return [(response, count) for response, _, count in _judged(responses) if count]


def _judged(responses: QuerySet[Response]) -> Iterator[tuple[Response, int, int]]:
    for response in responses.prefetch_related("entry_opinions"):
        opinions = {(o.code, o.revision): o for o in response.entry_opinions.all()}
        said = [opinions.get((code, stored["revision"])) for code, stored in entries_on_behalf(response).items()]
        contested = sum(one is not None and one.verdict == EntryVerdict.CONTESTED for one in said)
        yield response, said.count(None), contested


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
    label = compiled_of(response).questionnaire.fields[code].label
    context = {"response": response, "by": by, "reason": reason.strip(), "author": author, "label": label}
    # Validation waits for both of the pair.
    told = [*correspondents_of(response.structure), *([author] if author else [])]
    tell(told, "collection/mail/contestation.txt", context, page=reverse("suivi_cell", args=[response.pk, code]), by=by)
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
    page = reverse("saisie_on_behalf", args=[response.pk])
    tell(people_of(response.structure), "collection/mail/saisie_pour_le_compte.txt", context, page=page, by=by)
