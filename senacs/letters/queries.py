"""Reads on the outbox: what did not arrive, and at which addresses."""

from collections.abc import Iterable

from django.db.models import Count, QuerySet

from senacs.letters.enums import LetterState
from senacs.letters.models import OutgoingLetter

# What somebody may want to look at.
TROUBLED = (LetterState.REFUSED, LetterState.DOUBTFUL, LetterState.ABANDONED)


def letter_counts() -> dict[LetterState, int]:
    """How many letters are in each state."""
    found = dict(OutgoingLetter.objects.values_list("state").annotate(Count("pk")).order_by("state"))
    return {state: found.get(state.value, 0) for state in LetterState}


def troubled_letters() -> QuerySet[OutgoingLetter]:
    """Refused, doubtful or abandoned, and those that wait for another attempt; the last written first."""
    waiting = OutgoingLetter.objects.filter(state=LetterState.WAITING, attempts__gt=0)
    return (waiting | OutgoingLetter.objects.filter(state__in=TROUBLED)).defer("sealed_body")


def refused_addresses(addresses: Iterable[str]) -> dict[str, str]:
    """Of these addresses, those whose last letter the server refused, with what it said."""
    last: dict[str, OutgoingLetter] = {}
    letters = OutgoingLetter.objects.filter(to__in=set(addresses)).exclude(state=LetterState.WAITING)
    for letter in letters.defer("sealed_body").order_by("written_at", "pk"):
        last[letter.to] = letter
    return {to: letter.answer for to, letter in last.items() if letter.state == LetterState.REFUSED}
