"""Letters of an enquiry to the structures: when it opens, and once before its last day to those that are silent."""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from senacs.accounts.enums import STRUCTURE_ROLES
from senacs.accounts.models import Mandate, User
from senacs.accounts.notices import News, tell_plainly
from senacs.enquiries.models import Enquiry
from senacs.enquiries.permissions import structures_asked
from senacs.lib import clock
from senacs.lib.french import long_date
from senacs.structures.models import Structure

# Before the last day; one that lasts no longer than this twice over is not told again.
REMINDED_BEFORE = timedelta(days=3)


@transaction.atomic
def tell_opened() -> list[Enquiry]:
    """Writes to the structures of what opened since the last passage, once each; gives what was told."""
    opened = list(Enquiry.objects.open().filter(told_at__isnull=True).select_for_update(of=("self",)))
    for enquiry in opened:
        told = f"Quelques questions vous sont posées jusqu’au {long_date(enquiry.closes_on)}, à côté de l’enquête"
        told += " nationale. Y répondre est volontaire ; seuls des ensembles en seront montrés."
        tell_plainly(_people(structures_asked(enquiry)), _news(enquiry, enquiry.title, told))
        enquiry.told_at = clock.now()
        enquiry.save(update_fields=["told_at"])
    return opened


@transaction.atomic
def remind_silent() -> list[Enquiry]:
    """Writes once to the structures that have answered nothing, some days before the end; gives what was told."""
    near = Enquiry.objects.open().filter(
        told_at__isnull=False, reminded_at__isnull=True, closes_on__lte=clock.today() + REMINDED_BEFORE
    )
    due = list(near.select_for_update(of=("self",)).order_by("pk"))
    reminded = [enquiry for enquiry in due if enquiry.closes_on - enquiry.opens_on > 2 * REMINDED_BEFORE]
    for enquiry in reminded:
        told = f"« {enquiry.title} » se termine le {long_date(enquiry.closes_on)}, et attend votre réponse, qui reste"
        told += " volontaire."
        subject = f"« {enquiry.title} », dernier jour le {long_date(enquiry.closes_on)}"
        tell_plainly(_people(silent_structures(enquiry)), _news(enquiry, subject, told))
        enquiry.reminded_at = clock.now()
        enquiry.save(update_fields=["reminded_at"])
    return reminded


def silent_structures(enquiry: Enquiry) -> QuerySet[Structure]:
    """Those asked that have answered nothing."""
    answered = enquiry.questions.values("answers__structure").exclude(answers__structure=None)
    return structures_asked(enquiry).exclude(pk__in=answered)


def _people(structures: QuerySet[Structure]) -> QuerySet[User]:
    enter = Mandate.objects.current().filter(role__in=STRUCTURE_ROLES, structure__in=structures.values("pk"))
    return User.objects.filter(is_active=True, pk__in=enter.values("user"))


def _news(enquiry: Enquiry, subject: str, told: str) -> News:
    return News(
        subject=f"SENACS : {subject}",
        told=told,
        quoted=enquiry.purpose,
        to_do="Répondre",
        page=reverse("waiting"),
        by=None,
    )
