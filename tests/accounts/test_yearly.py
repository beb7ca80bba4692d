"""Once a year an institution says of each mandate that it holds: which wait, who may say it, what is kept."""

from datetime import timedelta

import pytest

from senacs.accounts.enums import RightsAct
from senacs.accounts.models import Mandate, RightsEntry
from senacs.accounts.yearly import A_YEAR, mandates_to_reaffirm, reaffirm_mandates
from senacs.agenda.waiting import waiting_for
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused
from tests.factories import Cast


@pytest.fixture
def old(cast: Cast) -> Cast:
    Mandate.objects.update(starts_on=clock.today() - A_YEAR)
    return cast


def test_mandates_wait_a_year_after_their_start_or_the_last_word(old: Cast) -> None:
    caf = old.correspondant_caf
    waiting = {mandate.user for mandate in mandates_to_reaffirm(caf)}
    assert {old.responsable, old.suppleant, old.copil} <= waiting and caf not in waiting
    assert old.neighbour_responsable not in waiting
    kinds = [found.kind.name for column in waiting_for(caf).values() for found in column]
    assert "mandates_to_reaffirm" in kinds
    done = reaffirm_mandates(mandates=mandates_to_reaffirm(caf), by=caf)
    assert done == len(waiting) == RightsEntry.objects.filter(act=RightsAct.REAFFIRMED).count()
    assert not mandates_to_reaffirm(caf).exists()
    with clock.frozen(clock.now() + timedelta(days=366)):
        assert {mandate.user for mandate in mandates_to_reaffirm(caf)} == waiting


def test_nobody_says_it_of_oneself_nor_of_those_of_others(old: Cast) -> None:
    caf = old.correspondant_caf
    with pytest.raises(Refused, match="autre que soi"):
        reaffirm_mandates(mandates=caf.mandates.all(), by=caf)
    with pytest.raises(NotAllowed):
        reaffirm_mandates(mandates=old.neighbour_responsable.mandates.all(), by=caf)
    assert not Mandate.objects.filter(reaffirmed_on__isnull=False).exists()
