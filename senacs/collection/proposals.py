"""Values that software proposes: read on arrival, accepted or refused by a person, never written by themselves."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction

from senacs.accounts.models import User
from senacs.accounts.permissions import can_enter
from senacs.collection.documents import same_answer, write_entry
from senacs.collection.enums import Provenance
from senacs.collection.models import ApiToken, Proposal, Response
from senacs.collection.queries import compiled_of
from senacs.collection.services import Input, SaveResult, Sending, reading_of, save_values
from senacs.collection.states import apply_to_proposals, lock
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused
from senacs.questionnaire.engine.values import NOT_CONCERNED, InputError, canonical

# What JSON can say of a value: a list for several options; « non_concerne » is a text.
Pushed = int | float | bool | str | list[str]
NOT_CONCERNED_WORD = "non_concerne"
MOST_VALUES = 2000


@dataclass(frozen=True, slots=True)
class Received:
    """What became of each pushed value, by code. `refused` says why, in French.

    `noted`: what was understood of a value that is not kept as it came (« noté 45 000 € »).
    """

    proposed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    noted: dict[str, str] = field(default_factory=dict)


@transaction.atomic
def propose_values(*, response: Response, token: ApiToken, values: Mapping[str, Pushed]) -> Received:
    """Keeps each readable value as a proposal; one that says what the response holds already is not kept.

    A newer proposal replaces the one that waits for the same field. Raises Refused when nobody could accept.
    """
    response = lock(response)
    if not response.is_editable:
        raise Refused("La réponse ne peut plus changer : elle est envoyée, ou la saisie est close.")
    if len(values) > MOST_VALUES:
        raise Refused(f"{MOST_VALUES} valeurs au plus par envoi.")
    compiled = compiled_of(response)
    waiting = {proposal.code: proposal for proposal in response.proposals.pending().select_for_update()}
    received, fresh, replaced = Received(), [], []
    for code, pushed in values.items():
        raw = as_input(pushed)
        try:
            reading = reading_of(compiled, code, raw)
        except InputError as error:
            received.refused[code] = str(error)
            continue
        value = reading.value
        definition = compiled.questionnaire.fields[code]
        if value is None:
            received.refused[code] = "Cette valeur est vide : une réponse ne s’efface qu’à la main."
            continue
        if reading.note:
            received.noted[code] = reading.note
        entry = write_entry(definition, value, provenance=Provenance.IMPORTED, revision=0)
        if same_answer(response.values.get(code), entry):
            received.unchanged.append(code)
            replaced += [waiting[code]] if code in waiting else []
            continue
        received.proposed.append(code)
        stored = None if raw is NOT_CONCERNED else raw
        if code in waiting and waiting[code].raw == stored and waiting[code].token_id == token.pk:
            continue
        replaced += [waiting[code]] if code in waiting else []
        fresh.append(Proposal(response=response, code=code, raw=stored, token=token, at=clock.now()))
    apply_to_proposals(replaced, "replace")
    Proposal.objects.bulk_create(fresh)
    return received


def as_input(pushed: Pushed) -> Input:
    """A JSON value as a person would type it; a number is never ambiguous, whatever its decimals."""
    if isinstance(pushed, bool):
        return "oui" if pushed else "non"
    if isinstance(pushed, int):
        return str(pushed)
    if isinstance(pushed, float):
        if not math.isfinite(pushed):
            return "infini"
        # Fifteen digits, as spreadsheets: 0.1 + 0.2 is 0.3.
        text = canonical(Decimal(f"{pushed:.15g}"))
        # « 1.125 » typed could mean one thousand; a number cannot, and a last zero says so to the reader.
        return f"{text}0" if len(text.partition(".")[2]) == 3 else text
    if isinstance(pushed, list):
        return pushed
    return NOT_CONCERNED if pushed == NOT_CONCERNED_WORD else pushed


@transaction.atomic
def accept_proposals(
    *, response: Response, proposals: Iterable[Proposal], by: User, seen: int | None = None
) -> SaveResult:
    """Writes the values of proposals that wait, in the name of the person who accepts them; marked as imported.

    `seen` is the revision of the response that the person compared them with: an answer that changed since is a
    conflict. A value that cannot be written keeps its proposal waiting, and is told in `refused` or `conflicts`.
    """
    response = lock(response)
    chosen = _waiting(response, proposals, by)
    inputs: dict[str, Input] = {p.code: NOT_CONCERNED if p.raw is None else p.raw for p in chosen}
    expected = None if seen is None else _seen_at(response, inputs, seen)
    result = save_values(
        response=response, inputs=inputs, by=by, provenance=Provenance.IMPORTED,
        reason=_reason(chosen), sending=Sending(expected),
    )  # fmt: skip
    apply_to_proposals([p for p in chosen if p.code in result.saved], "accept", by=by)
    return result


@transaction.atomic
def refuse_proposals(*, response: Response, proposals: Iterable[Proposal], by: User) -> int:
    """Sets proposals aside; the response keeps what it holds. Returns how many."""
    response = lock(response)
    return apply_to_proposals(_waiting(response, proposals, by), "refuse", by=by)


def _waiting(response: Response, proposals: Iterable[Proposal], by: User) -> list[Proposal]:
    if not can_enter(by, response.structure):
        raise NotAllowed("Seule la structure accepte ou refuse les valeurs de son logiciel.")
    wanted = [proposal.pk for proposal in proposals]
    return list(response.proposals.pending().filter(pk__in=wanted).select_related("token").select_for_update())


def _seen_at(response: Response, codes: Iterable[str], seen: int) -> dict[str, int]:
    """The revision of each field when the response stood at `seen`; one that no field has, if it changed since."""
    changed: set[str] = set()
    if response.revision > seen:
        changed = {code for revision in response.revisions.filter(number__gt=seen) for code in revision.changes}
    return {
        code: -1 if code in changed else response.values[code]["revision"] if code in response.values else 0
        for code in codes
    }


def _reason(proposals: Iterable[Proposal]) -> str:
    labels = sorted({proposal.token.label for proposal in proposals})
    return f"Proposé par {', '.join(labels)}" if labels else ""


def proposals_waiting(response: Response) -> int:
    """How many values of other software wait for the structure's decision."""
    return response.proposals.pending().count()
