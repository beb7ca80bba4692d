"""The last faults of the demonstration, found by the signatories: corrected by who answered, or explained by both."""

import csv
from pathlib import Path

from django.conf import settings

from senacs.accounts.enums import Role, Side
from senacs.accounts.models import User
from senacs.campaigns import states
from senacs.campaigns.models import Campaign
from senacs.collection.models import Response
from senacs.collection.services import save_values
from senacs.demo.services import LEFT_OVER_FILE
from senacs.observatory.models import DoubtExplanation, Release
from senacs.observatory.plausibility.explanations import (
    confirm_explanations,
    explain_doubts,
    standing_stops,
    still_hiding,
)
from senacs.review.enums import FlagSeverity, FlagState
from senacs.review.flag_refresh import refresh_flags
from senacs.review.services import accept_justifications, justify_flag, reopen_response, submit_response
from senacs.review.validation import validate_response

_REASON = "Une valeur a l’air saisie dans une autre unité : pouvez-vous la vérifier ?"
_CONFIRMED = "Confirmé au téléphone."
_TRUE = "Évolution réelle de l’activité, confirmée par les correspondants auprès des structures."


def correct_left_over(campaign: Campaign) -> int:
    """Reopens the responses whose fault control let through, as correspondents and directors would; gives how many."""
    path = Path(settings.VAR_DIR) / "demo" / LEFT_OVER_FILE
    wanted: dict[str, dict[str, float]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            if int(row["campagne"]) == campaign.year:
                wanted.setdefault(row["structure"], {})[row["code"]] = float(row["vrai"])
    if not wanted:
        return 0
    states.apply(
        campaign, "reopen_control", by=None, reason="Des chiffres de la candidate tiennent à quelques réponses."
    )
    responses = Response.objects.filter(campaign=campaign, structure__code__in=wanted).select_related("structure")
    for response in responses.order_by("pk"):
        _correct(response, wanted[response.structure.code])
    campaign.refresh_from_db()
    for transition in ("process", "publish"):
        campaign = states.apply(campaign, transition, by=None)
    return len(wanted)


def _correct(response: Response, values: dict[str, float]) -> None:
    director = _person(response, Role.RESPONSABLE)
    correspondent = _person(response, Role.CORRESPONDANT_CAF)
    response = reopen_response(response=response, by=correspondent, reason=_REASON)
    fields = {code: f"{value:.2f}".replace(".", ",") for code, value in values.items()}
    save_values(response=response, inputs=fields, by=director)
    response = Response.objects.get(pk=response.pk)
    refresh_flags(response=response)
    for flag in response.flags.filter(state=FlagState.OPEN, severity=FlagSeverity.TO_JUSTIFY).order_by("pk"):
        justify_flag(flag=flag, by=director, text=_CONFIRMED)
    response = submit_response(response=response, by=director)
    accept_justifications(response=response, by=correspondent)
    validate_response(response=response, by=correspondent)


def _person(response: Response, role: Role) -> User:
    own = User.objects.filter(mandates__role=role)
    if role == Role.RESPONSABLE:
        return own.filter(mandates__structure=response.structure_id).order_by("pk")[0]
    return own.filter(mandates__caf__departements=response.structure.departement_id).order_by("pk")[0]


def explain_the_rest(release: Release, *, cnaf: User, fcsf: User) -> int:
    """Both institutions explain what still stops the signature of a candidate; gives how many responses.

    What the heaviest doubts hid comes to light once they are explained: they read again until nothing stands.
    """
    told = 0
    while structures := _still_waiting(release):
        explain_doubts(release=release, structures=structures, text=_TRUE, by=cnaf)
        waiting = DoubtExplanation.objects.filter(campaign=release.campaign, side=Side.CAF, confirmed_at__isnull=True)
        confirm_explanations(release=release, explanations=list(waiting.values_list("pk", flat=True)), by=fcsf)
        told += len(structures)
    return told


def _still_waiting(release: Release) -> list[str]:
    moving = {code for stop in standing_stops(release) for code in stop.structures}
    return sorted(moving.union(still_hiding(release).structures))
