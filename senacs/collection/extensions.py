"""The one door of delays: more time for a structure, a département or all, only forward, told to whom it concerns.

A day is read in two places alone: `Response.closes_on` (the structure's own) and `Campaign.closes_on`.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.urls import reverse

from senacs.accounts.enums import CORRESPONDENT_ROLES, STRUCTURE_ROLES, Role
from senacs.accounts.models import Mandate, User
from senacs.accounts.notices import News, tell_plainly
from senacs.accounts.permissions import can_give_time, has_role, structures_reviewed_by
from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign
from senacs.campaigns.services import postpone_closing
from senacs.collection.enums import ResponseState
from senacs.collection.models import Extension, Response
from senacs.lib import clock
from senacs.lib.french import long_date
from senacs.lib.refusals import NotAllowed, Refused
from senacs.structures.models import Structure
from senacs.territories.models import Departement


@transaction.atomic
def give_time(
    *,
    campaign: Campaign,
    until: date,
    reason: str,
    by: User,
    structure: Structure | None = None,
    departement: Departement | None = None,
) -> Extension:
    """More time until a day, for a structure, a département, or all where neither is named.

    Each of the pair gives it to a structure, or to a département whose structures are all theirs; the national team to
    anybody. Whoever has not sent, and the correspondents, are written to. Raises NotAllowed or Refused.
    """
    _require_right(campaign, structure, departement, by)
    granted = write_time(
        campaign=campaign, until=until, reason=reason, by=by, structure=structure, departement=departement
    )
    _tell(granted, _asked(granted.campaign, structure, departement))
    return granted


def write_time(
    *,
    campaign: Campaign,
    until: date,
    reason: str,
    by: User,
    structure: Structure | None = None,
    departement: Departement | None = None,
) -> Extension:
    """The grant itself, for whoever asked the right and tells it. Raises Refused."""
    campaign = Campaign.objects.select_for_update(of=("self",)).select_related("version").get(pk=campaign.pk)
    if not campaign.accepts_entry:
        raise Refused("Cette campagne ne reçoit pas de réponses : il n’y a rien à prolonger.")
    if not reason.strip():
        raise Refused("Dites en une phrase pourquoi ce délai est accordé.")
    require_useful_day(campaign, until)
    asked = _asked(campaign, structure, departement)
    if not asked.exists():
        raise Refused("Cette campagne ne demande rien à personne ici.")
    later = asked.filter(Q(extended_until__isnull=True) | Q(extended_until__lt=until))
    if structure is None and departement is None:
        _postpone(campaign, until)
    elif not later.exists():
        raise Refused("Ce jour n’ajoute rien : le délai accordé va déjà jusque-là. Un délai ne se raccourcit pas.")
    else:
        later.update(extended_until=until)
    return Extension.objects.create(
        campaign=campaign, structure=structure, departement=departement, until=until, reason=reason.strip(),
        at=clock.now(), by=by,
    )  # fmt: skip


def _postpone(campaign: Campaign, until: date) -> None:
    if campaign.phase != Phase.SAISIE:
        raise Refused("La saisie est close pour toutes : elle se rouvre à deux, avant d’être prolongée.")
    postpone_closing(campaign=campaign, until=until)


def _require_right(campaign: Campaign, structure: Structure | None, departement: Departement | None, by: User) -> None:
    if structure is not None:
        if not can_give_time(by, structure):
            raise NotAllowed("Seuls les correspondants de la structure et l’équipe nationale lui donnent du temps.")
    elif departement is not None:
        if departement not in departements_prolonged_by(by, campaign):
            raise NotAllowed("Vous ne suivez pas toutes les structures de ce département.")
    elif not has_role(by, Role.NATIONAL):
        raise NotAllowed("Seule l’équipe nationale prolonge la saisie de toutes les structures.")


def require_useful_day(campaign: Campaign, until: date) -> None:
    """A day to come, later than the campaign's, within the time of the control."""
    if until < clock.today() or until <= campaign.closes_on:
        raise Refused("Ce jour n’apporte aucun délai : choisissez-en un après la clôture de la saisie.")
    if until > campaign.review_ends_on:
        raise Refused("Ce jour dépasse la fin du contrôle : la réponse ne pourrait plus être vérifiée.")


