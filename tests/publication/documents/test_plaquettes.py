"""The départemental plaquette: what it prints is what the release says, and it stays decent when that is nothing."""

import hashlib
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import page
import pypdf
import pytest
from django.core.management import CommandError, call_command

from senacs.campaigns.models import InvitedStructure
from senacs.lib import clock
from senacs.lib.refusals import Refused
from senacs.observatory import frozen_files
from senacs.observatory.enums import ReleaseState
from senacs.observatory.models import Release
from senacs.publication.documents import plaquettes
from senacs.publication.editions.shelf import file_of, find_plaquette, is_intact
from senacs.publication.trames import load_trame
from senacs.territories.models import Boundary, Commune, LoadedVintage
from tests import factories
from tests.publication.releases import sample_release

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
LONG = "Espace de vie sociale itinérant du pays de la haute vallée, association intercommunale d’éducation populaire"
TRAME = """code: essai
title: Centres sociaux
level: departement
blocks:
  - kind: couverture
  - {kind: editorial, title: Avant-propos, texts: [{author: caf}, {author: federation}]}
  - {kind: texte, title: Définition, register: true, columns: [{title: Le centre social, text: Un lieu.}]}
  - {kind: carte, title: Carte}
  - {kind: chiffres_cles, title: Essentiel}
  - kind: chapitre
    title: Équipes
    theme: emplois
    figures: [salaries_total, inconnu]
    visuals:
      - {kind: composition, title: ETP par fonction, indicators: [etp_direction, etp_accueil, etp_animation]}
      - {kind: comparaison, title: ETP par structure, indicator: etp_total}
      - {kind: parts, title: Repères, indicators: {directeur_present: Direction pourvue, referent_familles: Familles}}
      - {kind: modalites, title: Conventions, indicator: convention_collective}
      - {kind: ages, title: Âges, indicators: [participants_0_6, participants_7_10, participants_75_plus]}
      - {kind: parts, title: Inconnus, indicators: [inconnu]}
  - {kind: liste_structures, title: Liste}
  - {kind: methode, title: Méthode}
  - {kind: fiche_nationale, title: Fiche nationale}
  - {kind: annexe, title: Annexe}
"""

Maker = Callable[..., Release]


