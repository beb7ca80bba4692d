"""Every trame that we ship makes an accessible PDF, at each of its levels that a release has."""

from pathlib import Path
from typing import Any

import page
import pytest
from django.conf import settings as configured

from senacs.lib import pdf
from senacs.observatory.enums import ReleaseState
from senacs.observatory.models import Release
from senacs.publication import drafts, services
from senacs.publication.trames import load_trame
from tests import factories
from tests.publication.conftest import AT
from tests.publication.releases import sample_release

TRAMES = sorted((Path(configured.DATA_DIR) / "trames").glob("*.yaml"))
PLACES = {"departement": "59", "region": "32", "france": "FR"}
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
    document = services.compose_plaquette(
        release=release, level=level, code=PLACES[level], trame=drafts.apply(trame, content, {})
    )
    assert {"couverture", "portrait", "methode"} <= {block["kind"] for block in document["blocks"]}
    written = pdf.render(services.TEMPLATE, document, title="Essai", at=AT)
    assert page.is_pdf_compliant_bytes(written, profile=page.ValidationProfile.PDF_UA_1)
