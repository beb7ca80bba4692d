"""Mandates that end: told a month before and on the day after, to the person and to those who can prolong."""

from dataclasses import dataclass, replace
from datetime import timedelta

from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from senacs.accounts.enums import STRUCTURE_ROLES, Role, Side
from senacs.accounts.models import Mandate, Notice, User
from senacs.accounts.notices import News, tell_plainly
from senacs.accounts.permissions import correspondents_of, holders_of
from senacs.lib import clock
from senacs.lib.french import long_date

SOON = timedelta(days=30)
# A site that was stopped for longer says nothing of what ended meanwhile.
_LATELY = timedelta(days=30)


def tell_ending() -> int:
    """Mandates that end within a month, each told once for its date; returns how many."""
    today = clock.today()
    ending = Mandate.objects.current().filter(ends_on__gte=today, ends_on__lte=today + SOON)
    return _tell(ending, _ENDING)


def tell_ended() -> int:
    """Mandates that ended lately and were not told so; returns how many."""
    today = clock.today()
    ended = Mandate.objects.filter(ends_on__lt=today, ends_on__gte=today - _LATELY)
    return _tell(ended, _ENDED)


@dataclass(frozen=True, slots=True)
class _End:
    """How an end to come, or past, is told."""

    word: str
    verb: str
    to_givers: str


_ENDING = _End("ending", "se termine", "Le prolonger, ou le transmettre")
_ENDED = _End("ended", "s’est terminé", "Les mandats")


def _tell(mandates: QuerySet[Mandate], end: _End) -> int:
    parts = (Value(f"mandate-{end.word}-"), Cast(OuterRef("pk"), CharField()), Value("-"))
    key = Concat(*parts, Cast(OuterRef("ends_on"), CharField()), output_field=CharField())
    waiting = mandates.filter(~Exists(Notice.objects.filter(key=key)), user__is_active=True)
    found = list(waiting.select_related("user", "structure", "caf", "federation", "departement").order_by("pk"))
    for mandate in found:
        _tell_end(mandate, end)
    return len(found)


def _tell_end(mandate: Mandate, end: _End) -> None:
    assert mandate.ends_on is not None
    news = News(
        subject=f"SENACS : un mandat {end.verb} le {long_date(mandate.ends_on)}",
        told=f"Le mandat « {mandate} » de {mandate.user} {end.verb} le {long_date(mandate.ends_on)}.",
        to_do="Vos rôles",
        page=reverse("account"),
        by=None,
        key=f"mandate-{end.word}-{mandate.pk}-{mandate.ends_on.isoformat()}",
    )
    page = reverse("mandate", args=[mandate.pk]) if end is _ENDING else reverse("mandates")
    tell_plainly([mandate.user], news)
    givers = [person for person in givers_of(mandate) if person != mandate.user]
    tell_plainly(givers, replace(news, to_do=end.to_givers, page=page, can_wait=True))


def givers_of(mandate: Mandate) -> list[User]:
    """Who may prolong it: the institution's correspondents, the pair of a structure, else the national team."""
    if mandate.role in STRUCTURE_ROLES and mandate.structure is not None:
        return list(correspondents_of(mandate.structure))
    if mandate.role == Role.CORRESPONDANT_CAF:
        return list(holders_of(Role.CORRESPONDANT_CAF, caf=mandate.caf))
    if mandate.role == Role.CORRESPONDANT_FEDERAL:
        return list(holders_of(Role.CORRESPONDANT_FEDERAL, federation=mandate.federation))
    if mandate.role == Role.COPIL and mandate.side == Side.CAF:
        return list(holders_of(Role.CORRESPONDANT_CAF, caf__departements=mandate.departement))
    if mandate.role == Role.COPIL:
        return list(holders_of(Role.CORRESPONDANT_FEDERAL, federation__departements=mandate.departement))
    if mandate.role == Role.PREPARATION:
        return list(holders_of(Role.COPIL, departement=mandate.departement, side=mandate.side))
    return list(holders_of(Role.NATIONAL))
