"""What a granted objection changes at once, by processing (RGPD, art. 21.1: the controller processes no longer).

The words shown beside each processing are `effet` of `data/reference/traitements.yaml`.
"""

from collections.abc import Callable

from django.db.models import QuerySet

from senacs.accounts.enums import RightsAct, Role
from senacs.accounts.models import Mandate, NoticePace, Objection, User
from senacs.accounts.rights import log_right
from senacs.accounts.services import close_mandate
from senacs.structures.models import Structure

ACCOUNTS, LETTERS, DIRECTORY = "comptes", "lettres", "registre"


def apply_effect(objection: Objection, by: User) -> None:
    """The person's roles end, their letters stop, or the structure's contacts leave the public pages."""
    _EFFECTS.get(objection.processing, _nothing)(objection, by)


def take_effect_back(objection: Objection) -> None:
    """The same undone, when whoever objected lifts it."""
    if objection.processing == LETTERS and objection.structure is None:
        _set_pace(objection.user, NoticePace.AT_ONCE)
    if objection.processing == DIRECTORY:
        _withhold(objection, is_withheld=False)


def can_be_lifted(objection: Objection) -> bool:
    """An account that was emptied is not made again: the institution invites the person anew."""
    is_standing = bool(objection.is_granted) and objection.lifted_at is None
    return is_standing and objection.processing in {LETTERS, DIRECTORY}


def standing_objections(processing: str) -> QuerySet[Objection]:
    return Objection.objects.filter(processing=processing, is_granted=True, lifted_at__isnull=True)


def structures_without_letters() -> QuerySet[Structure]:
    """Whose own address is not written to; the people who enter for them each decide for themselves."""
    return Structure.objects.filter(pk__in=standing_objections(LETTERS).values("structure"))


def _nothing(objection: Objection, by: User) -> None:
    """What the national team did by hand, and says in its answer."""


def _end_account(objection: Objection, by: User) -> None:
    """Every role ends; the next passage of `accounts.forgetting` empties the account, once the answer has left."""
    held = Mandate.objects.current().filter(user=objection.user).select_related("user").order_by("pk")
    for mandate in held:
        log_right(
            act=RightsAct.ENDED,
            address=mandate.user.email,
            person=mandate.user,
            role=Role(mandate.role),
            side=mandate.side,
            place=mandate.place,
            reason="Opposition accueillie (RGPD, art. 21).",
            by=by,
        )
        close_mandate(mandate)


def _stop_letters(objection: Objection, by: User) -> None:
    if objection.structure is None:
        _set_pace(objection.user, NoticePace.ON_SITE)


def _hide_contacts(objection: Objection, by: User) -> None:
    _withhold(objection, is_withheld=True)


def _withhold(objection: Objection, *, is_withheld: bool) -> None:
    if objection.structure is not None:
        Structure.objects.filter(pk=objection.structure.pk).update(is_contact_withheld=is_withheld)


def _set_pace(user: User, pace: NoticePace) -> None:
    User.objects.filter(pk=user.pk).update(notice_pace=pace)
    user.notice_pace = pace


_EFFECTS: dict[str, Callable[[Objection, User], None]] = {
    ACCOUNTS: _end_account,
    LETTERS: _stop_letters,
    DIRECTORY: _hide_contacts,
}
