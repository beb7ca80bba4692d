"""Reminders by state, section and audience, at once or on a day; never twice within some days, history in sight."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from senacs.accounts.enums import CORRESPONDENT_ROLES
from senacs.accounts.models import Mandate, User
from senacs.accounts.notices import News, tell_plainly, was_told
from senacs.accounts.permissions import can_remind
from senacs.accounts.reach import UnreachedPeople, unreached_of
from senacs.accounts.words import said_by
from senacs.agenda.enums import ReminderAudience
from senacs.agenda.models import ScheduledReminder
from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign, Reminder
from senacs.campaigns.phases import PhaseAct, allows
from senacs.campaigns.services import BETWEEN_REMINDERS, send_reminders
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.collection.queries import SectionProgress, environments, follow, follow_by_departement, section_progress
from senacs.lib import clock
from senacs.lib.french import joined, percent, plural
from senacs.lib.refusals import NotAllowed, Refused
from senacs.structures.models import Structure

# Days before the closing at which correspondents of a territory that lags are told.
LAG_TOLD_AT = (30, 15, 7)
# Sections of more drafts than this are not worked out on a page.
MOST_DRAFTS = 300


@dataclass(frozen=True, slots=True)
class LateStructure:
    """One response that is not sent; `left` are the sections to finish, known to those who read it by right."""

    response: Response
    reminders: list[Reminder]
    left: list[SectionProgress]
    # Whom letters do not reach there, and who else can be written to.
    unreached: UnreachedPeople | None = None

    @property
    def structure(self) -> Structure:
        return self.response.structure

    @property
    def is_returned(self) -> bool:
        return self.response.state == ResponseState.RETURNED

    @property
    def until(self) -> date:
        """The last day on which it can be sent; what was returned is corrected until the end of the control."""
        if self.is_returned:
            return self.response.campaign.review_ends_on
        return self.response.closes_on

    @property
    def next_on(self) -> date | None:
        """From which day it can be reminded again; None when it can be now."""
        if not self.reminders or clock.now() - self.reminders[-1].sent_at >= BETWEEN_REMINDERS:
            return None
        return (self.reminders[-1].sent_at + BETWEEN_REMINDERS).date()

    @property
    def left_told(self) -> str:
        """« Il ne vous reste que la rubrique « Finances ». »; empty when nothing was begun or it is not known."""
        if not self.response.revision or not self.left:
            return ""
        names = [f"« {section.title} »" for section in self.left]
        if len(names) == 1:
            return f"Il ne vous reste que la rubrique {names[0]}."
        return f"Il vous reste {plural(len(names), 'rubrique')} : {joined(names)}."

    def is_in(self, audience: str, section: str = "") -> bool:
        if section and section not in {one.code for one in self.left}:
            return False
        return {
            ReminderAudience.EVERYONE: True,
            ReminderAudience.UNTOUCHED: not self.is_returned and not self.response.revision,
            ReminderAudience.BEGUN: not self.is_returned and bool(self.response.revision),
            ReminderAudience.ONE_LEFT: not self.is_returned and bool(self.response.revision) and len(self.left) == 1,
            ReminderAudience.RETURNED: self.is_returned,
        }[ReminderAudience(audience)]


def late_structures(user: User, campaign: Campaign) -> list[LateStructure]:
    """Those of the user's that have not sent their response, take part and still can send it, by name.

    A constant number of queries.
    """
    waiting = Response.objects.followed_by(user).filter(
        campaign=campaign, state__in=[ResponseState.DRAFT, ResponseState.RETURNED], absence__isnull=True
    )
    if not allows(campaign.phase, PhaseAct.ENTER):
        # After the closing: those whom something still lets answer.
        waiting = waiting.filter(Q(state=ResponseState.RETURNED) | Q(extended_until__gte=clock.today()))
    waiting = waiting.select_related("structure__commune", "campaign").order_by("structure__search_name", "pk")
    responses = list(waiting)
    history: dict[int, list[Reminder]] = defaultdict(list)
    for reminder in campaign.reminders.select_related("by").order_by("sent_at", "pk"):
        history[reminder.structure_id].append(reminder)
    left = _left(user, campaign, [response.pk for response in responses])
    lost = unreached_of([response.structure for response in responses])
    return [
        LateStructure(one, history[one.structure_id], left.get(one.pk, []), lost.get(one.structure_id))
        for one in responses
    ]


def _left(user: User, campaign: Campaign, keys: list[int]) -> dict[int, list[SectionProgress]]:
    """The sections to finish of the drafts whose answers the user reads by right."""
    own = Response.objects.visible_to(user).filter(pk__in=keys, campaign=campaign, revision__gt=0)
    own = own.select_related("campaign__version", "invited").defer("campaign__version__document").order_by("pk")
    drafts = list(own[:MOST_DRAFTS])
    return {
        draft.pk: [section for section in section_progress(draft, at) if not section.is_complete]
        for draft, at in zip(drafts, environments(drafts), strict=True)
    }


def remind(*, late: Iterable[LateStructure], campaign: Campaign, by: User, message: str) -> list[Reminder]:
    """Sends to those of `late` that can be reminded, each told what it has left. Raises Refused when there is none."""
    chosen = [one for one in late if one.next_on is None]
    if not chosen:
        raise Refused(
            f"Aucune structure à relancer : une relance se fait {BETWEEN_REMINDERS.days} jours après l’autre."
        )
    return send_reminders(
        campaign=campaign,
        structures=[one.structure for one in chosen],
        by=by,
        message=message,
        left={one.structure.pk: one.left_told for one in chosen if one.left_told},
        until={one.structure.pk: one.until for one in chosen},
    )


@transaction.atomic
def schedule_reminder(*, asked: ScheduledReminder) -> ScheduledReminder:
    """Keeps reminders for a day of the entry; who is in the audience is looked at on that day."""
    campaign = asked.campaign
    if not any(can_remind(asked.by, structure) for structure in _any_structure(asked.by, campaign)):
        raise NotAllowed("Vous ne suivez la saisie d’aucune structure.")
    if asked.on <= clock.today():
        raise Refused("Choisissez un jour à venir, ou envoyez maintenant.")
    if asked.on > campaign.review_ends_on:
        raise Refused("Ce jour est après la fin du contrôle : plus rien ne s’y envoie.")
    asked.save()
    return asked


def _any_structure(user: User, campaign: Campaign) -> Iterator[Structure]:
    first = Response.objects.followed_by(user).filter(campaign=campaign).select_related("structure").order_by("pk")
    yield from (response.structure for response in first[:1])


@transaction.atomic
def take_back_reminder(*, asked: ScheduledReminder, by: User) -> None:
    stored = ScheduledReminder.objects.select_for_update().get(pk=asked.pk)
    if stored.by_id != by.pk:
        raise NotAllowed("Seule la personne qui a prévu ces relances les retire.")
    if stored.done_at is not None:
        raise Refused("Ces relances sont déjà parties.")
    stored.done_at = clock.now()
    stored.save(update_fields=["done_at"])


def scheduled_by(user: User, campaign: Campaign) -> list[ScheduledReminder]:
    """Those to come."""
    return list(ScheduledReminder.objects.filter(by=user, campaign=campaign, done_at__isnull=True))


def send_scheduled() -> list[ScheduledReminder]:
    """Sends what is due today; the row is marked with the letters, so that a kill sends none twice."""
    due = ScheduledReminder.objects.filter(on__lte=clock.today(), done_at__isnull=True).order_by("pk")
    return [_send_one(pk) for pk in due.values_list("pk", flat=True)]


@transaction.atomic
def _send_one(pk: int) -> ScheduledReminder:
    asked = ScheduledReminder.objects.select_for_update(of=("self",)).select_related("campaign", "by").get(pk=pk)
    if asked.done_at is not None:
        return asked
    asked.done_at, asked.sent = clock.now(), 0
    if allows(asked.campaign.phase, PhaseAct.REMIND):
        late = [one for one in late_structures(asked.by, asked.campaign) if one.is_in(asked.audience, asked.section)]
        if any(one.next_on is None for one in late):
            with said_by(asked.by):
                sent = remind(late=late, campaign=asked.campaign, by=asked.by, message=asked.message)
            asked.sent = len(sent)
    asked.save(update_fields=["done_at", "sent"])
    return asked


def tell_lagging() -> int:
    """Some days before the closing, correspondents whose territory answers less than France are told; how many."""
    told = 0
    for campaign in Campaign.objects.filter(phase=Phase.SAISIE).order_by("pk"):
        days = (campaign.closes_on - clock.today()).days
        marks = [mark for mark in LAG_TOLD_AT if days <= mark]
        if marks and days >= 0:
            told += _tell_lagging(campaign, min(marks), days)
    return told


def _tell_lagging(campaign: Campaign, mark: int, days: int) -> int:
    counts = follow_by_departement(campaign).values()
    concerned = sum(one.invited - one.out_of_scope for one in counts)
    france = 100 * sum(one.answered for one in counts) / concerned if concerned else 0.0
    held = Mandate.objects.current().filter(role__in=CORRESPONDENT_ROLES).values("user")
    told = 0
    for person in User.objects.filter(pk__in=held, is_active=True).order_by("pk"):
        key = f"lag-{campaign.pk}-{mark}-{person.pk}"
        own = follow(person, campaign)
        waiting = own.invited - own.answered - own.declined - own.out_of_scope
        if not waiting or own.rate >= france or was_told(key):
            continue
        tell_plainly(
            [person],
            News(
                subject=f"SENACS {campaign.year} : {plural(waiting, 'structure')} à relancer",
                told=(
                    f"La saisie se termine dans {plural(days, 'jour')}. Sur votre territoire, {percent(own.rate)} des"
                    f" structures ont envoyé leur réponse, {percent(france)} en France ; {plural(waiting, 'réponse')}"
                    f" {'manque' if waiting < 2 else 'manquent'} encore."
                ),
                to_do="Les relancer",
                page=reverse("suivi_remind"),
                by=None,
                key=key,
            ),
        )
        told += 1
    return told
