"""The fiche of one structure: its years, its gaps, its breaks, its place; nothing of any other."""

import io
from copy import deepcopy
from pathlib import Path
from typing import Any

import page
import pypdf
import pytest
from django.template.loader import render_to_string

from senacs.campaigns.models import Campaign
from senacs.collection.enums import ResponseState
from senacs.lib import clock
from senacs.observatory.answers import microdata
from senacs.observatory.enums import ReleaseState
from senacs.observatory.models import Release
from senacs.publication.fiches.composition import FicheMaker
from senacs.publication.fiches.indicators import fiche_indicators
from senacs.publication.fiches.services import render_fiche
from senacs.publication.models import FicheText
from senacs.structures.models import Agrement, Structure
from tests import factories
from tests.publication.twins import absent_from, figures_of, squeezed, texts_of_page

FICHE = """indicators:
  etp_total: "Équivalents temps plein"
  budget_total: "Budget"
  part_caf: "Part de la Caf"
  clas_enfants_moyens: "Enfants par CLAS"
"""


@pytest.fixture
def data(settings: Any, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    (folder / "indicators").mkdir(parents=True)
    for path in (factories.FIXTURES / "observatory" / "indicators").glob("*.yaml"):
        (folder / "indicators" / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "fiche.yaml").write_text(FICHE, encoding="utf-8")
    settings.DATA_DIR, settings.MICRODATA_DIR, settings.DEMO = folder, tmp_path / "microdata", False


@pytest.fixture
def structure(db: None, data: None) -> Structure:
    return factories.make_structure(name="Centre social du Plan")


@pytest.fixture
def campaigns(structure: Structure) -> list[Campaign]:
    former = factories.make_campaign(version=factories.make_questionnaire("minimal_2025"))
    return [former, factories.make_campaign()]


def answer(
    structure: Structure, campaign: Campaign, state: ResponseState = ResponseState.VALIDATED, **values: Any
) -> None:
    factories.make_response(structure=structure, campaign=campaign, values=values, state=state)


def released(campaign: Campaign, *, peers: int) -> Release:
    """A published release whose snapshot holds the structure's answers and those of `peers` others."""
    for i, other in enumerate(factories.make_structures(peers)):
        other.kind = "CS"
        answer(
            other,
            campaign,
            etp_total=str(2 + i),
            budget_total=100_000 + 9_000 * i,
            budget_caf=10_000 * (i + 1),
            budget_autres=90_000,
        )
    release = Release.objects.create(
        campaign=campaign, number=1, state=ReleaseState.PUBLISHED, created_at=clock.now(), published_at=clock.now()
    )
    microdata.write_snapshot(campaign, name=release.name)
    return release


def row(fiche: dict[str, Any], label: str) -> dict[str, Any]:
    return next(found for found in fiche["rows"] if found["label"] == label)


def test_shipped_fiche_names_a_dozen_indicators_that_exist() -> None:
    assert 10 <= len(fiche_indicators()) <= 14


def test_trajectory_holds_the_structure_s_own_years(structure: Structure, campaigns: list[Campaign]) -> None:
    answer(structure, campaigns[0], etp_total="3.5", budget_total=200_000)
    answer(
        structure,
        campaigns[1],
        ResponseState.SUBMITTED,
        etp_total="4",
        budget_total=250_000,
        budget_caf=50_000,
        budget_autres=200_000,
    )
    fiche = FicheMaker(None).compose(structure)
    trajectory = row(fiche, "Équivalents temps plein")["trajectory"]
    assert trajectory.rows == (("2024", "3,5\u00a0ETP"), ("2025", "4,0\u00a0ETP"))
    assert fiche["table"]["rows"][1] == ["Budget", "200\u202f000\u00a0€", "250\u202f000\u00a0€"]
    assert next(card for card in fiche["cards"] if card["label"] == "Budget")["note"].startswith("+25")
    assert fiche["missing"] == ["Enfants par CLAS"]
    assert any("2025" in note and "pas encore validée" in note for note in fiche["method"])


def test_drafts_are_left_out(structure: Structure, campaigns: list[Campaign]) -> None:
    answer(structure, campaigns[1], ResponseState.DRAFT, etp_total="4")
    fiche = FicheMaker(None).compose(structure)
    assert fiche["rows"] == [] and "première" in fiche["gaps"]


def test_place_among_peers_never_holds_their_figures(structure: Structure, campaigns: list[Campaign]) -> None:
    answer(structure, campaigns[1], etp_total="40", budget_total=150_000)
    fiche = FicheMaker(released(campaigns[1], peers=20)).compose(structure)
    found = row(fiche, "Équivalents temps plein")
    assert "quart le plus élevé" in found["positions"][0]
    assert "Drôme" in found["positions"][0]
    assert {name for name, _ in found["strip"].rows} == {"1er quartile", "Médiane", "3e quartile", "La structure"}


def test_too_few_peers_give_no_band(structure: Structure, campaigns: list[Campaign]) -> None:
    answer(structure, campaigns[1], etp_total="40")
    fiche = FicheMaker(released(campaigns[1], peers=8)).compose(structure)
    assert row(fiche, "Équivalents temps plein")["strip"] is None
    assert "Trop peu" in row(fiche, "Équivalents temps plein")["alone"]


def test_changed_definition_cuts_the_line_and_is_told(structure: Structure, campaigns: list[Campaign]) -> None:
    before, after = campaigns
    # Whole: parts of a document are shared with the questionnaires that tests keep.
    document = deepcopy(after.version.document)
    for section in document["sections"]:
        for question in section["questions"]:
            if question["code"] == "etp_total":
                question["unit"] = "ETP annuels"
    after.version.document = document
    after.version.checksum = "redefined".ljust(64, "0")
    after.version.save()
    answer(structure, before, etp_total="3.5")
    answer(structure, after, etp_total="4")
    fiche = FicheMaker(None).compose(structure)
    assert [change[:2] for change in fiche["changes"]] == [["Équivalents temps plein", "2025"]]
    assert "Rupture" in row(fiche, "Équivalents temps plein")["trajectory"].svg
    assert fiche["cards"][0]["note"] == "définition changée"


@pytest.mark.slow
@pytest.mark.parametrize("years", [0, 1, 2])
def test_pdf_is_accessible_and_says_the_same(structure: Structure, campaigns: list[Campaign], years: int) -> None:
    Agrement.objects.create(
        structure=structure,
        starts_on=clock.today().replace(month=1, day=1),
        ends_on=clock.today().replace(year=clock.today().year + 3),
    )
    FicheText.objects.create(structure=structure, text="Une **belle** année.\n\n- #panic() <b>", updated_at=clock.now())
    for campaign in campaigns[2 - years :]:
        answer(structure, campaign, etp_total="3.5", budget_total=200_000, budget_caf=50_000, budget_autres=150_000)
    fiche = FicheMaker(released(campaigns[1], peers=12)).compose(structure)
    content = render_fiche(fiche, at=clock.now())
    assert page.is_pdf_compliant_bytes(content, profile=page.ValidationProfile.PDF_UA_1)
    reader = pypdf.PdfReader(io.BytesIO(content))
    assert len(reader.pages) <= 4
    assert "#panic()" in squeezed("".join(p.extract_text() for p in reader.pages))
    shown = texts_of_page(render_to_string("structure/fiche_body.html", {"fiche": fiche}))
    assert figures_of(shown)
    assert absent_from(content, shown) == set()


def test_tables_tell_the_bands_of_the_fiche_and_no_more(structure: Structure, campaigns: list[Campaign]) -> None:
    answer(structure, campaigns[1], etp_total="7", budget_total=200_000, budget_caf=50_000)
    maker = FicheMaker(released(campaigns[1], peers=24))
    standings = {standing.indicator.code: standing for standing in maker.standings(structure)}
    etp, rows = standings["etp_total"], {row["label"]: row for row in maker.compose(structure)["rows"]}
    assert float(etp.value) == 7
    assert len(etp.places) == len(rows["Équivalents temps plein"]["positions"]) > 0
    # Peers have 2 to 25 ETP; the own figure is not among them.
    assert [place.bands.peers for place in etp.places] == [24] * len(etp.places)
    assert "clas_enfants_moyens" not in standings
