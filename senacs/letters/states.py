"""The way of a letter: one table, one door."""

from datetime import datetime

from senacs.letters.enums import LetterState
from senacs.letters.models import OutgoingLetter
from senacs.lib import clock
from senacs.lib.refusals import Refused
from senacs.lib.states import Transition

_SOFTWARE: frozenset[str] = frozenset()
_SENDING = frozenset({LetterState.SENDING})
TRANSITIONS = (
    Transition("begin", frozenset({LetterState.WAITING}), LetterState.SENDING, _SOFTWARE, "Commencer l’envoi"),
    Transition("take", _SENDING, LetterState.SENT, _SOFTWARE, "Prise par le serveur"),
    Transition("postpone", _SENDING, LetterState.WAITING, _SOFTWARE, "Essayer plus tard"),
    Transition("refuse", _SENDING, LetterState.REFUSED, _SOFTWARE, "Refusée par le serveur"),
    Transition("doubt", _SENDING, LetterState.DOUBTFUL, _SOFTWARE, "Coupée pendant l’envoi"),
    Transition("abandon", _SENDING, LetterState.ABANDONED, _SOFTWARE, "Ne plus essayer"),
    Transition(
        "bounce", frozenset({LetterState.SENT}), LetterState.BOUNCED, _SOFTWARE, "Revenue, jamais arrivée à sa boîte"
    ),
    Transition(
        "send_again",
        frozenset({LetterState.REFUSED, LetterState.DOUBTFUL, LetterState.ABANDONED}),
        LetterState.WAITING,
        frozenset({"national"}),
        "Envoyer de nouveau",
    ),
)
_BY_NAME = {transition.name: transition for transition in TRANSITIONS}


def apply(letter: OutgoingLetter, name: str, *, answer: str = "", next_at: datetime | None = None) -> OutgoingLetter:
    """Moves a letter, if it still is where the transition starts; Refused when another process moved it first."""
    transition, now = _BY_NAME[name], clock.now()
    changes: dict[str, object] = {"state": transition.target, "answer": answer[:300]}
    if name == "begin":
        changes |= {"claimed_at": now, "attempts": letter.attempts + 1, "answer": letter.answer}
    elif name == "take":
        changes |= {"sent_at": now, "sealed_body": ""}
    elif name == "postpone":
        changes |= {"next_at": next_at or now}
    elif name == "send_again":
        changes |= {"attempts": 0, "next_at": now, "answer": letter.answer}
    moved = OutgoingLetter.objects.filter(pk=letter.pk, state__in=transition.sources).update(**changes)
    if not moved:
        raise Refused(f"« {transition.label} » n’est plus possible : cette lettre a changé d’état.")
    for field, value in changes.items():
        setattr(letter, field, value)
    return letter
