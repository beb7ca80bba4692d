"""The control seen by the comité technique: the effect of each rule, the checks of the campaign."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from senacs.accounts.permissions import can_manage_questionnaire
from senacs.campaigns.queries import current_campaign
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.review.recheck import change_rules, recheck_campaign
from senacs.review.rule_effect import LEAST, rule_effects
from senacs.review.settings import load_settings
from senacs.web.incoming import LONGEST_SEARCH, asked, sent
from senacs.web.national.access import questionnaire_manager, rules_reader
from senacs.web.refusals import refusals

PER_PAGE = 50


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every rule with what it finds and changes, and what the last check said."""
    user = rules_reader(request)
    campaign = current_campaign()
    if campaign is None:
        return render(request, "national/no_campaign.html")
    recheck = campaign.rechecks.select_related("settings").first()
    search = asked(request).text("q", longest=LONGEST_SEARCH)
    context = {
        "campaign": campaign,
        "page": Paginator(rule_effects(campaign, search=search), PER_PAGE).get_page(asked(request).page()),
        "q": search,
        "query": f"q={search}" if search else "",
        "least": LEAST,
        "recheck": recheck,
        "may_change": can_manage_questionnaire(user),
        "others": QuestionnaireVersion.objects.filter(year=campaign.year)
        .exclude(pk=campaign.version_id)
        .defer("document")
        .order_by("code"),
        "counts": {
            name: sum(getattr(recheck, name).values()) if recheck is not None else 0
            for name in ("appeared", "persisted", "vanished")
        },
    }
    return render(request, "national/rules.html", context)


@require_POST
def check_again(request: HttpRequest) -> HttpResponse:
    """Reads the settings of data/controls again and checks the whole campaign in the background."""
    user, campaign = rules_reader(request), current_campaign()
    if campaign is not None:
        with refusals(request):
            load_settings(campaign=campaign, by=user)
            recheck_campaign(campaign=campaign, by=user)
            messages.success(request, "Le contrôle de la campagne est relancé : cette page en dit l’avancement.")
    return redirect("national_rules")


@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Gives the campaign under way the rules of another version of the same questions, and checks it again."""
    user, campaign = questionnaire_manager(request), current_campaign()
    version = get_object_or_404(QuestionnaireVersion, code=sent(request).text("version"))
    if campaign is not None:
        with refusals(request):
            change_rules(campaign=campaign, version=version, by=user)
            messages.success(request, f"Les règles sont celles de la version {version.code} ; le contrôle est relancé.")
    return redirect("national_rules")
