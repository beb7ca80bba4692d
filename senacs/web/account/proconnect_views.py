"""Going to ProConnect and coming back."""

import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from senacs.lib.refusals import Refused
from senacs.web.account.proconnect import ProConnectAdapter, detach
from senacs.web.proof import ask_for_proof, fresh_proof, has_fresh_proof
from senacs.web.requests import signed_in


@login_not_required
@require_POST
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the provider; attaching an identity to one's account (process=connect) asks for a fresh proof first."""
    if request.user.is_authenticated and not has_fresh_proof(request):
        return ask_for_proof(request)
    _check(request, provider_id)
    try:
        reply: HttpResponse = OAuth2LoginView.adapter_view(ProConnectAdapter(request, provider_id))(request)
    except (requests.RequestException, OAuth2Error):
        return render(request, "socialaccount/authentication_error.html", status=503)
    return reply


@login_not_required
@require_safe
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    _check(request, provider_id)
    reply: HttpResponse = OAuth2CallbackView.adapter_view(ProConnectAdapter(request, provider_id))(request)
    return reply


@require_POST
@fresh_proof
def detach_identity(request: HttpRequest) -> HttpResponse:
    try:
        detach(signed_in(request))
        messages.success(request, "L’identité ProConnect n’ouvre plus ce compte.")
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("account")


def _check(request: HttpRequest, provider_id: str) -> None:
    try:
        get_adapter().get_provider(request, provider_id)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error


urlpatterns = [
    path("detacher/", detach_identity, name="proconnect_detach"),
    path("<word:provider_id>/login/", login, name="openid_connect_login"),
    path("<word:provider_id>/login/callback/", callback, name="openid_connect_callback"),
]
