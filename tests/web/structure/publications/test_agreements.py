"""« Accords demandés »: who reads, who answers, on the pages of the structure."""

from collections.abc import Callable

import pytest
from django.test import Client

from senacs.accounts.models import User
from senacs.lib import clock
from senacs.observatory.models import Release
from senacs.publication.enums import AgreementState
from senacs.publication.models import Agreement, Edition, LocalGroup
from tests import factories
from tests.factories import Cast

SignIn = Callable[[User], Client]


@pytest.fixture
def agreement(cast: Cast) -> Agreement:
    now, campaign = clock.now(), factories.make_campaign()
    group = LocalGroup.objects.create(
        campaign=campaign,
        departement=cast.structure.departement,
        level="groupe",
        name="Les centres de la vallée",
        purpose="Préparer la rencontre avec la ville.",
        asked_at=now,
        asked_by=cast.copil,
    )
    Edition.objects.create(
        release=Release.objects.create(campaign=campaign, number=1, created_at=now),
        level="groupe",
        code=group.territory_code,
        trame="locale",
        group=group,
        created_at=now,
        created_by=cast.copil,
        updated_at=now,
    )
    return Agreement.objects.create(group=group, structure=cast.structure)


def test_structure_reads_what_it_is_asked_and_answers(cast: Cast, agreement: Agreement, sign_in: SignIn) -> None:
    client = sign_in(cast.responsable)
    page = client.get("/saisie/accords/").content.decode()
    assert "Préparer la rencontre avec la ville." in page and "checked" not in page
    for answer, state, is_named in (
        ("nom", AgreementState.ACCEPTED, True),
        ("ensemble", AgreementState.ACCEPTED, False),
        ("non", AgreementState.DECLINED, False),
        ("non", AgreementState.DECLINED, False),
    ):
        client.post(f"/saisie/accords/{agreement.pk}/", {"reponse": answer})
        agreement.refresh_from_db()
        assert (agreement.state, agreement.is_named) == (state, is_named)
    assert agreement.events.count() == 3
    client.post(f"/saisie/accords/{agreement.pk}/", {"reponse": "peut-être"})
    assert agreement.events.count() == 3


def test_suppleant_reads_and_does_not_answer(cast: Cast, agreement: Agreement, sign_in: SignIn) -> None:
    client = sign_in(cast.suppleant)
    assert "Le responsable de la saisie répond" in client.get("/saisie/accords/").content.decode()
    assert client.post(f"/saisie/accords/{agreement.pk}/", {"reponse": "ensemble"}).status_code == 403


@pytest.mark.parametrize("who", ["neighbour_responsable", "copil", "correspondant_caf", "national"])
def test_others_do_not_know_of_it(cast: Cast, agreement: Agreement, sign_in: SignIn, who: str) -> None:
    client = sign_in(cast.users()[who])
    assert "vallée" not in client.get("/saisie/accords/").content.decode()
    assert client.post(f"/saisie/accords/{agreement.pk}/", {"reponse": "ensemble"}).status_code == 404
