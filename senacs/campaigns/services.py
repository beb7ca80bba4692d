"""What happens to a campaign: created, structures invited, reminders sent."""

from collections.abc import Iterable, Mapping
from copy import copy
from datetime import date, timedelta

from django.db import transaction

from senacs.accounts.enums import STRUCTURE_ROLES
from senacs.accounts.models import Mandate, NoticePace, User
from senacs.accounts.objection_effects import structures_without_letters
from senacs.accounts.permissions import can_manage_campaigns, structures_followed_by
from senacs.campaigns.due import CHANGED_BY_CALENDAR, next_change
from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign, InvitedStructure, Reminder
from senacs.campaigns.phases import PhaseAct, allows
from senacs.letters import mail
from senacs.lib import clock
from senacs.lib.french import long_date
from senacs.lib.refusals import NotAllowed, Refused
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.structures.facts import facts_of
from senacs.structures.models import Structure

BATCH = 500


@transaction.atomic
def create_campaign(
    *,
    version: QuestionnaireVersion,
    opens_on: date,
    closes_on: date,
    review_ends_on: date,
    by: User | None,
) -> Campaign:
    """Prepares the campaign of the version's year. Raises Refused when the year has one or the dates do not follow."""
    require_management(by)
    if Campaign.objects.filter(year=version.year).exists():
        raise Refused(f"La campagne {version.year} existe déjà.")
    if not opens_on < closes_on < review_ends_on:
        raise Refused("Ouverture, clôture puis fin du contrôle : les dates doivent se suivre.")
    return Campaign.objects.create(
        year=version.year, version=version, opens_on=opens_on, closes_on=closes_on, review_ends_on=review_ends_on
    )


@transaction.atomic
def reschedule(*, campaign: Campaign, opens_on: date, closes_on: date, review_ends_on: date, by: User | None) -> None:
    """Changes the calendar; the phase itself moves through `states.apply`.

    During the entry a later closing is a delay granted to all (`collection.extensions`). A day that would change the
    phase at once, or sooner than was told once the entry is open, is refused: what the calendar does by itself is what
    two institutions decide otherwise.
    """
    require_management(by)
    if not opens_on < closes_on < review_ends_on:
        raise Refused("Ouverture, clôture puis fin du contrôle : les dates doivent se suivre.")
    moved = copy(campaign)
    moved.opens_on, moved.closes_on, moved.review_ends_on = opens_on, closes_on, review_ends_on
    if campaign.phase in CHANGED_BY_CALENDAR:
        before, after = next_change(campaign)[1], next_change(moved)[1]
        is_sooner = after < before and campaign.phase != Phase.PREPARATION
        if is_sooner or after <= clock.today() < before:
            raise Refused("Cette date avancerait le changement de phase : il se décide à deux.")
    if campaign.phase == Phase.SAISIE and closes_on > campaign.closes_on:
        raise Refused("En cours de saisie, la clôture se reporte par un délai accordé à toutes, qui leur est écrit.")
    campaign.opens_on, campaign.closes_on, campaign.review_ends_on = opens_on, closes_on, review_ends_on
    campaign.save(update_fields=["opens_on", "closes_on", "review_ends_on"])


def postpone_closing(*, campaign: Campaign, until: date) -> None:
    """The closing day of all moved forward, by `collection.extensions` alone, which says why and tells everybody."""
    if not campaign.closes_on < until < campaign.review_ends_on:
        raise Refused("La clôture de toutes se reporte à un jour plus tardif, avant la fin du contrôle.")
    campaign.closes_on = until
    campaign.save(update_fields=["closes_on"])


@transaction.atomic
def invite_structures(*, campaign: Campaign, structures: Iterable[Structure] | None = None, by: User | None) -> int:
    """Invites structures as the register describes them today; all active ones by default. Returns how many are new.

    Those invited already keep the snapshot of their invitation.
    """
    require_management(by)
    if not allows(campaign.phase, PhaseAct.INVITE):
        raise Refused("Les invitations sont closes : la saisie de cette campagne est finie.")
    asked = Structure.objects.active()
    if structures is not None:
        asked = asked.filter(pk__in=[structure.pk for structure in structures])
    asked = asked.exclude(invitations__campaign=campaign).select_related("commune", "departement").order_by("pk")
    asked = asked.prefetch_related("agrements", "sites")
    invitations = [snapshot(campaign.pk, structure) for structure in asked.iterator(chunk_size=2000)]
    for invitation in invitations:
        invitation.facts = facts_of(invitation.structure, clock.today())
    InvitedStructure.objects.bulk_create(invitations, batch_size=BATCH)
    return len(invitations)


