"""Releases as the national team makes them: built in the background, attacked, signed twice, published."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from senacs.accounts.enums import Side
from senacs.accounts.models import User
from senacs.accounts.permissions import can_sign_release
from senacs.campaigns.models import Campaign
from senacs.lib.incoming import whole_number
from senacs.observatory import services
from senacs.observatory.enums import ReleaseState
from senacs.observatory.models import Release
from senacs.observatory.releases.attack_gate import findings_of
from senacs.observatory.releases.figures_check import check_of
from senacs.observatory.releases.reader import reader_for
from senacs.web.incoming import sent
from senacs.web.national.access import campaign_manager
from senacs.web.national.forms import BuildForm, RejectForm
from senacs.web.national.plausibility_summary import plausibility_summary
from senacs.web.proof import fresh_proof_for
from senacs.web.refusals import refusals
from senacs.web.requests import signed_in


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    campaign_manager(request)
    return _index(request, BuildForm(years=_years(to_build=True)))


def _index(request: HttpRequest, form: BuildForm, status: int = 200) -> HttpResponse:
    releases = Release.objects.select_related("campaign").order_by("-created_at", "-pk")
    return render(request, "national/releases.html", {"releases": releases, "form": form}, status=status)


def _years(*, to_build: bool = False) -> list[tuple[int, str]]:
    """The campaigns; with `to_build`, those whose entry is over and of which somebody has validated answers."""
    campaigns = services.campaigns_to_build() if to_build else Campaign.objects.all()
    campaigns = campaigns.select_related("version").defer("version__document")
    return [(campaign.pk, str(campaign)) for campaign in campaigns]


@require_POST
def build(request: HttpRequest) -> HttpResponse:
    """Starts a construction in the background."""
    user = campaign_manager(request)
    form = BuildForm(request.POST, years=_years())
    if not form.is_valid():
        return _index(request, form, status=422)
    campaign = get_object_or_404(Campaign, pk=form.cleaned_data["campaign"])
    with refusals(request, form, "reason"):
        release = services.build_release(campaign=campaign, by=user, reason=form.cleaned_data["reason"])
        return redirect("national_release", release.name)
    return _index(request, form, status=422)


@require_safe
def show(request: HttpRequest, name: str) -> HttpResponse:
    """One release: progress, method, files, what it hides, signatures."""
    campaign_manager(request)
    return _show(request, release_of(name), RejectForm())


def _show(request: HttpRequest, release: Release, form: RejectForm, status: int = 200) -> HttpResponse:
    user = signed_in(request)
    is_built = release.state in {ReleaseState.CANDIDATE, ReleaseState.PUBLISHED}
    missing = services.missing_signatures(release) if release.state == ReleaseState.CANDIDATE else []
    context = {
        "release": release,
        "methodology": reader_for(release).methodology if is_built else None,
        "signatures": release.signatures.select_related("by").order_by("at"),
        "missing": [(side.value, services.SIGNATORIES[side], can_sign_release(user, side)) for side in missing],
        "form": form,
        "plausibility": plausibility_summary(release) if release.state == ReleaseState.CANDIDATE else None,
        "check": check_of(release),
        "findings": findings_of(release) if release.state == ReleaseState.CANDIDATE else [],
    }
    return render(request, "national/release.html", context, status=status)


@require_safe
def progress(request: HttpRequest, name: str) -> HttpResponse:
    """The progress of a construction, asked again every two seconds by the page."""
    campaign_manager(request)
    release = release_of(name)
    response = render(request, "national/release_progress.html", {"release": release})
    if release.state != ReleaseState.BUILDING:
        response["HX-Refresh"] = "true"
    return response


@require_safe
def check_progress(request: HttpRequest, name: str) -> HttpResponse:
    """The same of the reading of its figures."""
    campaign_manager(request)
    release = release_of(name)
    check = check_of(release)
    response = render(request, "national/release_check.html", {"release": release, "check": check})
    if check is None or check.is_done:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@fresh_proof_for("signer-", "publier")
def act_on_release(request: HttpRequest, name: str, act: str) -> HttpResponse:
    """Sign for one side, publish, set aside, build again."""
    user = campaign_manager(request)
    release = release_of(name)
    form = RejectForm(request.POST)
    if act == "ecarter" and not form.is_valid():
        return _show(request, release, form, status=422)
    with refusals(request):
        messages.success(request, _act(release, act, user, form, seal=sent(request).text("seal")))
    return redirect("national_release", release.name)


def _act(release: Release, act: str, user: User, form: RejectForm, *, seal: str) -> str:
    if act in {f"signer-{side.value}" for side in Side}:
        side = Side(act.removeprefix("signer-"))
        services.sign_release(release=release, side=side, by=user, seal=seal)
        return f"La {services.SIGNATORIES[side]} a signé."
    if act == "publier":
        services.publish_release(release=release, by=user)
        return f"La publication {release.name} est ouverte au public."
    if act == "ecarter":
        services.reject_release(release=release, by=user, reason=form.cleaned_data["reason"])
        return f"La publication {release.name} est écartée."
    if act == "relire":
        services.ask_figures_check(release=release, by=user)
        return "La relecture des chiffres commence."
    if act == "relancer":
        services.restart_build(release=release, by=user)
        return "La construction reprend."
    raise Http404


def release_of(name: str) -> Release:
    year, _, number = name.partition("-")
    found = whole_number(year), whole_number(number)
    if None in found:
        raise Http404
    releases = Release.objects.select_related("campaign__version").defer("campaign__version__document")
    return get_object_or_404(releases, campaign__year=found[0], number=found[1])