def departements_prolonged_by(user: User, campaign: Campaign) -> list[Departement]:
    """Those whose asked structures are all the person's, by name; all of them for the national team."""
    asked = Response.objects.filter(campaign=campaign)
    if not has_role(user, Role.NATIONAL):
        own = structures_reviewed_by(user).values("pk")
        codes = asked.filter(structure__in=own).values("invited__departement_code")
        others = asked.filter(invited__departement_code__in=codes).exclude(structure__in=own)
        asked = asked.filter(structure__in=own).exclude(
            invited__departement_code__in=others.values("invited__departement_code")
        )
    codes = asked.values("invited__departement_code")
    return list(Departement.objects.filter(pk__in=codes).order_by("name"))


def days_of_late_comers(campaign: Campaign) -> dict[str, date]:
    """The day given to each département, for a structure that joins the campaign afterwards."""
    given = campaign.extensions.filter(departement__isnull=False).order_by("departement")
    return dict(given.values("departement").annotate(day=Max("until")).values_list("departement", "day"))


def extensions_seen_by(user: User, campaign: Campaign) -> QuerySet[Extension]:
    """What was granted to all, and to the structures and départements that the person follows; the last first."""
    found = campaign.extensions.select_related("structure", "departement", "by", "campaign")
    if has_role(user, Role.NATIONAL):
        return found
    own = structures_reviewed_by(user)
    of_all = Q(structure__isnull=True, departement__isnull=True)
    return found.filter(of_all | Q(structure__in=own) | Q(departement__in=own.values("departement")))


def _asked(campaign: Campaign, structure: Structure | None, departement: Departement | None) -> QuerySet[Response]:
    asked = Response.objects.filter(campaign=campaign)
    if structure is not None:
        return asked.filter(structure=structure)
    return asked if departement is None else asked.filter(invited__departement_code=departement.pk)


def _tell(granted: Extension, asked: QuerySet[Response]) -> None:
    """Those who have not sent, each once; the correspondents of the place; for all, the national team too."""
    waiting = asked.filter(state__in=[ResponseState.DRAFT, ResponseState.RETURNED], absence__isnull=True)
    people = _holders(Q(role__in=STRUCTURE_ROLES, structure__in=waiting.values("structure")))
    own = Q(caf__in=asked.values("structure__caf")) | Q(federation__in=asked.values("structure__federation"))
    around = asked.filter(Q(structure__caf__isnull=True) | Q(structure__federation__isnull=True))
    places = around.values("structure__departement")
    own |= Q(caf__departements__in=places) | Q(federation__departements__in=places)
    pair = _holders(Q(role__in=CORRESPONDENT_ROLES) & own)
    whom = granted.structure.name if granted.structure else granted.whom
    day = long_date(granted.until)
    to_people = News(
        subject=f"SENACS {granted.campaign.year} : saisie prolongée jusqu’au {day}",
        told=f"{granted.by} prolonge la saisie jusqu’au {day}, au soir : {whom}.",
        quoted=granted.reason,
        to_do="Votre saisie",
        page=reverse("saisie"),
        by=granted.by,
    )
    tell_plainly(people, to_people)
    followers: list[User] = [*pair]
    if granted.structure is None and granted.departement is None:
        followers += _holders(Q(role=Role.NATIONAL))
    tell_plainly(followers, replace(to_people, to_do="Les délais accordés", page=reverse("extensions")))


def _holders(which: Q) -> Iterable[User]:
    held = Mandate.objects.current().filter(which)
    return User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("pk")
