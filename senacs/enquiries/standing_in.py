"""Who decides in the place of an institution that has nobody in the département, or that stays silent.

The charter gives both sides of each territory an equal say (3.2); a vacancy is no refusal, and blocks nothing for ever.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.urls import reverse

from senacs.accounts.enums import Role, Side
from senacs.accounts.models import User
from senacs.accounts.notices import News, tell_plainly, was_told
from senacs.accounts.permissions import current_mandates, holders_of
from senacs.enquiries.models import Enquiry
from senacs.lib import clock
from senacs.lib.french import long_date

# The delay that the control gives an institution before its silence stops counting against the other.
TIME_TO_ANSWER = timedelta(days=15)
OF_SIDE = {Side.CAF: "la Caf", Side.FEDERATION: "la fédération"}


def other_side(enquiry: Enquiry) -> Side:
    return Side.FEDERATION if enquiry.side == Side.CAF else Side.CAF


def people_of_side(enquiry: Enquiry, side: Side) -> set[User]:
    """Who speaks for an institution in the place of an enquiry."""
    if enquiry.departement is None:
        return set(holders_of(Role.NATIONAL, side=side))
    people = set(holders_of(Role.COPIL, departement=enquiry.departement, side=side))
    if side == Side.FEDERATION:
        federations = enquiry.departement.federations.all()
        return people | set(holders_of(Role.CORRESPONDANT_FEDERAL, federation__in=federations))
    return people | set(holders_of(Role.CORRESPONDANT_CAF, caf__in=enquiry.departement.cafs.all()))


def stand_ins_of(enquiry: Enquiry) -> set[User]:
    """The other institution's own people of the région, and of the country."""
    if enquiry.departement is None:
        return set()
    side = other_side(enquiry)
    region = holders_of(Role.REGIONAL, region=enquiry.departement.region_id, side=side)
    return {*region, *holders_of(Role.NATIONAL, side=side)} - {enquiry.proposed_by}


def why_stand_in(enquiry: Enquiry, now: datetime | None = None) -> str:
    """Why somebody of the région or of France may decide today, in French; empty while the territory's own can."""
    if enquiry.departement is None or enquiry.agreed_at is not None:
        return ""
    side = other_side(enquiry)
    if not people_of_side(enquiry, side) - {enquiry.proposed_by}:
        return f"À la place de {OF_SIDE[side]}, qui n’a personne dans ce département."
    if (now or clock.now()) >= enquiry.proposed_at + TIME_TO_ANSWER:
        return f"À la place de {OF_SIDE[side]}, sans réponse depuis quinze jours."
    return ""


def may_stand_in(user: User, enquiry: Enquiry) -> bool:
    """Somebody of the same institution, of the région or of France, once its own people cannot or do not answer."""
    if enquiry.departement is None or user == enquiry.proposed_by:
        return False
    side, region = other_side(enquiry), enquiry.departement.region_id
    is_of_side = any(
        mandate.side == side
        and (mandate.role == Role.NATIONAL or (mandate.role == Role.REGIONAL and mandate.region_id == region))
        for mandate in current_mandates(user)
    )
    return is_of_side and bool(why_stand_in(enquiry))


def tell_stand_ins() -> list[Enquiry]:
    """Writes to those who may now decide in the place of who stayed silent, once an enquiry; gives those told."""
    return [enquiry for enquiry in _waiting() if _tell(enquiry, stand_ins_of(enquiry))]


def _waiting() -> QuerySet[Enquiry]:
    late = clock.now() - TIME_TO_ANSWER
    found = Enquiry.objects.standing().filter(agreed_at__isnull=True, departement__isnull=False)
    found = found.filter(proposed_at__lte=late, closes_on__gte=clock.today())
    return found.select_related("departement", "proposed_by").order_by("pk")


def _tell(enquiry: Enquiry, people: Iterable[User]) -> bool:
    key = f"suppleance-{enquiry.pk}"
    if not people or was_told(key):
        return False
    tell_plainly(people, stand_in_news(enquiry))
    return True


def stand_in_news(enquiry: Enquiry) -> News:
    return News(
        subject=f"SENACS : des questions attendent, {enquiry.place}",
        told=f"{enquiry.proposed_by} propose « {enquiry.title} » du {long_date(enquiry.opens_on)} au"
        f" {long_date(enquiry.closes_on)}. Vous pouvez répondre : {_lower_first(why_stand_in(enquiry))}",
        quoted=enquiry.purpose,
        to_do="Relire, accepter",
        page=reverse("enquiry", args=[enquiry.pk]),
        by=None,
        key=f"suppleance-{enquiry.pk}",
    )


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
