"""« Avancement »: the same page at each scale, and its workbook."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from senacs.agenda.follow_up import FollowScope, FollowUp, follow_up, scopes_of
from senacs.agenda.follow_up_file import follow_up_workbook
from senacs.campaigns.models import Campaign
from senacs.campaigns.queries import current_campaign, days_left
from senacs.lib import clock
from senacs.publication.charts import Chart, LineSeries, MapText, Point, TimeAxis, Unit, Value, choropleth, lines
from senacs.web.agenda.access import followed_scope
from senacs.web.agenda.moments import Moments
from senacs.web.basemaps import basemap
from senacs.web.requests import signed_in

_MOMENTS: Moments[SafeString] = Moments()


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    scope, campaign = followed_scope(request), current_campaign()
    if campaign is None:
        return render(request, "agenda/follow_up.html", {"campaign": None})
    scopes = scopes_of(signed_in(request))
    is_of_france = any(one.key == "france" for one in scopes)
    context = {
        "campaign": campaign,
        "days_left": days_left(campaign),
        "scope": scope,
        "scopes": scopes,
        "body": _body(scope, campaign, is_of_france=is_of_france),
    }
    return render(request, "agenda/follow_up.html", context)


def _body(scope: FollowScope, campaign: Campaign, *, is_of_france: bool) -> SafeString:
    """The same for everybody at a scale, but where it is somebody's own structures."""

    def make() -> SafeString:
        found = follow_up(scope, campaign)
        context = {"found": found, "is_of_france": is_of_france, "chart": _chart(found), "map": _map(found)}
        return render_to_string("agenda/follow_up_body.html", context)

    if scope.is_own:
        return make()
    return _MOMENTS.of((scope.key, scope.is_named, campaign.pk, is_of_france, clock.today()), make)


def _chart(found: FollowUp) -> object | None:
    weeks = max((len(curve.percents) for curve in found.curves), default=0)
    if weeks < 2:
        return None
    series = [
        LineSeries(str(curve.year), [Point(v) for v in curve.percents] + [Point(None)] * (weeks - len(curve.percents)))
        for curve in found.curves[:4]
    ]
    names = [f"S{week}" for week in range(1, weeks + 1)]
    return lines(
        "Réponses envoyées, semaine après semaine", TimeAxis(names, header="Semaine de saisie"), series,
        prefix="avancement", unit=Unit("%", 0),
    )  # fmt: skip


def _map(found: FollowUp) -> Chart | None:
    """Who sent, by département, where there are several: of the région, or of the whole country."""
    if len(found.places) < 2:
        return None
    regions = {place.region_id for place, _ in found.places}
    outlines = basemap(regions.pop() if len(regions) == 1 else "")
    if outlines is None:
        return None
    values: dict[str, Value] = {place.pk: follow.rate for place, follow in found.places}
    return choropleth(
        MapText("Part des structures qui ont envoyé leur réponse", "Département", "Ont envoyé"),
        outlines, values, prefix="envois", unit=Unit("%", 0),
    )  # fmt: skip


@require_safe
def workbook(request: HttpRequest) -> HttpResponse:
    scope, campaign = followed_scope(request), current_campaign()
    if campaign is None:
        raise Http404
    return _file(follow_up_workbook(follow_up(scope, campaign), campaign), scope, campaign)


def _file(content: bytes, scope: FollowScope, campaign: Campaign) -> HttpResponse:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    name = f"avancement-{campaign.year}-{scope.key}.xlsx"
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