def snapshot(campaign_id: int, structure: Structure) -> InvitedStructure:
    """The structure as the register describes it today, unsaved."""
    return InvitedStructure(
        campaign_id=campaign_id,
        structure=structure,
        name=structure.name,
        kind=structure.kind,
        gestion=structure.gestion,
        commune_code=structure.commune_id,
        epci_code=structure.commune.epci_id or "",
        departement_code=structure.departement_id,
        region_code=structure.departement.region_id,
        territory_type=structure.territory_type,
        priority_geography=structure.priority_geography,
        is_fcsf_member=structure.is_fcsf_member,
        # A body that runs several structures counts once in the rules of secrecy; alone, a structure is its own.
        gestionnaire_key=f"G{structure.gestionnaire_id}" if structure.gestionnaire_id else f"S{structure.pk}",
    )


# Nobody reads two reminders of one campaign within these days, whoever sends them.
BETWEEN_REMINDERS = timedelta(days=7)


@transaction.atomic
def send_reminders(
    *,
    campaign: Campaign,
    structures: Iterable[Structure],
    by: User,
    message: str = "",
    left: Mapping[int, str] | None = None,
    until: Mapping[int, date] | None = None,
) -> list[Reminder]:
    """Writes to the people of each structure that `by` follows, or to the structure's own address; each one logged.

    Structures without any address, and those reminded less than BETWEEN_REMINDERS ago by anybody, are left out of what
    is returned. `left` says by structure what is still to fill, `until` its last day where it is not the campaign's.
    Raises Refused in phases without reminders.
    """
    campaign = Campaign.objects.select_for_update(of=("self",)).select_related("version").get(pk=campaign.pk)
    if not allows(campaign.phase, PhaseAct.REMIND):
        raise Refused("Les relances ne partent que pendant la saisie et le contrôle.")
    wanted = {structure.pk for structure in structures}
    followed = list(structures_followed_by(by).filter(pk__in=wanted).order_by("pk"))
    if len(followed) != len(wanted):
        raise NotAllowed("Vous ne suivez pas la saisie de toutes ces structures.")
    now = clock.now()
    lately = campaign.reminders.filter(structure__in=wanted, sent_at__gt=now - BETWEEN_REMINDERS)
    reminded = set(lately.order_by("pk").values_list("structure", flat=True))
    followed = [structure for structure in followed if structure.pk not in reminded]
    addresses = _addresses(followed)
    reminders, letters = [], []
    for structure in followed:
        if not addresses[structure.pk]:
            continue
        reminders.append(Reminder(campaign=campaign, structure=structure, sent_at=now, by=by, message=message.strip()))
        context = {
            "campaign": campaign,
            "structure": structure,
            "closes_on": long_date((until or {}).get(structure.pk, campaign.closes_on)),
            "message": message.strip(),
            "left": (left or {}).get(structure.pk, ""),
            "by": by,
        }
        letters += [mail.write("campaigns/mail/relance.txt", context, to=to) for to in addresses[structure.pk]]
    Reminder.objects.bulk_create(reminders, batch_size=BATCH)
    mail.send_on_commit(letters)
    return reminders


def _addresses(structures: list[Structure]) -> dict[int, list[str]]:
    """Where each structure is written to: its people, else its own address."""
    people: dict[int, list[str]] = {structure.pk: [] for structure in structures}
    mandates = Mandate.objects.current().filter(
        structure__in=structures, role__in=STRUCTURE_ROLES, user__is_active=True
    )
    mandates = mandates.exclude(user__notice_pace=NoticePace.ON_SITE)
    silent = set(structures_without_letters().values_list("pk", flat=True))
    for structure_id, email in mandates.order_by("user__email").values_list("structure", "user__email").distinct():
        people[structure_id].append(email)
    for structure in structures:
        if not people[structure.pk] and structure.email and structure.pk not in silent:
            people[structure.pk].append(structure.email)
    return people


def require_management(by: User | None) -> None:
    if by is not None and not can_manage_campaigns(by):
        raise NotAllowed("Seule l’équipe nationale conduit les campagnes.")
