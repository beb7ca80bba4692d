"""Accounts without any role: told one month before, then emptied of what names the person (RGPD, art. 5.1.e).

The row stays, without a name nor an address, so that what was done keeps one author; the journals keep theirs
(art. 17.3.e, `data/reference/traitements.yaml`).
"""

from collections.abc import Iterator
from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from senacs.accounts.keeping import keeping_rules
from senacs.accounts.models import AddressChange, Invitation, Mandate, Notice, Objection, User
from senacs.accounts.notices import News, tell_plainly
from senacs.accounts.objection_effects import ACCOUNTS, standing_objections
from senacs.letters.enums import LetterState
from senacs.letters.models import OutgoingLetter
from senacs.lib import clock
from senacs.lib.french import long_date, plural

NOTICE = timedelta(days=30)
FORGOTTEN = "efface.invalid"


def idle_people() -> QuerySet[User]:
    """Whose last role ended three years ago or more, who has not signed in since, and whom nothing waits for."""
    limit = keeping_rules()["comptes"].limit
    held = Mandate.objects.filter(user=OuterRef("pk")).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=limit.date()))
    asked = Objection.objects.filter(user=OuterRef("pk"), is_granted__isnull=True)
    idle = User.objects.filter(~Exists(held), ~Exists(asked), date_joined__lt=limit)
    idle = idle.filter(Q(last_login__isnull=True) | Q(last_login__lt=limit))
    return idle.exclude(email__endswith=f"@{FORGOTTEN}").order_by("pk")


def people_who_left() -> QuerySet[User]:
    """Whose objection to having an account was granted, once the answer has gone: emptied without waiting."""
    granted = standing_objections(ACCOUNTS).filter(structure__isnull=True)
    unsent = OutgoingLetter.objects.filter(to=OuterRef("email"), state__in=[LetterState.WAITING, LetterState.SENDING])
    told = Notice.objects.waiting().filter(user=OuterRef("pk"))
    left = User.objects.filter(pk__in=granted.values("user")).exclude(email__endswith=f"@{FORGOTTEN}")
    held = Mandate.objects.current().filter(user=OuterRef("pk"))
    return left.filter(~Exists(held), ~Exists(unsent), ~Exists(told)).order_by("pk")


def forget_people() -> Iterator[str]:
    """Tells those who are due, and forgets those who were told a month ago."""
    told = forgotten = 0
    today = clock.now()
    for person in people_who_left():
        forget_person(person)
        forgotten += 1
    for person in idle_people():
        last = Notice.objects.filter(user=person, key=_key(person)).order_by("-at").first()
        if not person.is_active or (last is not None and last.at <= today - NOTICE):
            forget_person(person)
            forgotten += 1
        elif last is None:
            _warn(person)
            told += 1
    if told:
        yield f"{plural(told, 'compte sans rôle sera effacé', 'comptes sans rôle seront effacés')} dans un mois."
    if forgotten:
        yield f"{plural(forgotten, 'compte sans rôle est effacé', 'comptes sans rôle sont effacés')}."


def _key(person: User) -> str:
    return f"oubli-{person.pk}"


def _warn(person: User) -> None:
    day = clock.now() + NOTICE
    tell_plainly(
        [person],
        News(
            subject="SENACS : votre compte sera effacé",
            told=f"Vous n’avez plus de rôle depuis trois ans. Votre compte sera effacé après le {long_date(day)} ; pour"
            " le garder, connectez-vous d’ici là.",
            to_do="Vos données",
            page=reverse("own_data"),
            by=None,
            key=_key(person),
        ),
    )


@transaction.atomic
def forget_person(person: User) -> None:
    """Takes away the name, the address, the ways in and what was told; what was done keeps an author without a name."""
    address = person.email
    keys = list(UserSession.objects.filter(user=person).values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(user=person).delete()
    Authenticator.objects.filter(user=person).delete()
    SocialAccount.objects.filter(user=person).delete()
    EmailAddress.objects.filter(user=person).delete()
    AddressChange.objects.filter(user=person).delete()
    Notice.objects.filter(user=person).delete()
    OutgoingLetter.objects.filter(to=address, state=LetterState.SENT).delete()
    Invitation.objects.filter(email=address).update(
        email=f"compte-{person.pk}@{FORGOTTEN}", first_name="", last_name="Compte effacé"
    )
    person.email = f"compte-{person.pk}@{FORGOTTEN}"
    person.first_name, person.last_name, person.phone, person.is_active = "", "Compte effacé", "", False
    person.last_login = None
    person.set_unusable_password()
    person.save()
