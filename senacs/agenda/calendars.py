"""A person's dates: the year's cycle, their structures' last days, delays, reminders planned, ends of mandates."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.urls import reverse

from senacs.accounts.enums import CORRESPONDENT_ROLES, STRUCTURE_ROLES, Role
from senacs.accounts.keys import key_hash, new_key
from senacs.accounts.models import Mandate, User
from senacs.accounts.permissions import current_mandates
from senacs.agenda.models import CalendarFeed, ScheduledReminder
from senacs.agenda.session_models import GroupSession, sessions_around
from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign
from senacs.collection.extensions import extensions_seen_by
from senacs.collection.models import Response
from senacs.structures.models import Agrement

# Campaigns shown: the one that is prepared, the one at work, the one whose results are being made.
MOST_CAMPAIGNS = 3


@dataclass(frozen=True, slots=True)
class CalendarDate:
    """A whole day. `key` is the same for the same thing from one reading to the next, whatever its day becomes."""

    key: str
    day: date
    title: str
    url: str
    note: str = ""


def dates_of(user: User) -> list[CalendarDate]:
    """In order; a constant number of queries. Names of structures are the public register's; nothing of any answer."""
    mandates = current_mandates(user)
    return sorted(_dates(user, mandates), key=lambda one: (one.day, one.title, one.key))


def campaigns_at_work() -> list[Campaign]:
    """The newest first."""
    found = Campaign.objects.exclude(phase=Phase.ARCHIVEE).select_related("version").defer("version__document")
    return list(found.order_by("-year")[:MOST_CAMPAIGNS])


def _dates(user: User, mandates: list[Mandate]) -> Iterator[CalendarDate]:
    roles = {Role(mandate.role) for mandate in mandates}
    campaigns = campaigns_at_work() if mandates else []
    for campaign in campaigns:
        yield from _of_campaign(campaign, is_of_structure=bool(roles) and roles <= STRUCTURE_ROLES)
    structures = [mandate.structure_id for mandate in mandates if mandate.role in STRUCTURE_ROLES]
    yield from _of_structures(structures, campaigns)
    if campaigns:
        for session in sessions_around(structures, user, campaigns[-1].opens_on):
            yield session_date(session)
    if roles & (CORRESPONDENT_ROLES | {Role.NATIONAL}):
        for campaign in campaigns:
            yield from _delays(user, campaign)
        yield from _planned(user)
    for mandate in mandates:
        if mandate.ends_on is not None:
            title = f"Fin de mandat : {mandate.get_role_display()}, {mandate.scope}"
            yield CalendarDate(f"mandat-{mandate.pk}", mandate.ends_on, title, reverse("account"))


def _of_campaign(campaign: Campaign, *, is_of_structure: bool) -> Iterator[CalendarDate]:
    """The people of a structure read the last day of their own, which may be later."""
    page, year = reverse("calendar"), campaign.year
    yield CalendarDate(f"ouverture-{year}", campaign.opens_on, f"SENACS {year} : ouverture de la saisie", page)
    if not is_of_structure:
        title = f"SENACS {year} : dernier jour de la saisie"
        yield CalendarDate(f"cloture-{year}", campaign.closes_on, title, page)
    title = f"SENACS {year} : fin du contrôle de cohérence"
    yield CalendarDate(f"controle-{year}", campaign.review_ends_on, title, page)


def _of_structures(structures: list[int | None], campaigns: list[Campaign]) -> Iterator[CalendarDate]:
    own = Response.objects.filter(structure__in=structures, campaign__in=campaigns)
    for response in own.select_related("structure", "campaign").defer("values").order_by("pk"):
        title = f"SENACS {response.campaign.year} : dernier jour de la saisie, {response.structure}"
        note = "Délai accordé." if response.closes_on != response.campaign.closes_on else ""
        page = reverse("saisie_dashboard", args=[response.pk])
        yield CalendarDate(f"saisie-{response.campaign.year}-{response.structure_id}", response.closes_on, title, page,
                           note)  # fmt: skip
    recognised = Agrement.objects.filter(structure__in=structures).select_related("structure")
    last: dict[int, Agrement] = {one.structure_id: one for one in recognised.order_by("ends_on", "pk")}
    for agrement in last.values():
        page = reverse("registry_entry", args=[agrement.structure_id])
        title = f"Fin de l’agrément : {agrement.structure}"
        yield CalendarDate(f"agrement-{agrement.structure_id}", agrement.ends_on, title, page)


def session_date(session: GroupSession) -> CalendarDate:
    title = f"Séance de saisie, {session.hour}, {session.place}"
    return CalendarDate(f"seance-{session.pk}", session.on, title, reverse("group_session", args=[session.pk]))


def _delays(user: User, campaign: Campaign) -> Iterator[CalendarDate]:
    """The last one given to each; what was given to all is the closing itself."""
    seen: set[tuple[int | None, str | None]] = set()
    for granted in extensions_seen_by(user, campaign):
        whom = (granted.structure_id, granted.departement_id)
        if whom == (None, None) or whom in seen:
            continue
        seen.add(whom)
        title = f"SENACS {campaign.year} : fin du délai, {granted.whom}"
        place = f"structure-{whom[0]}" if whom[0] else f"departement-{whom[1]}"
        yield CalendarDate(f"delai-{campaign.year}-{place}", granted.until, title, reverse("extensions"))


def _planned(user: User) -> Iterator[CalendarDate]:
    for asked in ScheduledReminder.objects.filter(by=user, done_at__isnull=True).select_related("campaign"):
        title = f"SENACS {asked.campaign.year} : relances prévues, {asked.get_audience_display().lower()}"
        yield CalendarDate(f"relances-{asked.pk}", asked.on, title, reverse("suivi_remind"))


@transaction.atomic
def make_address(*, user: User) -> str:
    """A new key for the person's calendar; the one before opens nothing any more. It is shown this once."""
    key = new_key()
    CalendarFeed.objects.filter(user=user).delete()
    CalendarFeed.objects.create(user=user, key_hash=key_hash(key))
    return key


def withdraw_address(*, user: User) -> None:
    CalendarFeed.objects.filter(user=user).delete()


def reader_by(key: str) -> User | None:
    """Whose calendar a key opens: somebody whose account is open."""
    found = CalendarFeed.objects.filter(key_hash=key_hash(key), user__is_active=True).select_related("user").first()
    return found.user if found else None
