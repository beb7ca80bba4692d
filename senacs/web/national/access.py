"""What each page of the national team and of the comité technique asks of the person who opens it."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from senacs.accounts.enums import Role
from senacs.accounts.models import User
from senacs.accounts.permissions import (
    can_manage_campaigns,
    can_manage_questionnaire,
    can_manage_register,
    can_open_reading,
    can_propose_national,
    can_see_progress,
    has_role,
)
from senacs.web.requests import signed_in


def questionnaire_manager(request: HttpRequest) -> User:
    user = signed_in(request)
    if not can_manage_questionnaire(user):
        raise PermissionDenied
    return user


def question_reader(request: HttpRequest) -> User:
    user = signed_in(request)
    if not has_role(user, Role.COMITE_TECHNIQUE, Role.NATIONAL):
        raise PermissionDenied
    return user


def reading_opener(request: HttpRequest) -> User:
    user = signed_in(request)
    if not can_open_reading(user):
        raise PermissionDenied
    return user


def national_member(request: HttpRequest) -> User:
    """Rights and accounts: the national team."""
    user = signed_in(request)
    if not can_propose_national(user):
        raise PermissionDenied
    return user


def campaign_manager(request: HttpRequest) -> User:
    user = signed_in(request)
    if not can_manage_campaigns(user):
        raise PermissionDenied
    return user


def register_manager(request: HttpRequest) -> User:
    user = signed_in(request)
    if not can_manage_register(user):
        raise PermissionDenied
    return user


def rules_reader(request: HttpRequest) -> User:
    """The control as a whole: comité technique and those who lead the campaign."""
    user = signed_in(request)
    if not (can_manage_questionnaire(user) or can_manage_campaigns(user)):
        raise PermissionDenied
    return user


def progress_reader(request: HttpRequest) -> User:
    user = signed_in(request)
    if not can_see_progress(user):
        raise PermissionDenied
    return user


def phase_mover(request: HttpRequest) -> User:
    """404 for those who know of no campaign here, 403 for those who only see it."""
    if not can_see_progress(signed_in(request)):
        raise Http404
    return campaign_manager(request)
