"""Validation by the pair: alone, both when contested, one after the other's silence; in bulk where all is clear."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from senacs.accounts.enums import Side
from senacs.accounts.models import User
from senacs.accounts.notices import News, clock_start, tell_plainly, was_told
from senacs.accounts.permissions import can_review, correspondents_of_side
from senacs.collection import states
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response, ResponseEvent
from senacs.collection.on_behalf import contested_codes
from senacs.collection.queries import compiled_of
from senacs.lib import clock
from senacs.lib.french import plural
from senacs.lib.refusals import NotAllowed, Refused
from senacs.review.doubtful_cells import settle_cells
from senacs.review.enums import FlagSeverity, FlagState
from senacs.review.models import Approval, Flag, Query
from senacs.review.permissions import missing_sides
from senacs.review.seen import require_seen
from senacs.review.services import control_page, heading, tell_pair, write_to_structure
from senacs.review.settings import parameters_for


@transaction.atomic
def validate_response(*, response: Response, by: User, seen: str | None = None) -> Response:
    """Validates a response; a contested one only records the agreement of `by`'s side until both have given it.

    When the other side has let the settings' number of days pass after an agreement, the side that gave it validates
    alone, and the history says so. Raises Refused with the open points in `details` when some are still to settle, and
    when the response is no longer what `seen` seals (`review.seen`).
    """
    response = states.lock(response)
    if not can_review(by, response.structure):
        raise NotAllowed("Seuls les correspondants de la structure valident sa réponse.")
    require_seen(response, seen)
    if response.state == ResponseState.SUBMITTED:
        _require_settled(response)
        if response.is_contested and not _approve(response, by):
            return response
    response = states.apply(response, "validate", by=by)
    settle_cells(response)
    page = reverse("saisie_answers", args=[response.pk])
    write_to_structure(response, "review/mail/validation.txt", {"by": by}, page=page)
    tell_pair(response, "réponse validée", f"{by} a validé la réponse de « {response.structure.name} ».", by)
    return response


def obstacle_to_validation(response: Response) -> Refused | None:
    """What a validation of this response would be refused for today; None for nothing."""
    try:
        _require_settled(response)
    except Refused as refusal:
        return refusal
    return None


def _require_settled(response: Response) -> None:
    unsettled = response.flags.filter(state=FlagState.OPEN).exclude(severity=FlagSeverity.INFORMATION)
    if messages := [flag.message for flag in unsettled]:
        raise Refused("Des points restent à traiter : retournez la réponse ou acceptez les explications.", messages)
    fields = compiled_of(response).questionnaire.fields
    if contested := [fields[code].label for code in contested_codes(response) if code in fields]:
        raise Refused("La structure conteste des valeurs saisies pour elle : elles sont à corriger.", contested)
    if waiting := response.queries.standing().count():
        raise Refused(
            f"Il reste {plural(waiting, 'demande ouverte', 'demandes ouvertes')} : elles sont à clore d’abord."
        )


def _approve(response: Response, by: User) -> bool:
    """Records one side's agreement; tells whether nothing prevents validation any more."""
    sides = missing_sides(by, response)
    now = clock.now()
    if sides:
        own = Approval.objects.create(response=response, side=min(sides), by=by, at=now)
        ResponseEvent.objects.create(response=response, transition="approve", at=now, by=by)
        if response.approvals.count() == 2:
            return True
        _tell_other(own)
        return False
    wait = wait_of(response, by)
    if wait is None:
        raise Refused("Votre institution a déjà donné son accord : celui de l’autre correspondant est attendu.")
    if not wait.is_over:
        raise Refused(
            f"Vous avez déjà donné votre accord : {wait.sentence}, {plural(wait.days, 'jour')} après la lettre qui le"
            " demande au plus tard."
        )
    days = plural(wait.days, "jour")
    reason = f"{wait.silent} n’a pas réagi pendant {days} : validation par un seul correspondant."
    ResponseEvent.objects.create(response=response, transition="silence", at=now, by=by, reason=reason)
    return True


def _tell_other(own: Approval) -> None:
    """The other side reads that its agreement is awaited; its days are counted from the letter (`wait_of`)."""
    response, days = own.response, parameters_for(own.response.campaign).silence_days
    tell_plainly(
        correspondents_of_side(response.structure, _other(own)),
        News(
            subject=f"{heading(response)} : votre accord est attendu",
            told=(
                f"{own.by} donne son accord pour valider la réponse contestée de « {response.structure.name} ». Sans"
                f" réaction de votre part dans les {plural(days, 'jour')}, elle pourra être validée sans votre accord."
            ),
            to_do="Relire la réponse, et l’accepter ou la retourner",
            page=control_page(response),
            by=own.by,
            key=_clock_of(own),
        ),
    )


def _other(own: Approval) -> Side:
    return Side.FEDERATION if own.side == Side.CAF else Side.CAF


def _clock_of(own: Approval) -> str:
    return f"approval-{own.pk}"


_INSTITUTIONS = {Side.CAF: "La Caf", Side.FEDERATION: "La fédération"}


@dataclass(frozen=True, slots=True)
class Wait:
    """For what somebody who agreed to a contested response waits: the other side, for so many days.

    `until` is None as long as the letter that asks for its agreement has not left.
    """

    other: Side
    days: int
    until: datetime | None

    @property
    def is_over(self) -> bool:
        return self.until is not None and clock.now() >= self.until

    @property
    def silent(self) -> str:
        return _INSTITUTIONS[self.other]

    @property
    def sentence(self) -> str:
        return f"celui de {self.silent[0].lower()}{self.silent[1:]} est attendu"


def wait_of(response: Response, by: User) -> Wait | None:
    """None while `by` has not agreed, and where nothing is contested or waits any more."""
    if response.state != ResponseState.SUBMITTED or not response.is_contested:
        return None
    own = response.approvals.filter(by=by).first()
    if own is None:
        return None
    days = parameters_for(response.campaign).silence_days
    # With nobody on the other side there is nobody to tell: the days run from the agreement.
    start = clock_start(_clock_of(own)) if was_told(_clock_of(own)) else own.at
    return Wait(_other(own), days, None if start is None else start + timedelta(days=days))


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What became of each response of a validation in bulk; `refused` says why, in French."""

    validated: list[Response] = field(default_factory=list)
    refused: list[tuple[Response, str]] = field(default_factory=list)


def clear_responses(responses: QuerySet[Response]) -> QuerySet[Response]:
    """Those that can be validated in bulk: sent, not contested, nothing open or still to be read, no query."""
    here = OuterRef("pk")
    waiting = Flag.objects.filter(response=here, state__in=[FlagState.OPEN, FlagState.JUSTIFIED])
    waiting = waiting.exclude(severity=FlagSeverity.INFORMATION)
    clear = responses.filter(state=ResponseState.SUBMITTED, is_contested=False)
    return clear.exclude(Exists(waiting)).exclude(Exists(Query.objects.standing().filter(response=here)))


def validate_in_bulk(*, responses: QuerySet[Response], by: User, seen: Mapping[int, str]) -> BulkResult:
    """Validates, one transaction each, those of `responses` that are clear; the others are left as they are.

    `seen` seals, by key, what the list was made from: what changed since is refused.
    """
    result = BulkResult()
    for response in clear_responses(responses).order_by("pk"):
        try:
            result.validated.append(validate_response(response=response, by=by, seen=seen.get(response.pk, "")))
        except Refused as refusal:
            result.refused.append((response, refusal.message))
    return result
