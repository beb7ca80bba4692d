"""Reads on the outbox: what did not arrive, and at which addresses."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Count, Q, QuerySet

from senacs.letters.enums import LetterState
from senacs.letters.models import OutgoingLetter
from senacs.lib import clock

# What somebody may want to look at.
TROUBLED = (LetterState.REFUSED, LetterState.DOUBTFUL, LetterState.ABANDONED, LetterState.BOUNCED)

# The server, or the one of the mailbox, said that nobody is there.
UNREACHED = frozenset({LetterState.REFUSED, LetterState.BOUNCED})
# A domain is judged by what happened lately at several of its addresses.
RECENT, SEVERAL = timedelta(days=60), 2


def letter_counts() -> dict[LetterState, int]:
    """How many letters are in each state."""
    found = dict(OutgoingLetter.objects.values_list("state").annotate(Count("pk")).order_by("state"))
    return {state: found.get(state.value, 0) for state in LetterState}


def waits_for_long() -> bool:
    """Whether a letter that was due has not left for an hour: a server that takes them takes them at once."""
    due = OutgoingLetter.objects.filter(state=LetterState.WAITING, attempts=0)
    return due.filter(written_at__lt=clock.now() - timedelta(hours=1)).exists()


def troubled_letters() -> QuerySet[OutgoingLetter]:
    """Refused, doubtful, abandoned or sent back, and those that wait for another attempt; the last written first."""
    waiting = OutgoingLetter.objects.filter(state=LetterState.WAITING, attempts__gt=0)
    return (waiting | OutgoingLetter.objects.filter(state__in=TROUBLED)).defer("sealed_body")


def refused_addresses(addresses: Iterable[str]) -> dict[str, str]:
    """Of these addresses, those whose last letter the server refused or sent back, with what it said."""
    last: dict[str, OutgoingLetter] = {}
    letters = OutgoingLetter.objects.filter(to__in=set(addresses)).exclude(state=LetterState.WAITING)
    for letter in letters.defer("sealed_body").order_by("written_at", "pk"):
        last[letter.to] = letter
    return {to: letter.answer for to, letter in last.items() if letter.state in UNREACHED}


def refusing_domains(addresses: Iterable[str]) -> set[str]:
    """Of the domains of these addresses, those where several addresses failed last and none was reached since."""
    domains = {address.rpartition("@")[2].lower() for address in addresses}
    wanted = Q()
    for domain in sorted(domains):
        wanted |= Q(to__iendswith=f"@{domain}")
    if not domains:
        return set()
    recent = OutgoingLetter.objects.filter(wanted, written_at__gte=clock.now() - RECENT)
    last: dict[str, dict[str, str]] = {}
    for to, state in recent.exclude(state=LetterState.WAITING).order_by("written_at", "pk").values_list("to", "state"):
        last.setdefault(to.rpartition("@")[2].lower(), {})[to.lower()] = state
    return {
        domain
        for domain, states in last.items()
        if len(states) >= SEVERAL and all(state in UNREACHED for state in states.values())
    }
