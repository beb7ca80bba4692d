"""Every trame that we ship makes an accessible PDF, at each of its levels that a release has."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import page
import pytest
from django.conf import settings as configured
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import RequestFactory

from senacs.lib.pdf import rendering
from senacs.observatory.enums import ReleaseState
from senacs.observatory.models import Release
from senacs.observatory.releases.reader import reader_for
from senacs.publication.documents import plaquettes
from senacs.publication.documents.printed_register import read_register
from senacs.publication.editions import drafts
from senacs.publication.models import Edition
from senacs.publication.trames import load_trame
from senacs.territories.queries import Territory, get_territory
from senacs.web.public.editions import _shown
from tests import factories
from tests.publication.conftest import AT
from tests.publication.filled import fill_of
from tests.publication.releases import sample_release
from tests.publication.twins import absent_from, figures_of, figures_only_in, texts_of_page

TRAMES = sorted((Path(configured.DATA_DIR) / "trames").glob("*.yaml"))
PLACES = {"departement": "59", "region": "32", "france": "FR"}


def page_of(document: dict[str, Any]) -> str:
    blocks = [_shown(block) for block in document["blocks"]]
    context = {"document": {**document, "blocks": blocks, "signatures": []}, "edition": Edition(), "newest": None}
    return render_to_string("public/edition.html", context, request=anonymous())


def whole_twin(document: dict[str, Any]) -> list[str]:
    """The texts of the same document on screen, its heading too."""
    return texts_of_page(page_of(document))


def twin(document: dict[str, Any]) -> list[str]:
    """The texts of its blocks alone."""
    whole = page_of(document)
    start = whole.index("</nav>", whole.index('class="sn-contents"'))
    return texts_of_page(whole[start : whole.rindex("</details>")])


def anonymous() -> HttpRequest:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    return request


# A page that ends a chapter is less full than others; one line alone on a page is a fault.
HALF_EMPTY = 0.3
CASES = [(path, level) for path in TRAMES for level in load_trame(path).levels if level in PLACES]


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(("path", "level"), CASES, ids=lambda value: getattr(value, "stem", value))
def test_trame_makes_an_accessible_pdf(path: Path, level: str, settings: Any, tmp_path: Path) -> None:
    settings.RELEASES_DIR, settings.DEMO = tmp_path, False
    lille = factories.make_commune("59350", "Lille", departement=factories.make_departement("59", "Nord", region="32"))
    campaign = factories.make_campaign(year=2026)
    factories.make_invited(factories.make_structure(name="Centre social de Fives", commune=lille), campaign)
    release = Release.objects.create(
        campaign=campaign, number=1, state=ReleaseState.PUBLISHED, created_at=AT, published_at=AT
    )
    sample_release(names_of=load_trame(path).indicators).write(release.directory)
    trame = load_trame(path)
    content = drafts.initial(trame)
    for block in drafts.missing_blocks(trame, content):
        content = drafts.add_block(trame, content, block.code)
    content = drafts.write_block(content, "portrait", {"text": "Un **récit**.\n\n- un\n- deux"})
    document = plaquettes.compose_plaquette(
        release=release, level=level, code=PLACES[level], trame=drafts.apply(trame, content, {})
    )
    assert {"couverture", "portrait", "methode"} <= {block["kind"] for block in document["blocks"]}
    written = rendering.render(plaquettes.TEMPLATE, document, title="Essai", at=AT)
    assert page.is_pdf_compliant_bytes(written, profile=page.ValidationProfile.PDF_UA_1)
    *pages, _ = fill_of(written)
    assert min(pages, default=1) > HALF_EMPTY, pages
    shown = twin(document)
    assert len(figures_of(shown)) > 10
    assert absent_from(written, shown) == set()
    assert figures_only_in(written, whole_twin(document)) == set()


@pytest.mark.slow
@pytest.mark.django_db
def test_local_trame_makes_an_accessible_pdf(settings: Any, tmp_path: Path) -> None:
    settings.RELEASES_DIR, settings.DEMO = tmp_path, False
    lille = factories.make_commune("59350", "Lille", departement=factories.make_departement("59", "Nord", region="32"))
    campaign = factories.make_campaign(year=2026)
    structures = [factories.make_structure(name=f"Centre social « L’Été » n° {i}", commune=lille) for i in range(6)]
    for structure in structures:
        factories.make_invited(structure, campaign)
    release = Release.objects.create(
        campaign=campaign, number=1, state=ReleaseState.PUBLISHED, created_at=AT, published_at=AT
    )
    trame = load_trame(Path(configured.DATA_DIR) / "trames" / "locale.yaml")
    sample_release(names_of=trame.indicators).write(release.directory)
    nord = get_territory("departement", "59")
    assert nord is not None
    here = Territory("groupe", "G1", "Les centres de la vallée, un nom plutôt long", None, (*nord.parents, nord))
    reader = reader_for(release)
    cells = [replace(cell, level="groupe", territory="G1") for cell in reader.cells("departement", "59")]
    own = {structures[0].code: {"total_budget_total": 120_000.0, "total_benevoles_total": None}}
    register = read_register(campaign=campaign, territory=here, structures=[s.pk for s in structures])
    source = plaquettes.Source(release, reader.beside(cells), here, register, whose="Six.", counted=6, named=own)
    document = plaquettes.compose(source, trame=drafts.apply(trame, drafts.initial(trame), {}))
    (named,) = [block for block in document["blocks"] if block["kind"] == "structures_nommees"]
    assert named["table"]["rows"][0][0] == structures[0].name and register.mine == "59"
    written = rendering.render(plaquettes.TEMPLATE, document, title="Essai", at=AT)
    assert page.is_pdf_compliant_bytes(written, profile=page.ValidationProfile.PDF_UA_1)
    assert absent_from(written, twin(document)) == set()
    assert figures_only_in(written, whole_twin(document)) == set()


@pytest.mark.django_db
def test_region_and_departement_of_the_same_code_are_not_taken_for_each_other() -> None:
    campaign = factories.make_campaign(year=2026)
    factories.make_departement("04", "Alpes-de-Haute-Provence", region="93")
    island = factories.make_departement("974", "La Réunion", region="04")
    assert read_register(campaign=campaign, territory=Territory("region", "04", "La Réunion", None)).mine == island.pk
