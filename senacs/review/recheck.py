"""Asking for a check of the whole campaign: as it is, or under other rules."""

from django.db import transaction

from senacs.accounts.models import User
from senacs.accounts.permissions import can_manage_campaigns, can_manage_questionnaire
from senacs.campaigns.models import Campaign
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused
from senacs.questionnaire import states as version_states
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.questionnaire.queries import get_compiled
from senacs.review import tasks
from senacs.review.enums import RecheckState
from senacs.review.models import Recheck
from senacs.review.settings import current_settings


def recheck_campaign(*, campaign: Campaign, by: User | None) -> Recheck:
    """Has every response of the campaign checked again in the background, with its newest settings.

    Raises NotAllowed, and Refused when a check is under way already.
    """
    recheck = prepare_recheck(campaign=campaign, by=by)
    transaction.on_commit(lambda: tasks.recheck.enqueue(recheck.pk))
    return recheck


@transaction.atomic
def prepare_recheck(*, campaign: Campaign, by: User | None) -> Recheck:
    """The check to be run, stored. Raises as `recheck_campaign`."""
    if by is not None and not (can_manage_campaigns(by) or can_manage_questionnaire(by)):
        raise NotAllowed("Seuls l’équipe nationale et le comité technique relancent le contrôle.")
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if campaign.rechecks.filter(state__in=[RecheckState.WAITING, RecheckState.RUNNING]).exists():
        raise Refused("Un contrôle de cette campagne est déjà en cours.")
    return Recheck.objects.create(
        campaign=campaign,
        version=campaign.version,
        settings=current_settings(campaign),
        total=campaign.responses.filter(revision__gt=0).count(),
        asked_at=clock.now(),
        by=by,
    )


@transaction.atomic
def change_rules(*, campaign: Campaign, version: QuestionnaireVersion, by: User) -> Recheck:
    """Gives a running campaign a version with other rules for the same fields, and checks everything again.

    Raises Refused when a field, a condition or a total differs: only rules may change once people have answered.
    """
    if not can_manage_questionnaire(by):
        raise NotAllowed("Seul le comité technique change les règles.")
    now, then = get_compiled(campaign.version).questionnaire, get_compiled(version).questionnaire
    if now.sections != then.sections or now.year != then.year:
        raise Refused(
            "Cette version change aussi des questions : seules les règles peuvent changer en cours d’enquête."
        )
    if not version.is_frozen:
        # Its questions are those of a version asked already: what the comité technique decided of them holds.
        version_states.apply(version, "freeze")
    campaign.version = version
    campaign.save(update_fields=["version"])
    return recheck_campaign(campaign=campaign, by=by)
