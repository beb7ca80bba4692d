"""Guessing made slow without closing the door: delays that grow with failures, counted in the database.

Whoever guesses from elsewhere slows strangers down; a device from which the person has signed in before has a count of
its own, so that the right password typed there always passes (OWASP, « device cookies »).
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from senacs.accounts.addresses import canonical_address
from senacs.accounts.keys import key_hash
from senacs.accounts.models import AttemptCount, User
from senacs.audit import security
from senacs.letters import mail
from senacs.lib import clock
from senacs.lib.french import plural

_KEPT = timedelta(days=2)
_TELL_AGAIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Policy:
    """So many free failures; then a delay that doubles at each of them, up to the longest; forgotten after a rest."""

    name: str
    free: int
    first: timedelta = timedelta(seconds=30)
    longest: timedelta = timedelta(minutes=15)
    forgotten_after: timedelta = timedelta(hours=24)

    def delay(self, failures: int) -> timedelta:
        if failures < self.free:
            return timedelta()
        return min(self.first * 2 ** min(failures - self.free, 20), self.longest)


SIGN_IN_ACCOUNT = Policy("compte", free=5)
SIGN_IN_DEVICE = Policy("appareil", free=10)
# An office signs in from one network: it is slowed down for a quarter of an hour at most.
SIGN_IN_NETWORK = Policy("reseau", free=30, forgotten_after=timedelta(hours=1))
PROOF = Policy("preuve", free=10)
CODE = Policy("code", free=5)
RESET_ACCOUNT = Policy("lien", free=3, first=timedelta(minutes=5), longest=timedelta(hours=1))
RESET_NETWORK = Policy("lien_reseau", free=30, forgotten_after=timedelta(hours=1))
ADDRESS_CHANGE = Policy("adresse", free=5, first=timedelta(minutes=5), longest=timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class Lane:
    """What an attempt is counted for."""

    policy: Policy
    key: str

    @property
    def columns(self) -> dict[str, str]:
        return {"policy": self.policy.name, "key_hash": key_hash(self.key)}


def try_once(*lanes: Lane) -> timedelta:
    """Counts one attempt as failed, until it is forgiven, and gives zero; else how long to wait, counting nothing.

    Counted before it is checked: a hundred attempts at the same instant are a hundred attempts.
    """
    counted: list[Lane] = []
    for lane in lanes:
        wait = _count(lane)
        if wait:
            forgive(*counted)
            security.tell("slowed", policy=lane.policy.name)
            return wait
        counted.append(lane)
    return timedelta()


@transaction.atomic
def _count(lane: Lane) -> timedelta:
    now = clock.now()
    count, is_new = AttemptCount.objects.get_or_create(**lane.columns, defaults={"last_at": now})
    if is_new:
        AttemptCount.objects.filter(last_at__lt=now - _KEPT).delete()
    count = AttemptCount.objects.select_for_update().get(pk=count.pk)
    if count.wait_until is not None and count.wait_until > now:
        return count.wait_until - now
    if now - count.last_at > lane.policy.forgotten_after:
        count.failures = 0
    count.failures += 1
    count.last_at = now
    count.wait_until = now + lane.policy.delay(count.failures)
    count.save(update_fields=["failures", "last_at", "wait_until"])
    return timedelta()


@transaction.atomic
def forgive(*lanes: Lane) -> None:
    """Takes back one attempt that turned out to be right."""
    for lane in lanes:
        for count in AttemptCount.objects.select_for_update().filter(**lane.columns, failures__gt=0):
            count.failures -= 1
            count.wait_until = None
            count.save(update_fields=["failures", "wait_until"])


def forget(*lanes: Lane) -> None:
    """The person has proved who they are: nothing is held against the account any more."""
    for lane in lanes:
        AttemptCount.objects.filter(**lane.columns).update(failures=0, wait_until=None)


def account_lane(address: str) -> Lane:
    return Lane(SIGN_IN_ACCOUNT, canonical_address(address) or address[:254])


def tell_owner(*, address: str) -> None:
    """Writes to the person whose account is being guessed, once a day, from the first delay on."""
    lane = account_lane(address)
    user = User.objects.filter(email=lane.key, is_active=True).first()
    if user is None:
        return
    now = clock.now()
    told = (
        AttemptCount.objects.filter(**lane.columns, failures__gte=lane.policy.free)
        .exclude(told_at__gt=now - _TELL_AGAIN)
        .update(told_at=now)
    )
    if told:
        context = {"user": user, "failures": plural(lane.policy.free, "essai", "essais"), "at": now}
        mail.send_on_commit([mail.write("accounts/mail/essais.txt", context, to=user.email)])


def wait_in_french(wait: timedelta) -> str:
    """« 30 secondes », « 2 minutes », rounded up."""
    seconds = int(wait.total_seconds()) + 1
    if seconds < 90:
        return plural(seconds, "seconde")
    return plural(-(-seconds // 60), "minute")
