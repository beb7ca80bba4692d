"""A plaquette is signed when no key figure of its place rests on doubtful answers that nobody explained."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.test import Client
from django.urls import reverse

from senacs.accounts.enums import Role, Side
from senacs.lib import clock
from senacs.lib.refusals import Refused
from senacs.observatory.answers.microdata import folder
from senacs.observatory.models import DoubtExplanation
from senacs.observatory.plausibility.doubts import DoubtReason
from senacs.observatory.plausibility.gate import digest_of
from senacs.observatory.plausibility.influence import ResponseShare, WatchedFigure
from senacs.observatory.plausibility.reading import NamedDoubt, Plausibility, write_plausibility
from senacs.publication.editions import signing
from senacs.publication.editions.plausible import read_place
from senacs.publication.enums import EditionState
from senacs.publication.models import Edition
from senacs.structures.models import Structure
from tests import factories
from tests.publication.conftest import Committee

DATA = Path(project.DATA_DIR)


def figure(territory: str, doubtful: tuple[ResponseShare, ...]) -> WatchedFigure:
    return WatchedFigure("etp_total", "departement", territory, "", 3, 60.0, 3.0, 1.0, float("nan"), doubtful=doubtful)


@pytest.fixture
def doubtful(edition: Edition, committee: Committee, settings: Any, tmp_path: Path) -> Edition:
    """Half of the ETP of the Nord come from one doubtful answer; its neighbour's is none of its business."""
    settings.MICRODATA_DIR = tmp_path / "microdata"
    shutil.copy(DATA / "plausibility.yaml", Path(settings.DATA_DIR) / "plausibility.yaml")
    codes = tuple(Structure.objects.order_by("code").values_list("code", flat=True))
    half = (ResponseShare(0, 30.0, 1.0),)
    doubt = NamedDoubt(codes[0], "etp_total", DoubtReason.HISTORY, 30.0, 10.0, ("etp_total",))
    found = Plausibility(codes, (figure("59", half), figure("62", half)), (doubt,))
    folder(edition.release.name).mkdir(parents=True)
    write_plausibility(found, folder(edition.release.name))
    return signing.submit_edition(edition=edition, by=committee.caf)


def page(edition: Edition, user: Any) -> str:
    factories.accept_charte(user)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.get(reverse("copil_edition", args=[edition.pk])).content.decode()


def sign(edition: Edition, committee: Committee) -> Edition:
    return signing.sign_edition(edition=edition, side=Side.CAF, by=committee.caf, seal=signing.seal_of(edition))


def test_it_waits_and_says_which_figures(doubtful: Edition, committee: Committee) -> None:
    reading = read_place(doubtful)
    assert reading is not None
    assert (reading.figures, len(reading.stops), len(reading.structures)) == (1, 1, 1)
    with pytest.raises(Refused, match="1\u00a0réponse douteuse"):
        sign(doubtful, committee)
    html = page(doubtful, committee.caf)
    assert "la signature attend" in html
    assert "1\u00a0réponse douteuse" in html


def test_names_are_for_whoever_follows_the_structure(doubtful: Edition, committee: Committee) -> None:
    structure = Structure.objects.order_by("code")[0]
    response = factories.make_response(structure=structure, campaign=doubtful.release.campaign)
    assert structure.name not in page(doubtful, committee.caf)
    factories.make_mandate(committee.federation, Role.CORRESPONDANT_FEDERAL, federation=structure.federation)
    html = page(doubtful, committee.federation)
    assert structure.name in html and reverse("suivi_response", args=[response.pk]) in html


def test_explained_by_both_it_is_signed(doubtful: Edition, committee: Committee) -> None:
    structure = Structure.objects.order_by("code")[0]
    doubt = NamedDoubt(structure.code, "etp_total", DoubtReason.HISTORY, 30.0, 10.0, ("etp_total",))
    DoubtExplanation.objects.create(
        campaign=doubtful.release.campaign, structure=structure, digest=digest_of([doubt]), text="Fusion.",
        side=Side.CAF, written_by=committee.caf, written_at=clock.now(), confirmed_by=committee.federation,
        confirmed_at=clock.now(),
    )  # fmt: skip
    assert "1\u00a0réponse expliquée" in page(doubtful, committee.caf)
    assert sign(doubtful, committee).state == EditionState.SUBMITTED
    assert doubtful.signatures.count() == 1
