"""The settings of a campaign's control: read from data/controls, kept by version."""

from pathlib import Path

import yaml
from django.conf import settings
from django.db import transaction

from senacs.accounts.models import User
from senacs.campaigns.models import Campaign
from senacs.lib import clock
from senacs.lib.refusals import Refused
from senacs.questionnaire.queries import get_compiled
from senacs.review.editing.parameters import Parameters, ParametersError, parameters_of
from senacs.review.models import ControlSettings

# How long a value may stay without the other correspondent's reaction, where no settings say it.
DEFAULT = Parameters()


@transaction.atomic
def load_settings(*, campaign: Campaign, path: Path | None = None, by: User | None = None) -> ControlSettings | None:
    """Stores data/controls/<year>.yaml as the campaign's next version of settings; the same content is kept as it is.

    None when there is no such file. Raises Refused with every error in `details`.
    """
    path = path or Path(settings.DATA_DIR) / "controls" / f"{campaign.year}.yaml"
    if not path.exists():
        return current_settings(campaign)
    document = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    try:
        parameters_of(document, get_compiled(campaign.version).questionnaire.fields, name=path.name)
    except ParametersError as error:
        raise Refused("Les réglages du contrôle ne conviennent pas à ce questionnaire.", error.errors) from error
    Campaign.objects.select_for_update().get(pk=campaign.pk)
    last = current_settings(campaign)
    if last is not None and last.document == document:
        return last
    number = last.number + 1 if last else 1
    return ControlSettings.objects.create(campaign=campaign, number=number, document=document, at=clock.now(), by=by)


def current_settings(campaign: Campaign) -> ControlSettings | None:
    """The newest settings of the campaign."""
    return ControlSettings.objects.filter(campaign=campaign).order_by("-number").first()


def parameters_for(campaign: Campaign, chosen: ControlSettings | None = None) -> Parameters:
    """The parameters in force, or those of one version; the defaults, without key totals, where none was loaded."""
    chosen = chosen or current_settings(campaign)
    if chosen is None:
        return DEFAULT
    return parameters_of(chosen.document, get_compiled(campaign.version).questionnaire.fields)
