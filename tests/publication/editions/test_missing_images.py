"""An image whose file is gone: a frame in the preview, a sentence before anything is submitted or published."""

from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from senacs.accounts.enums import Side
from senacs.lib.refusals import Refused
from senacs.publication.editions import composing, drafts, signing
from senacs.publication.enums import ImageKind
from senacs.publication.models import Edition, EditionImage
from tests.publication.conftest import Committee
from tests.publication.editions.test_images import jpeg
from tests.web.copil.test_views import as_user

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture
def logo(edition: Edition, committee: Committee) -> EditionImage:
    """A logo of the cover, printed by the edition."""
    image = composing.add_image(
        edition=edition, content=jpeg(400, 300), kind=ImageKind.LOGO, alt="Logo de la Caf", credit="", by=committee.caf
    )
    edition.refresh_from_db()
    content: drafts.Content = {**edition.content, "logos": [image.pk]}
    composing.change_content(edition=edition, content=content, revision=edition.revision, by=committee.caf)
    edition.refresh_from_db()
    return image


def test_preview_stands_without_the_file(edition: Edition, committee: Committee, logo: EditionImage) -> None:
    (Path(settings.MEDIA_ROOT) / logo.path).unlink()
    drawn = composing.compose_edition(edition)
    assert "Image manquante" in str(drawn)
    client = as_user(committee.caf)
    assert client.get(reverse("copil_preview", args=[edition.pk])).status_code == 200
    # What is kept of a preview may go too: it is made again.
    for page in composing.preview(edition):
        page.unlink()
    page = client.get(reverse("copil_preview_page", args=[edition.pk, 1]))
    assert page.getvalue().startswith(b"\x89PNG")


def test_nothing_is_submitted_nor_published_without_it(
    edition: Edition, committee: Committee, logo: EditionImage
) -> None:
    path = Path(settings.MEDIA_ROOT) / logo.path
    content = path.read_bytes()
    path.unlink()
    with pytest.raises(Refused, match="Le fichier d’une image manque") as refused:
        signing.submit_edition(edition=edition, by=committee.caf)
    assert refused.value.details == ["« Logo de la Caf »"]
    path.write_bytes(content)
    signing.submit_edition(edition=edition, by=committee.caf)
    signing.sign_edition(edition=edition, side=Side.CAF, by=committee.caf, seal=signing.seal_of(edition))
    signing.sign_edition(edition=edition, side=Side.FEDERATION, by=committee.federation, seal=signing.seal_of(edition))
    path.unlink()
    with pytest.raises(Refused, match="Le fichier d’une image manque"):
        signing.publish_edition(edition=edition, by=committee.caf)


def test_damaged_thumbnail_is_told(edition: Edition, committee: Committee, logo: EditionImage) -> None:
    (Path(settings.MEDIA_ROOT) / logo.path).write_bytes(b"\x89PNG cut")
    reply = as_user(committee.caf).get(reverse("copil_thumbnail", args=[edition.pk, logo.pk]))
    assert (reply.status_code, "une image" in reply.content.decode()) == (503, True)


def test_published_document_that_is_gone_is_told(edition: Edition, committee: Committee) -> None:
    signing.submit_edition(edition=edition, by=committee.caf)
    signing.sign_edition(edition=edition, side=Side.CAF, by=committee.caf, seal=signing.seal_of(edition))
    signing.sign_edition(edition=edition, side=Side.FEDERATION, by=committee.federation, seal=signing.seal_of(edition))
    published = signing.publish_edition(edition=edition, by=committee.caf)
    signing.document_path(published.slug or "").unlink()
    signing.pdf_path(published.slug or "").unlink()
    client = as_user(committee.caf)
    assert client.get(reverse("edition", args=[published.slug])).status_code == 503
    assert client.get(reverse("edition_pdf", args=[published.slug])).status_code == 404
