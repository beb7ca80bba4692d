"""The calendar of a person whatever their roles, and the feed that their own calendar reads."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from senacs.accounts.enums import Role
from senacs.accounts.keys import public_address
from senacs.accounts.models import User
from senacs.accounts.permissions import current_mandates
from senacs.agenda.calendars import campaigns_at_work, dates_of, make_address, reader_by, withdraw_address
from senacs.agenda.icalendar_text import icalendar
from senacs.agenda.models import CalendarFeed
from senacs.campaigns.models import Campaign
from senacs.campaigns.phases import acts_of
from senacs.campaigns.queries import year_cycle
from senacs.lib import clock
from senacs.web.incoming import sent
from senacs.web.requests import signed_in


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return _page(request, signed_in(request))


@require_POST
def address(request: HttpRequest) -> HttpResponse:
    """A new address, shown this once; or none any more."""
    user = signed_in(request)
    if sent(request).text("act") == "retirer":
        withdraw_address(user=user)
        messages.success(request, "L’adresse est retirée : elle ne donne plus rien.")
        return redirect("calendar")
    key = make_address(user=user)
    return _page(request, user, shown=public_address(reverse("calendar_feed", args=[key])))


def _page(request: HttpRequest, user: User, *, shown: str = "") -> HttpResponse:
    roles = frozenset(Role(mandate.role) for mandate in current_mandates(user))
    today = clock.today()
    dates = dates_of(user)
    context = {
        "cycles": [(campaign, _cycle(campaign, roles)) for campaign in (campaigns_at_work() if roles else [])],
        "coming": [one for one in dates if one.day >= today],
        "gone": [one for one in dates if one.day < today],
        "feed": CalendarFeed.objects.filter(user=user).first(),
        "address": shown,
    }
    return render(request, "agenda/calendar.html", context)


def _cycle(campaign: Campaign, roles: frozenset[Role]) -> list[dict[str, object]]:
    return [
        {"period": period, "is_now": period.is_now(campaign), "acts": acts_of(period.phase, roles)}
        for period in year_cycle(campaign)
    ]


@login_not_required
@require_safe
def feed(request: HttpRequest, key: str) -> HttpResponse:
    """The key alone opens it: calendars sign in nowhere. Public names and dates, nothing of any answer."""
    reader = reader_by(key)
    if reader is None:
        raise Http404
    return HttpResponse(icalendar(dates_of(reader), name="SENACS"), content_type="text/calendar; charset=utf-8")
