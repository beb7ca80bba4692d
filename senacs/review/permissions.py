"""Who may do what in the control of coherence; each answer cites its article of the charter."""

from senacs.accounts.enums import Role, Side
from senacs.accounts.models import User
from senacs.accounts.permissions import AnyUser, can_enter, can_review, roles_on
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.review.models import Flag

_SIDES = {Role.CORRESPONDANT_CAF: Side.CAF, Role.CORRESPONDANT_FEDERAL: Side.FEDERATION}


def sides_of(user: AnyUser, response: Response) -> frozenset[Side]:
    """The institutions for which the user reviews this response."""
    return frozenset(_SIDES[role] for role in roles_on(user, response.structure) if role in _SIDES)


def can_validate(user: AnyUser, response: Response) -> bool:
    """Each correspondent of the pair validates, once; a contested response waits for both (2.2, design §2)."""
    if response.state != ResponseState.SUBMITTED or not can_review(user, response.structure):
        return False
    return not response.is_contested or bool(missing_sides(user, response))


def missing_sides(user: AnyUser, response: Response) -> frozenset[Side]:
    """The sides for which the user can still approve a contested response; nobody approves for both."""
    if not isinstance(user, User):
        return frozenset()
    approvals = {approval.side: approval.by_id for approval in response.approvals.all()}
    if user.pk in approvals.values():
        return frozenset()
    return frozenset(side for side in sides_of(user, response) if side not in approvals)


def can_take_back(user: AnyUser, response: Response) -> bool:
    """What the structure has sent is still its own until someone looks into it (2.1)."""
    return response.state == ResponseState.SUBMITTED and can_enter(user, response.structure)


def can_return(user: AnyUser, response: Response) -> bool:
    """A correspondent calls on the structure, case by case, when data seem to diverge from reality (2.2)."""
    return response.state == ResponseState.SUBMITTED and can_review(user, response.structure)


def can_reopen(user: AnyUser, response: Response) -> bool:
    """A validated response can be discussed again, with a reason that stays (2.2)."""
    return response.state == ResponseState.VALIDATED and can_review(user, response.structure)


def can_contest(user: AnyUser, response: Response) -> bool:
    """The structure may question what others entered, and either correspondent what the other would validate (2.2)."""
    return can_enter(user, response.structure) or can_review(user, response.structure)


def can_withdraw_contest(user: AnyUser, response: Response) -> bool:
    """Only the person who contested agrees again (2.2)."""
    last = response.events.filter(transition="contest").last() if response.is_contested else None
    return last is not None and last.by == user


def can_justify(user: AnyUser, flag: Flag) -> bool:
    """Data are declared: the structure itself explains them (2.2)."""
    return flag.response.is_editable and can_enter(user, flag.response.structure)


def can_judge(user: AnyUser, flag: Flag) -> bool:
    """Correspondents accept or refuse an explanation (2.2)."""
    return can_review(user, flag.response.structure)
