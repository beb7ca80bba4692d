"""What a director sees first: where the answers stand, how long is left, what to do next, whom to call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from senacs.accounts.enums import Role
from senacs.accounts.models import User
from senacs.accounts.queries import correspondent_mandates
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response, ResponseEvent
from senacs.collection.queries import Environment, SectionProgress, compiled_of, section_progress
from senacs.lib import clock
from senacs.questionnaire.engine.schema import Section
from senacs.structures.models import Structure

_ORDER = {Role.CORRESPONDANT_CAF: 0, Role.CORRESPONDANT_FEDERAL: 1}


@dataclass(frozen=True, slots=True)
class Task:
    """One section in the task list."""

    section: Section
    progress: SectionProgress
    url: str

    @property
    def minutes_left(self) -> int:
        return self.progress.minutes_left

    @property
    def status(self) -> str:
        if self.progress.is_complete:
            return "complete"
        return "started" if self.progress.is_started else "to_do"


@dataclass(frozen=True, slots=True)
class Contact:
    """A correspondent of the structure, as the structure may call them."""

    role: str
    person: User
    body: str  # the Caf or the federation that mandated them


def tasks_of(response: Response, at: Environment) -> list[Task]:
    sections = {section.code: section for section in compiled_of(response).questionnaire.sections}
    return [
        Task(sections[p.code], p, reverse("saisie_section", args=[response.pk, p.code]))
        for p in section_progress(response, at)
    ]


def next_task(tasks: Sequence[Task]) -> Task | None:
    """The first section begun and not finished, else the first untouched one."""
    unfinished = [task for task in tasks if not task.progress.is_complete]
    begun = [task for task in unfinished if task.progress.is_started]
    return next(iter(begun or unfinished), None)


def contacts_of(structure: Structure) -> list[Contact]:
    """The correspondents of both institutions, the Caf's first."""
    mandates = sorted(correspondent_mandates(structure), key=lambda mandate: _ORDER[Role(mandate.role)])
    contacts = {(m.role, m.user_id): Contact(m.get_role_display(), m.user, str(m.scope)) for m in mandates}
    return list(contacts.values())


def days_left(closes_on: date) -> int:
    """Days until the closing day, that day included as 0; negative once it is past."""
    return (closes_on - clock.today()).days


def last_return(response: Response) -> ResponseEvent | None:
    """Why the response came back, while it is at the structure's."""
    if response.state != ResponseState.RETURNED:
        return None
    return (
        response.events.filter(transition__in=["return", "reopen"]).select_related("by").order_by("-at", "-id").first()
    )
