"""Reads on campaigns: which one runs, its calendar, the days left."""

from dataclasses import dataclass
from datetime import date, timedelta

from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign, Reminder
from senacs.lib import clock
from senacs.structures.models import Structure


def current_campaign() -> Campaign | None:
    """The campaign at work: the newest one past its preparation, else the newest prepared; None before the first."""
    campaigns = Campaign.objects.select_related("version").defer("version__document").order_by("-year")
    return campaigns.exclude(phase__in=[Phase.PREPARATION, Phase.ARCHIVEE]).first() or campaigns.first()


@dataclass(frozen=True, slots=True)
class CalendarStep:
    """One phase on the calendar; dates are inclusive, None where the calendar sets none."""

    phase: Phase
    label: str
    starts_on: date | None
    ends_on: date | None
    is_current: bool
    is_past: bool


def calendar(campaign: Campaign) -> list[CalendarStep]:
    """The phases in order, as a reader of the campaign's page sees them."""
    bounds: dict[Phase, tuple[date | None, date | None]] = {
        Phase.PREPARATION: (None, campaign.opens_on - date.resolution),
        Phase.SAISIE: (campaign.opens_on, campaign.closes_on),
        Phase.CONTROLE: (campaign.closes_on + date.resolution, campaign.review_ends_on),
        Phase.TRAITEMENT: (campaign.review_ends_on + date.resolution, None),
        Phase.DIFFUSION: (None, None),
    }
    order = list(Phase)
    current = order.index(Phase(campaign.phase))
    return [
        CalendarStep(phase, phase.label, *bounds[phase], is_current=index == current, is_past=index < current)
        for index, phase in enumerate(order)
        if phase in bounds
    ]


@dataclass(frozen=True, slots=True)
class Period:
    """One line of the year's cycle (guide 2.1), with the phase whose acts hold then; dates as in CalendarStep."""

    label: str
    phase: Phase
    starts_on: date | None
    ends_on: date | None

    def is_now(self, campaign: Campaign) -> bool:
        today = clock.today()
        started = self.starts_on is None or self.starts_on <= today
        return campaign.phase == self.phase and started and (self.ends_on is None or today <= self.ends_on)


# The last days of the entry, in which reminders come closer (`agenda.reminders` tells the pair what lags from then on).
LAST_DAYS = timedelta(days=30)


def year_cycle(campaign: Campaign) -> list[Period]:
    """The seven periods of the guide, by the campaign's own dates."""
    day, opening, closing = date.resolution, campaign.opens_on, campaign.closes_on
    last = max(closing - LAST_DAYS, opening + day)
    return [
        Period("Préparation de la campagne", Phase.PREPARATION, None, opening - day),
        Period("Ouverture de la saisie", Phase.SAISIE, opening, opening),
        Period("Période principale de saisie", Phase.SAISIE, opening + day, last - day),
        Period("Clôture de la saisie, relances", Phase.SAISIE, last, closing),
        Period("Contrôle de cohérence", Phase.CONTROLE, closing + day, campaign.review_ends_on),
        Period("Traitement, analyses, plaquettes", Phase.TRAITEMENT, campaign.review_ends_on + day, None),
        Period("Diffusion des résultats", Phase.DIFFUSION, None, None),
    ]


def days_left(campaign: Campaign) -> int | None:
    """Days until the end of the phase: 0 on its last day, negative if late; None for a phase without an end."""
    ends = {Phase.SAISIE: campaign.closes_on, Phase.CONTROLE: campaign.review_ends_on}
    end = ends.get(Phase(campaign.phase))
    return None if end is None else (end - clock.today()).days


def last_reminders(campaign: Campaign, structures: list[Structure]) -> dict[int, Reminder]:
    """The last reminder sent to each structure, by its id."""
    reminders = Reminder.objects.filter(campaign=campaign, structure__in=structures).order_by("sent_at", "id")
    return {reminder.structure_id: reminder for reminder in reminders}