@pytest.fixture
def make_release(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Maker:
    settings.RELEASES_DIR, settings.MEDIA_ROOT, settings.DEMO = tmp_path / "releases", tmp_path / "media", False
    trame = tmp_path / "departementale.yaml"
    trame.write_text(TRAME, encoding="utf-8")
    monkeypatch.setattr(plaquettes, "trame_for", lambda level: load_trame(trame))

    def make(*, suppressed: frozenset[str] = frozenset(), structures: int = 3) -> Release:
        nord = factories.make_departement("59", "Nord", region="32")
        lozere = factories.make_departement("62", "Pas-de-Calais", region="32")
        campaign = factories.make_campaign(year=2026)
        lille = factories.make_commune("59350", "Lille", departement=nord)
        names = [LONG, '#panic("non") <script> *Étoile*', *(f"Centre {i}" for i in range(structures))]
        for name in names:
            factories.make_invited(factories.make_structure(name=name, commune=lille), campaign)
        factories.make_invited(
            factories.make_structure(commune=factories.make_commune("62041", "Arras", departement=lozere)), campaign
        )
        for i, code in enumerate(("59", "62")):
            ring = [[3 + i, 50], [4 + i, 50], [4 + i, 51], [3 + i, 51], [3 + i, 50]]
            Boundary.objects.create(
                level="departement",
                code=code,
                vintage="essai",
                source="contours d’essai",
                geometry={"type": "Polygon", "coordinates": [ring]},
            )
        LoadedVintage.objects.create(dataset="boundaries-departement", vintage="essai", checksum="x", loaded_at=AT)
        release = Release.objects.create(
            campaign=campaign, number=1, state=ReleaseState.PUBLISHED, created_at=AT, published_at=AT
        )
        sample_release(suppressed=suppressed).write(release.directory)
        release.manifest = {"files": frozen_files.fingerprints(release.directory)}
        release.save()
        return release

    return make


def text_of(path: Path) -> str:
    return " ".join(" ".join(p.extract_text() for p in pypdf.PdfReader(path).pages).replace("\u00ad", "").split())


def squeezed(text: str) -> str:
    """Without spaces and hyphens: lines are broken and words cut where the page wants it."""
    return re.sub(r"\s|-", "", text)


@pytest.mark.slow
def test_plaquette_prints_the_figures_of_the_release(make_release: Maker) -> None:
    plaquette = plaquettes.build_plaquette(release=make_release(), level="departement", code="59")
    content = file_of(plaquette).read_bytes()
    assert page.validate_pdf_bytes(content, profile=page.ValidationProfile.PDF_UA_1).is_compliant
    text = text_of(file_of(plaquette))
    for expected in (
        "1 064 personnes",  # total of the département
        "en moyenne par structure CS EVS Nord 35,5 13,3",
        "France 31,9 12,0",
        "27,4 M€",
        "D’abord : Animation (69 %), puis Accueil (18 %) et Direction (13 %).",
        "Direction pourvue : 96 % des structures.",
        "ont répondu à l’enquête",
        "Annexe",
        "contours d’essai",
        LONG,
        '#panic("non") <script> *Étoile*',
    ):
        assert squeezed(expected) in squeezed(text), expected
    assert "Inconnus" not in text
    # Nobody wrote nor signed: no words before the figures, and each page says what it is.
    assert "Avant-propos" not in text and "personne ne l’a encore signé" in text
    assert all("Document de travail" in page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    assert plaquette.pages == len(pypdf.PdfReader(io.BytesIO(content)).pages)
    assert plaquette.checksum == hashlib.sha256(content).hexdigest()


@pytest.mark.slow
def test_every_figure_of_the_composition_is_in_the_pdf(make_release: Maker) -> None:
    release = make_release()
    document: Any = plaquettes.compose_plaquette(release=release, level="departement", code="59")
    text = text_of(file_of(plaquettes.build_plaquette(release=release, level="departement", code="59")))
    cells = [
        cell
        for block in document["blocks"]
        for table in [*block.get("tables", ()), *block.get("groups", ()), block.get("table"), block.get("rates")]
        if isinstance(table, dict) and "rows" in table
        for row in table["rows"]
        for cell in row
    ]
    cells += [card["value"] for block in document["blocks"] for card in block.get("cards", ())]
    assert len(cells) > 80
    assert [cell for cell in cells if squeezed(cell) not in squeezed(text)] == []


def test_same_release_same_bytes(make_release: Maker) -> None:
    release = make_release()
    first = plaquettes.build_plaquette(release=release, level="departement", code="59")
    with clock.frozen(datetime(2027, 1, 1, tzinfo=UTC)):
        second = plaquettes.build_plaquette(release=release, level="departement", code="59")
    assert (first.pk, first.checksum) == (second.pk, second.checksum)
    assert second.built_at.year == 2027


@pytest.mark.slow
def test_a_territory_without_any_publishable_figure_says_so(make_release: Maker) -> None:
    release = make_release(suppressed=frozenset({"59"}))
    plaquette = plaquettes.build_plaquette(release=release, level="departement", code="59")
    content = file_of(plaquette).read_bytes()
    assert page.is_pdf_compliant_bytes(content, profile=page.ValidationProfile.PDF_UA_1)
    text = text_of(file_of(plaquette))
    assert "trop peu de structures ont répondu" in text
    assert "chiffres masqués (secret statistique)" in text
    assert "Repères (Région 32)" in text
    assert "1 064" not in text
    document: Any = plaquettes.compose_plaquette(release=release, level="departement", code="59")
    assert all(card["value"] == "s." for block in document["blocks"] for card in block.get("cards", ()))


def test_nothing_of_another_departement_is_listed(make_release: Maker) -> None:
    document: Any = plaquettes.compose_plaquette(release=make_release(), level="departement", code="59")
    (listed,) = [block for block in document["blocks"] if block["kind"] == "liste_structures"]
    assert {row[0] for group in listed["groups"] for row in group["rows"]} == {"Lille"}


@pytest.mark.slow
def test_demonstration_is_marked_as_fictitious(make_release: Maker, settings: Any) -> None:
    settings.DEMO = True
    plaquette = plaquettes.build_plaquette(release=make_release(), level="departement", code="59")
    assert "Données de démonstration : ce document est fictif." in text_of(file_of(plaquette))


@pytest.mark.slow
def test_chapters_leave_no_page_for_a_last_line(make_release: Maker) -> None:
    plaquette = plaquettes.build_plaquette(release=make_release(structures=60), level="departement", code="59")
    pages = [p.extract_text() for p in pypdf.PdfReader(file_of(plaquette)).pages]
    assert all(len(text) > 150 for text in pages), [len(text) for text in pages]


@pytest.mark.parametrize(("level", "code"), [("departement", "00"), ("commune", "59350")])
def test_unknown_territories_are_refused(make_release: Maker, level: str, code: str) -> None:
    with pytest.raises(Refused):
        plaquettes.build_plaquette(release=make_release(), level=level, code=code)


def test_command_goes_on_where_it_stopped(make_release: Maker, capsys: pytest.CaptureFixture[str]) -> None:
    release = make_release()
    call_command("build_plaquettes", 2026, departement=["59"])
    assert "1\u00a0plaquette construite" in capsys.readouterr().out
    call_command("build_plaquettes", 2026, all=True)
    out = capsys.readouterr().out
    assert "1\u00a0plaquette déjà construite" in out
    assert "0\u00a0plaquette construite" in out
    plaquette = find_plaquette(release=release, level="departement", code="59")
    assert plaquette is not None
    file_of(plaquette).write_bytes(b"%PDF damaged")
    assert not is_intact(plaquette)
    call_command("build_plaquettes", 2026, departement=["59"])
    assert is_intact(plaquette)


def test_command_explains_what_it_cannot_do(make_release: Maker) -> None:
    make_release()
    with pytest.raises(CommandError, match="La campagne 2031 n’a pas"):
        call_command("build_plaquettes", 2031, all=True)
    with pytest.raises(CommandError, match="Département inconnu : 2Z"):
        call_command("build_plaquettes", 2026, departement=["2Z"])


def test_map_of_a_departement_shows_where_its_structures_are(make_release: Maker) -> None:
    """The register's communes have a place or none; those that have stand on a map of their own, without links."""
    release = make_release()
    invited = InvitedStructure.objects.filter(campaign=release.campaign, departement_code="59")

    def located() -> Any:
        document: Any = plaquettes.compose_plaquette(release=release, level="departement", code="59")
        (block,) = [block for block in document["blocks"] if block["kind"] == "carte"]
        return block["points"]

    Commune.objects.update(latitude=None, longitude=None)
    assert located() is None
    Commune.objects.filter(departement="59").update(latitude=50.6, longitude=3.06)
    told = located()["alt"].replace("\u00a0", " ")
    assert f"{invited.count()} structures dans 1 commune." in told
    assert "<a " not in located()["svg"]
