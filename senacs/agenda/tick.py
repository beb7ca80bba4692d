"""What is due at its date, done by `senacs tick` and by the worker: phases, digests, mandates, retention, journal.

Each job is a service that does nothing the second time: a passage killed in the middle is finished by the next one, and
two at once do no more than one.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time
from typing import TypedDict

from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from senacs.accounts.ends_of_mandates import tell_ended, tell_ending
from senacs.accounts.enums import Role
from senacs.accounts.forgetting import forget_people
from senacs.accounts.notices import News, send_digests, tell_plainly, was_told
from senacs.accounts.permissions import holders_of
from senacs.agenda.models import TickRun
from senacs.agenda.reminders import send_scheduled, tell_lagging
from senacs.agenda.retention import forget
from senacs.audit.chain import check, seal
from senacs.campaigns import states
from senacs.campaigns.due import due_transitions
from senacs.campaigns.models import Campaign
from senacs.campaigns.phase_changes import LABELS
from senacs.enquiries.standing_in import tell_stand_ins
from senacs.enquiries.telling import remind_silent, tell_opened
from senacs.letters.mailbox import read_mailbox
from senacs.letters.models import OutgoingLetter
from senacs.letters.tasks import resume
from senacs.lib import clock
from senacs.lib.french import long_date, plural
from senacs.lib.refusals import Refused

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DueJob:
    """`run` gives what it did, a French sentence each; nothing when nothing was due."""

    label: str
    run: Callable[[], Iterator[str]]


class JobOutcome(TypedDict):
    """What a passage keeps of one job."""

    job: str
    told: list[str]
    failed: bool


def _phases() -> Iterator[str]:
    """Each campaign at its dates; what prevents a change is told to the national team, once a day of calendar."""
    for campaign, name, day in due_transitions():
        try:
            states.apply(campaign, name, by=None, reason="À sa date.")
        except Refused as refusal:
            yield from _prevented(campaign, name, f"{name}-{campaign.pk}-{day:%Y%m%d}", refusal)
        else:
            yield f"{campaign} : {LABELS[name].lower()}."
            told = f"{LABELS[name]} : la date du calendrier est venue."
            _tell_team(campaign, name, f"{LABELS[name].lower()}, c’est fait", told)


def _prevented(campaign: Campaign, name: str, key: str, refusal: Refused) -> Iterator[str]:
    key = f"phase-{key}"
    if not was_told(key):
        told = f"La date est venue, et ce n’est pas possible : {refusal.message}"
        _tell_team(campaign, name, f"{LABELS[name].lower()}, empêché", told, " ; ".join(refusal.details), key)
        yield f"{campaign} : « {LABELS[name]} » n’est pas possible. {refusal.message}"


def _tell_team(campaign: Campaign, name: str, subject: str, told: str, quoted: str = "", key: str = "") -> None:
    tell_plainly(
        [*holders_of(Role.NATIONAL), *(holders_of(Role.COMITE_TECHNIQUE) if quoted else ())],
        News(
            subject=f"SENACS {campaign.year} : {subject}",
            told=told,
            quoted=quoted,
            to_do="La campagne",
            page=reverse("national_phase", args=[campaign.year, name]),
            by=None,
            key=key,
        ),
    )


def _digests() -> Iterator[str]:
    if people := send_digests():
        yield f"Lettre du jour écrite à {plural(people, 'personne')}."


def _mandates() -> Iterator[str]:
    if ending := tell_ending():
        yield f"{plural(ending, 'mandat qui se termine est annoncé', 'mandats qui se terminent sont annoncés')}."
    if ended := tell_ended():
        yield f"{plural(ended, 'fin de mandat est dite', 'fins de mandat sont dites')}."


def _reminders() -> Iterator[str]:
    for asked in send_scheduled():
        yield f"Relances du {long_date(asked.on)} ({asked.by}) : {plural(asked.sent or 0, 'structure')}."
    if told := tell_lagging():
        yield f"{plural(told, 'correspondant averti', 'correspondants avertis')} du retard de son territoire."


def _enquiries() -> Iterator[str]:
    for opened in tell_opened():
        yield f"« {opened} » ({opened.place}) est posé aux structures."
    for ending in remind_silent():
        yield f"« {ending} » ({ending.place}) est rappelé aux structures qui n’y ont pas répondu."
    for waiting in tell_stand_ins():
        yield f"« {waiting} » ({waiting.place}) attend depuis quinze jours : la région et l’équipe nationale le savent."


def _letters() -> Iterator[str]:
    """Letters whose act was committed by a process that died before it asked for their delivery."""
    resume()
    yield from ()


def _journal() -> Iterator[str]:
    """The whole chain of the journal of acts, once a day; what was touched is told to the national team, once each."""
    midnight = datetime.combine(clock.today(), time(), tzinfo=timezone.get_default_timezone())
    passages = TickRun.objects.filter(started_at__gte=midnight).values_list("jobs", flat=True)
    if any(job["job"] == JOURNAL and job["told"] and not job["failed"] for jobs in passages for job in jobs):
        return
    seal()
    report = check()
    if report.lines or report.faults:
        yield report.summary
    if not report.faults:
        return
    told = [f"ligne {fault.number} : {fault.told}" for fault in report.faults]
    yield f"{told[0][0].upper()}{told[0][1:]}."
    key = f"journal-{hashlib.sha256('|'.join(told).encode()).hexdigest()[:24]}"
    if not was_told(key):
        tell_plainly(
            holders_of(Role.NATIONAL),
            News(
                subject="SENACS : le journal des actes a été touché",
                told="La vérification du jour trouve, dans le journal des actes, des lignes retirées ou changées en"
                " dehors du site.",
                quoted=" ; ".join(told[:TOLD]),
                to_do="Voir le journal, et prévenir qui tient le serveur",
                page=reverse("national_audit"),
                by=None,
                key=key,
            ),
        )


JOURNAL = "Journal des actes"
# Faults of the journal that the letter names; all of them are on the page and in `senacs check_audit`.
TOLD = 10


def _returned() -> Iterator[str]:
    """What the mailbox of the sender says came back."""
    if returned := read_mailbox():
        yield f"{plural(len(returned), 'lettre est revenue', 'lettres sont revenues')} : {_few(returned)}."


def _few(letters: list[OutgoingLetter]) -> str:
    named = ", ".join(letter.to for letter in letters[:5])
    return f"{named}…" if len(letters) > 5 else named


JOBS = (
    DueJob("Phases à leurs dates", _phases),
    DueJob("Fins de mandat", _mandates),
    DueJob("Relances", _reminders),
    DueJob("Questions locales", _enquiries),
    DueJob("Lettre du jour", _digests),
    DueJob("Lettres en attente", _letters),
    DueJob("Lettres revenues", _returned),
    DueJob("Durées de conservation", forget),
    DueJob("Comptes sans rôle", forget_people),
    DueJob(JOURNAL, _journal),
)


def run_tick() -> TickRun:
    """Does everything that is due. A job that fails is told, and the others are done all the same."""
    passage = TickRun.objects.create()
    for job in JOBS:
        told: list[str] = []
        failed = False
        try:
            told.extend(job.run())
        except (Refused, DatabaseError, OSError, ValueError) as error:
            logger.exception("tick: %s", job.label)
            failed = True
            told.append(f"N’a pas pu se faire : {error}")
        passage.jobs = [*passage.jobs, JobOutcome(job=job.label, told=told, failed=failed)]
        passage.save(update_fields=["jobs"])
    passage.ended_at = clock.now()
    passage.save(update_fields=["ended_at"])
    return passage


def last_passages(number: int = 10) -> list[TickRun]:
    """The last ones, newest first: those that did something, and the very last."""
    found = list(TickRun.objects.order_by("-started_at", "-pk")[: number * 20])
    return [passage for i, passage in enumerate(found) if i == 0 or passage.did_something][:number]
