"""No button that will be refused: in each phase and state of a response, every form that a page offers is sent."""

import re
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.lib import clock
from senacs.publication.models import Edition
from tests import factories
from tests.walk.offered import crawl, watch_refusals
from tests.walk.rows import EVERYONE, ROWS
from tests.walk.world import OWN, make_world

PEOPLE = ("responsable", "caf", "national")
WHO = (*PEOPLE, "suppleant", "federal", "copil", "preparation", "regional", "comite")
CASES = [
    (Phase.PREPARATION, ResponseState.DRAFT, PEOPLE),
    (Phase.SAISIE, ResponseState.DRAFT, PEOPLE),
    (Phase.SAISIE, ResponseState.SUBMITTED, WHO),
    (Phase.CONTROLE, ResponseState.RETURNED, PEOPLE),
    (Phase.CONTROLE, ResponseState.SUBMITTED, ("responsable", "caf")),
    (Phase.SAISIE, ResponseState.VALIDATED, ("responsable", "caf")),
    (Phase.TRAITEMENT, ResponseState.VALIDATED, PEOPLE),
]
# What the test types, not what the page offers: a day that another day of the same world refuses.
ABOUT_WHAT_IS_TYPED = re.compile(r"Ce jour n’apporte aucun délai|Ce jour dépasse la fin du contrôle")
# Sign-in, second factors and account are the library's, walked by their own tests.
LIBRARY = ("account_", "mfa_", "socialaccount_", "proconnect_", "devices", "device_", "openid_")


def skipped(name: str) -> bool:
    row = ROWS.get(name)
    return row is None or EVERYONE in (row.read, row.write) or name.startswith(LIBRARY)


@pytest.mark.slow
@pytest.mark.once
def test_no_button_is_refused(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world(settings, tmp_path)
    response = Response.objects.get(pk=world.names[OWN]["response"])
    shutil.copytree(settings.BASE_DIR / "data" / "formation", settings.DATA_DIR / "formation")
    # Those that the walk wrote by hand hold no block.
    composed = Edition.objects.filter(level="departement").values_list("content", flat=True).first()
    Edition.objects.filter(level="commune").update(content=composed)
    head = world.identities["responsable"].user
    watched = watch_refusals(monkeypatch)
    found = []
    for phase, state, people in CASES:
        _put(response.campaign, phase)
        factories.sign(response, state, by=head)
        for who in people:
            client = world.identities[who].client()
            offered = crawl(client, ["/espace/", "/attente/"], skip=skipped, watched=watched, sent=set())
            found += [f"{phase} {state} {who}: {one}" for one in offered if not ABOUT_WHAT_IS_TYPED.search(str(one))]
    assert not found, f"{len(found)}:\n" + "\n".join(found)


def _put(campaign: Campaign, phase: Phase) -> None:
    """The campaign in a phase, its days around today."""
    days = {Phase.PREPARATION: 10, Phase.SAISIE: -30, Phase.CONTROLE: -100}.get(phase, -200)
    opens_on = clock.today() + timedelta(days=days)
    Campaign.objects.filter(pk=campaign.pk).update(
        phase=phase, opens_on=opens_on, closes_on=opens_on + timedelta(days=90),
        review_ends_on=opens_on + timedelta(days=150),
    )  # fmt: skip
