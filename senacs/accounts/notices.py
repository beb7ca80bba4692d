"""Telling people of what others did: at once or once a day, as each chooses; clocks start when the letter has left."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.utils import timezone

from senacs.accounts.models import Notice, NoticePace, User
from senacs.letters import mail
from senacs.lib import clock
from senacs.lib.french import plural

# The digest of a day tells what was done before this hour, of the project's zone.
DIGEST_AT = time(7)
# People of one transaction.
BATCH = 200


@dataclass(frozen=True, slots=True)
class News:
    """An act told in a sentence: what was done, `quoted` why, and `to_do` before the page's address.

    `can_wait`: nobody has to act, so it goes with the next digest whatever the person chose. `key`: see `clock_start`.
    """

    subject: str
    told: str
    to_do: str
    page: str
    by: User | None
    quoted: str = ""
    key: str = ""
    can_wait: bool = False


def tell_plainly(people: Iterable[User], news: News) -> list[Notice]:
    """Writes to each of `people` but the author, once, as each has chosen."""
    context = {"news": news, "by": news.by}
    return _tell(people, "accounts/mail/nouvelle.txt", context, news)


def tell(
    people: Iterable[User], template: str, context: Mapping[str, Any], *, page: str, by: User | None = None
) -> list[Notice]:
    """The same for an act that has a letter of its own, whose template finds `page`, and the reader as `user`."""
    return _tell(people, template, context, News("", "", "", page, by))


@transaction.atomic
def _tell(people: Iterable[User], template: str, context: Mapping[str, Any], news: News) -> list[Notice]:
    now = clock.now()
    told: dict[int, User] = {person.pk: person for person in people if person.is_active and person != news.by}
    written = {
        pk: mail.write(template, {**context, "page": news.page, "user": person}, to=person.email)
        for pk, person in told.items()
    }
    at_once = [pk for pk, person in told.items() if not news.can_wait and person.notice_pace == NoticePace.AT_ONCE]
    letters = dict(zip(at_once, mail.send_on_commit([written[pk] for pk in at_once]), strict=True))
    return Notice.objects.bulk_create(
        Notice(
            user_id=pk,
            at=now,
            subject=letter.subject[:300],
            page=news.page,
            key=news.key,
            letter=letters.get(pk),
            told_at=now if pk in letters or told[pk].notice_pace == NoticePace.ON_SITE else None,
        )
        for pk, letter in written.items()
    )


def paces_of(user: User) -> list[tuple[str, str]]:
    """What one chooses among; no letter at all follows from an objection, and may be kept or left."""
    return [one for one in NoticePace.choices if one[0] != NoticePace.ON_SITE or user.notice_pace == one[0]]


def choose_pace(*, user: User, pace: NoticePace) -> None:
    user.notice_pace = pace
    user.save(update_fields=["notice_pace"])


def clock_start(key: str) -> datetime | None:
    """When the first of those told under `key` was reached; None while no letter has left."""
    notices = Notice.objects.filter(key=key).select_related("letter").order_by("pk")
    return min((left for notice in notices if (left := notice.left_at) is not None), default=None)


def was_told(key: str) -> bool:
    """Whether there was anybody to tell."""
    return Notice.objects.filter(key=key).exists()


def send_digests() -> int:
    """One letter to each person whom something waits for since before this morning; returns how many people."""
    today_at = timezone.make_aware(datetime.combine(clock.today(), DIGEST_AT))
    if clock.now() < today_at:
        return 0
    due = Notice.objects.waiting().filter(at__lt=today_at)
    people = list(due.order_by("user").values_list("user", flat=True).distinct())
    for start in range(0, len(people), BATCH):
        _digest(people[start : start + BATCH], today_at)
    return len(people)


@transaction.atomic
def _digest(people: list[int], before: datetime) -> None:
    """The letters and what says that they were written, together: a kill sends none twice."""
    due = Notice.objects.waiting().filter(at__lt=before, user__in=people)
    waiting = due.select_for_update(of=("self",)).select_related("user").order_by("at", "pk")
    by_person: dict[int, list[Notice]] = defaultdict(list)
    for notice in waiting:
        by_person[notice.user_id].append(notice)
    reached = {pk: notices for pk, notices in by_person.items() if notices[0].user.is_active}
    letters = mail.send_on_commit(
        [
            mail.write(
                "accounts/mail/resume.txt",
                {"notices": notices, "user": notices[0].user, "count": plural(len(notices), "nouvelle")},
                to=notices[0].user.email,
            )
            for notices in reached.values()
        ]
    )
    now = clock.now()
    carried = dict(zip(reached, letters, strict=True))
    for pk, notices in by_person.items():
        for notice in notices:
            notice.letter, notice.told_at = carried.get(pk), now
    Notice.objects.bulk_update([n for found in by_person.values() for n in found], ["letter", "told_at"])
