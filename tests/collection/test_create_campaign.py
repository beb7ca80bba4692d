"""`senacs create_campaign`: a campaign that structures can answer, without the demonstration."""

import pytest
from django.core.management import CommandError, call_command

from senacs.campaigns.models import Campaign
from senacs.collection.models import Response
from tests import factories

DATES = ("--du", "2026-03-16", "--au", "2026-07-10", "--controle", "2026-09-30")


def test_every_active_structure_has_its_response(cast, capsys):
    version = factories.make_questionnaire()
    call_command("create_campaign", version.code, *DATES)
    campaign = Campaign.objects.get(version=version)
    assert set(Response.objects.values_list("structure", flat=True)) == {cast.structure.pk, cast.neighbour.pk}
    factories.make_structure()
    call_command("create_campaign", version.code, *DATES)
    assert campaign.responses.count() == 3
    assert "1 structure invitée" in capsys.readouterr().out.replace("\xa0", " ")


@pytest.mark.parametrize("code", ["inconnue", "minimal-2026"])
def test_wrong_version_or_dates_are_told(code, db):
    factories.make_questionnaire()
    with pytest.raises(CommandError, match=r"Aucune version|se suivre"):
        call_command("create_campaign", code, "--du", "2026-08-01", "--au", "2026-07-10", "--controle", "2026-09-30")
    assert not Campaign.objects.exists()
