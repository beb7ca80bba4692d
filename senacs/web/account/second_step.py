"""The second step of a sign-in, where allauth leaves it without an end."""

from allauth.account.internal.stagekit import clear_login, get_pending_stage
from allauth.mfa.base.views import authenticate as ask_for_factor
from allauth.mfa.stages import AuthenticateStage
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from senacs.accounts.second_factor import factors_of


@login_not_required
def authenticate(request: HttpRequest) -> HttpResponse:
    """The code or the key. A sign-in that waits for a factor which was reset meanwhile begins again.

    allauth sends it to the sign-in page, which sends it back here, for ever.
    """
    waiting = get_pending_stage(request)
    if waiting and waiting.key == AuthenticateStage.key and not factors_of(waiting.login.user).exists():
        clear_login(request)
        return redirect("account_login")
    reply: HttpResponse = ask_for_factor(request)
    return reply
