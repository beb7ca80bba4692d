"""Waivers: a structure accepts, for one campaign, that its own figures may be recognised; it may come back on it.

What a waiver does to the secrecy of the others is told in `secrecy.masks`: nothing.
"""

from collections.abc import Collection

from django.db import transaction

from senacs.accounts.models import User
from senacs.campaigns.models import Campaign
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused
from senacs.observatory.models import Release, SecrecyWaiver
from senacs.observatory.permissions import can_waive_secrecy
from senacs.structures.models import Structure


@transaction.atomic
def waive_secrecy(*, campaign: Campaign, structure: Structure, by: User) -> SecrecyWaiver:
    """Until the first release of the campaign. Given twice, it is given once. Raises Refused."""
    _require_open(campaign, structure, by)
    found = standing_waiver(campaign, structure)
    return found or SecrecyWaiver.objects.create(
        campaign=campaign, structure=structure, given_by=by, given_at=clock.now()
    )


@transaction.atomic
def withdraw_waiver(*, campaign: Campaign, structure: Structure, by: User) -> None:
    """The structure is protected like any other again. Raises Refused once figures are out: they cannot come back."""
    _require_open(campaign, structure, by)
    SecrecyWaiver.objects.filter(campaign=campaign, structure=structure, withdrawn_at=None).update(
        withdrawn_by=by, withdrawn_at=clock.now()
    )


def _require_open(campaign: Campaign, structure: Structure, by: User) -> None:
    Campaign.objects.select_for_update().get(pk=campaign.pk)
    if not can_waive_secrecy(by, structure):
        raise NotAllowed("Seule la personne responsable de la structure décide du secret de ses chiffres.")
    if is_settled(campaign):
        raise Refused("Les chiffres de cette campagne sont publiés : le choix est arrêté.")


def is_settled(campaign: Campaign) -> bool:
    """Corrections keep to the waivers of the first release: a later one would show by difference who took it back."""
    return Release.objects.published().filter(campaign=campaign).exists()


def standing_waiver(campaign: Campaign, structure: Structure) -> SecrecyWaiver | None:
    return SecrecyWaiver.objects.filter(campaign=campaign, structure=structure, withdrawn_at=None).first()


def waivers_of(structure: Structure) -> list[SecrecyWaiver]:
    """Every one ever given, newest first."""
    given = SecrecyWaiver.objects.filter(structure=structure)
    return list(
        given.select_related("campaign__version", "given_by", "withdrawn_by").defer("campaign__version__document")
    )


def waiving(campaign: Campaign) -> frozenset[str]:
    """Codes of the structures that waive for this campaign today."""
    standing = SecrecyWaiver.objects.filter(campaign=campaign, withdrawn_at=None)
    return frozenset(standing.values_list("structure__code", flat=True))


def taken_back(campaign: Campaign, used: Collection[str]) -> list[str]:
    """Of the structures that a release took as waiving, those that have withdrawn since, in order of code."""
    return sorted(set(used) - waiving(campaign))
