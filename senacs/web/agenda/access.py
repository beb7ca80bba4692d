"""Who sees how far a campaign is, at which scale, and what is done at its date."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from senacs.accounts.enums import CORRESPONDENT_ROLES, Role
from senacs.accounts.kept_words import controls_words
from senacs.accounts.models import User
from senacs.accounts.permissions import can_manage_campaigns, has_role
from senacs.agenda.follow_up import FollowScope, scope_of, scopes_of
from senacs.agenda.session_models import GroupSession
from senacs.agenda.sessions import can_hold_sessions, runs, sessions_seen_by
from senacs.web.incoming import asked
from senacs.web.requests import signed_in


def followed_scope(request: HttpRequest) -> FollowScope:
    """403 for those who follow nothing, 404 for a scale that is not theirs."""
    user = signed_in(request)
    if not scopes_of(user):
        raise PermissionDenied
    scope = scope_of(user, asked(request).text("perimetre"))
    if scope is None:
        raise Http404
    return scope


def time_giver(request: HttpRequest) -> User:
    """Those who give more time: correspondents, national team."""
    user = signed_in(request)
    if not has_role(user, Role.NATIONAL, *CORRESPONDENT_ROLES):
        raise PermissionDenied
    return user


def words_reader(request: HttpRequest) -> User:
    """Those who control what others write."""
    user = signed_in(request)
    if not controls_words(user):
        raise PermissionDenied
    return user


def passage_reader(request: HttpRequest) -> User:
    user = signed_in(request)
    if not can_manage_campaigns(user):
        raise PermissionDenied
    return user


def session_holder(request: HttpRequest) -> User:
    """Those who gather structures to fill in together."""
    user = signed_in(request)
    if not can_hold_sessions(user):
        raise PermissionDenied
    return user


def visible_session(request: HttpRequest, pk: int) -> tuple[User, GroupSession]:
    """404 for a session that concerns none of the person's structures."""
    user = signed_in(request)
    return user, get_object_or_404(sessions_seen_by(user).select_related("campaign", "by"), pk=pk)


def run_session(request: HttpRequest, pk: int) -> tuple[User, GroupSession]:
    """The same for those who run it: others are told so before anything they send is read."""
    user, found = visible_session(request, pk)
    if not runs(user, found):
        raise PermissionDenied
    return user, found
