"""The national team: progress, phases, releases; who may what."""

from collections.abc import Callable

import pytest
from django.test import Client

from senacs.accounts.enums import Role, Side
from senacs.accounts.models import User
from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign
from senacs.collection.enums import ResponseState
from senacs.lib import clock
from senacs.observatory.enums import ReleaseState
from senacs.observatory.models import Release
from tests import factories
from tests.factories import Cast

SignIn = Callable[[User], Client]


@pytest.fixture
def candidate(campaign: Campaign) -> Release:
    return Release.objects.create(
        campaign=campaign, number=1, state=ReleaseState.CANDIDATE, created_at=clock.now(), manifest={"files": []}
    )


def test_progress_is_counted_by_departement(cast: Cast, campaign: Campaign, sign_in: SignIn):
    factories.make_response(
        structure=cast.structure, campaign=campaign, state=ResponseState.SUBMITTED, by=cast.responsable
    )
    factories.make_response(structure=cast.neighbour, campaign=campaign)
    page = sign_in(cast.national).get("/national/").content.decode()
    assert page.index("Nord (59)") < page.index("Drôme (26)"), "the one that lags comes first"
    assert cast.structure.name not in page, "counts only"


@pytest.mark.parametrize(
    ("role", "status"),
    [("national", 200), ("comite_technique", 200), ("correspondant_caf", 403), ("responsable", 403), ("copil", 403)],
)
def test_progress_is_for_the_national_level(role: str, status: int, cast: Cast, campaign: Campaign, sign_in: SignIn):
    assert sign_in(getattr(cast, role)).get("/national/").status_code == status


@pytest.fixture
def fcsf(cast: Cast) -> User:
    user = factories.make_user("fcsf@exemple.fr")
    factories.make_mandate(user, Role.NATIONAL, side=Side.FEDERATION)
    return user


def test_phase_is_proposed_by_one_and_confirmed_by_the_other(
    cast: Cast, fcsf: User, campaign: Campaign, sign_in: SignIn
):
    factories.make_response(structure=cast.structure, campaign=campaign, values={"salaries_total": 7})
    url = f"/national/campagnes/{campaign.year}/phase/close/"
    client = sign_in(cast.national)
    assert "1 réponse commencée" in client.get(url).content.decode().replace("\xa0", " ")
    assert client.post(url, {"reason": ""}).headers["Location"] == url
    assert client.post(f"{url}confirmer/").status_code == 403
    assert Campaign.objects.get().phase == Phase.SAISIE
    assert "Un changement attend" in client.get("/national/").content.decode()
    client = sign_in(fcsf)
    assert "Confirmer : clore la saisie" in client.get(url).content.decode()
    client.post(f"{url}confirmer/")
    assert Campaign.objects.get().phase == Phase.CONTROLE
    assert "National Martin et" in " ".join(client.get("/national/").content.decode().split())
    assert "n’est pas possible" in client.get(url).content.decode()


def test_a_proposal_is_turned_down(cast: Cast, fcsf: User, campaign: Campaign, sign_in: SignIn):
    url = f"/national/campagnes/{campaign.year}/phase/close/"
    sign_in(cast.national).post(url, {"reason": ""})
    client = sign_in(fcsf)
    client.post(f"{url}retirer/")
    assert Campaign.objects.get().phase == Phase.SAISIE
    assert client.post(f"{url}confirmer/").status_code == 404
    assert "Proposer ce changement" in client.get(url).content.decode()


def test_reopening_asks_why_and_unknown_changes_are_not_found(
    cast: Cast, fcsf: User, campaign: Campaign, sign_in: SignIn
):
    Campaign.objects.update(phase=Phase.CONTROLE)
    client = sign_in(cast.national)
    reply = client.post(f"/national/campagnes/{campaign.year}/phase/reopen_entry/", {"reason": " "})
    assert reply.status_code == 422 and "demande un motif" in reply.content.decode()
    assert client.get(f"/national/campagnes/{campaign.year}/phase/fermer/").status_code == 404


def test_comite_technique_moves_no_phase(cast: Cast, campaign: Campaign, sign_in: SignIn):
    url = f"/national/campagnes/{campaign.year}/phase/close/"
    assert sign_in(cast.comite_technique).post(url, {"reason": ""}).status_code == 403
    campaign.refresh_from_db()
    assert campaign.phase == Phase.SAISIE


@pytest.mark.parametrize("role", ["comite_technique", "correspondant_federal", "responsable", "regional"])
def test_releases_are_for_the_national_team(role: str, cast: Cast, candidate: Release, sign_in: SignIn):
    client = sign_in(getattr(cast, role))
    assert client.get("/national/publications/").status_code == 403
    assert client.post(f"/national/publications/{candidate.name}/publier/").status_code == 403


def test_release_without_a_validated_response_is_refused_with_its_reason(
    cast: Cast, campaign: Campaign, sign_in: SignIn
):
    client, sent = sign_in(cast.national), {"campaign": campaign.pk}
    assert "La saisie de la campagne" in client.post("/national/publications/nouvelle/", sent).content.decode()
    Campaign.objects.filter(pk=campaign.pk).update(phase=Phase.CONTROLE)
    page = client.post("/national/publications/nouvelle/", sent)
    assert page.status_code == 422
    assert "aucune réponse validée" in page.content.decode()
    assert not Release.objects.exists()


def test_each_side_signs_for_itself_and_publication_waits_for_both(
    cast: Cast, candidate: Release, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
):
    url = f"/national/publications/{candidate.name}"
    for gate in ("refuse_altered", "refuse_leaking"):  # each has its tests
        monkeypatch.setattr(f"senacs.observatory.services.{gate}", lambda release: None)
    monkeypatch.setattr("senacs.observatory.frozen_files.freeze", lambda directory: None)
    monkeypatch.setattr("senacs.web.national.releases.reader_for", lambda release: type("R", (), {"methodology": None}))
    factories.checked(candidate)
    fcsf = factories.make_user("fcsf@exemple.fr")
    factories.make_mandate(fcsf, Role.NATIONAL, side=Side.FEDERATION)
    client = sign_in(cast.national)
    assert "Seule une personne mandatée" in client.post(f"{url}/signer-federation/", follow=True).content.decode()
    client.post(f"{url}/signer-caf/", {"seal": candidate.seal})
    assert "Il manque la signature de" in client.post(f"{url}/publier/", follow=True).content.decode()
    sign_in(fcsf).post(f"{url}/signer-federation/", {"seal": candidate.seal})
    sign_in(fcsf).post(f"{url}/publier/")
    candidate.refresh_from_db()
    assert candidate.state == ReleaseState.PUBLISHED


def test_progress_refreshes_the_page_when_the_build_ends(cast: Cast, candidate: Release, sign_in: SignIn):
    response = sign_in(cast.national).get(f"/national/publications/{candidate.name}/avancement/")
    assert response["HX-Refresh"] == "true"


@pytest.mark.parametrize("name", ["2026-9", "abc", "2026", "2026-x"])
def test_unknown_release_is_not_found(name: str, cast: Cast, campaign: Campaign, sign_in: SignIn):
    assert sign_in(cast.national).get(f"/national/publications/{name}/").status_code == 404
