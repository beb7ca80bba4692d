"""A blocking rule set aside for one response by both correspondents together; each one is published with the method."""

from collections.abc import Collection

from django.db import transaction
from django.urls import reverse

from senacs.accounts.enums import Side
from senacs.accounts.models import User
from senacs.accounts.notices import News, tell_plainly
from senacs.accounts.permissions import correspondents_of_side, people_of
from senacs.collection.models import Response
from senacs.collection.states import lock
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused
from senacs.review.doubtful_cells import settle_cells
from senacs.review.enums import FlagSeverity, FlagState
from senacs.review.models import Flag, Waiver
from senacs.review.permissions import sides_of
from senacs.review.seen import require_seen
from senacs.review.services import control_page, heading
from senacs.review.states import apply as apply_to_flag


@transaction.atomic
def waive_flag(*, flag: Flag, by: User, reason: str, seen: str | None = None) -> Waiver:
    """One side's agreement to waive a blocking flag; with the other's, the flag no longer prevents sending.

    The second agreement needs no reason of its own. Raises NotAllowed, Refused. What was waived is this finding with
    these figures: another value opens the flag again.
    """
    response = lock(flag.response)
    flag = Flag.objects.get(pk=flag.pk)
    sides = sides_of(by, response)
    if not sides:
        raise NotAllowed("Seuls les deux correspondants de la structure lèvent un point bloquant.")
    require_seen(response, seen)
    if flag.severity != FlagSeverity.BLOCKING or flag.state != FlagState.OPEN:
        raise Refused("Ce point n’est pas bloquant : il se justifie.")
    waiver = Waiver.objects.filter(response=response, rule_code=flag.rule_code, message=flag.message).first()
    if waiver is None:
        if not reason.strip():
            raise Refused("Dites pourquoi ce point peut être levé : la raison est publiée avec la méthode.")
        waiver = Waiver(response=response, rule_code=flag.rule_code, message=flag.message, reason=reason.strip())
    _sign(waiver, sides, by)
    waiver.save()
    if waiver.is_granted:
        apply_to_flag(flag, "waive").save(update_fields=["state", "updated_at"])
        settle_cells(response)
        _tell_granted(waiver, by)
    else:
        _tell_proposed(waiver, by)
    return waiver


def _tell_proposed(waiver: Waiver, by: User) -> None:
    other = Side.FEDERATION if waiver.federation_by_id is None else Side.CAF
    tell_plainly(
        correspondents_of_side(waiver.response.structure, other),
        News(
            subject=f"{heading(waiver.response)} : lever un point bloquant à deux",
            told=f"{by} propose de lever ce point bloquant : {waiver.message}",
            quoted=waiver.reason,
            to_do="Donner votre accord, ou retourner la réponse",
            page=control_page(waiver.response),
            by=by,
        ),
    )


def _tell_granted(waiver: Waiver, by: User) -> None:
    subject = f"{heading(waiver.response)} : point bloquant levé"
    told = f"Les deux correspondants lèvent ce point : {waiver.message}"
    first = [user for user in (waiver.caf_by, waiver.federation_by) if user is not None]
    tell_plainly(first, News(subject=subject, told=told, to_do="La réponse", page=control_page(waiver.response), by=by))
    tell_plainly(
        people_of(waiver.response.structure),
        News(
            subject=subject,
            told=told,
            quoted=waiver.reason,
            to_do="Votre réponse",
            page=reverse("saisie_review", args=[waiver.response.pk]),
            by=by,
        ),
    )


def _sign(waiver: Waiver, sides: frozenset[Side], by: User) -> None:
    if by.pk in {waiver.caf_by_id, waiver.federation_by_id}:
        raise Refused("Vous avez déjà donné votre accord : celui de l’autre correspondant est attendu.")
    if Side.CAF in sides and waiver.caf_by_id is None:
        waiver.caf_by, waiver.caf_at = by, clock.now()
    elif Side.FEDERATION in sides and waiver.federation_by_id is None:
        waiver.federation_by, waiver.federation_at = by, clock.now()
    else:
        raise Refused("Votre institution a déjà donné son accord.")


def may_sign(waiver: Waiver | None, sides: Collection[Side], by: User) -> bool:
    """Whether `by`, who reviews for `sides`, can still agree; nobody agrees for both."""
    if waiver is None:
        return bool(sides)
    if by.pk in {waiver.caf_by_id, waiver.federation_by_id}:
        return False
    signed = {Side.CAF: waiver.caf_by_id, Side.FEDERATION: waiver.federation_by_id}
    return any(signed[side] is None for side in sides)


def asked_waivers(response: Response) -> dict[str, Waiver]:
    """Waivers of the findings as they stand, by rule code, granted or waiting for the second agreement."""
    messages = {flag.rule_code: flag.message for flag in response.flags.standing()}
    waivers = response.waivers.select_related("caf_by", "federation_by")
    return {w.rule_code: w for w in waivers if messages.get(w.rule_code) == w.message}
