"""From a draft to the public: two institutions, one file for good."""

import io

import page
import pypdf
import pytest

from senacs.accounts.enums import Role, Side
from senacs.accounts.models import Notice, User
from senacs.lib.refusals import NotAllowed, Refused
from senacs.publication.editions import composing, signing
from senacs.publication.enums import EditionState
from senacs.publication.models import Edition
from tests import factories
from tests.publication.conftest import Committee


def sign(edition: Edition, *, side: Side, by: User) -> Edition:
    """Signs what is on screen."""
    return signing.sign_edition(edition=edition, side=side, by=by, seal=signing.seal_of(edition))


def write(edition: Edition, intro: str) -> None:
    """Changes a text where no door does: what a fault of the software or of a disk would do."""
    blocks = [{**own, "intro": intro} for own in edition.content["blocks"]]
    Edition.objects.filter(pk=edition.pk).update(content={**edition.content, "blocks": blocks})


def signed(edition: Edition, committee: Committee) -> Edition:
    signing.submit_edition(edition=edition, by=committee.caf)
    sign(edition, side=Side.CAF, by=committee.caf)
    return sign(edition, side=Side.FEDERATION, by=committee.federation)


def test_two_institutions_sign(edition: Edition, committee: Committee) -> None:
    with pytest.raises(Refused, match="soumise"):
        sign(edition, side=Side.CAF, by=committee.caf)
    signing.submit_edition(edition=edition, by=committee.caf)
    sign(edition, side=Side.CAF, by=committee.caf)
    assert edition.state == EditionState.SUBMITTED
    with pytest.raises(Refused, match="pas possible"):
        signing.states.apply(edition, "publish", by=committee.caf)
    with pytest.raises(Refused, match="manque une signature"):
        signing.publish_edition(edition=edition, by=committee.caf)
    sign(edition, side=Side.FEDERATION, by=committee.federation)
    assert edition.state == EditionState.SIGNED


def test_nobody_signs_for_the_other_side_nor_twice(edition: Edition, committee: Committee) -> None:
    signing.submit_edition(edition=edition, by=committee.caf)
    for user, side in ((committee.caf, Side.FEDERATION), (committee.stranger, Side.CAF)):
        with pytest.raises(NotAllowed):
            sign(edition, side=side, by=user)
    both = factories.make_user("deux@exemple.fr")
    for side in Side:
        factories.make_mandate(both, Role.COPIL, departement=factories.make_departement("59"), side=side)
    sign(edition, side=Side.CAF, by=both)
    with pytest.raises(Refused, match="quelqu’un d’autre"):
        sign(edition, side=Side.FEDERATION, by=both)


def test_a_document_that_changed_is_read_again(edition: Edition, committee: Committee) -> None:
    signing.submit_edition(edition=edition, by=committee.caf)
    before = signing.seal_of(edition)
    write(edition, "Un autre chapeau.")
    with pytest.raises(Refused, match="a changé depuis"):
        signing.sign_edition(edition=edition, side=Side.CAF, by=committee.caf, seal=before)
    assert not edition.signatures.exists()


def test_what_is_published_is_what_was_signed(edition: Edition, committee: Committee) -> None:
    """Whatever made the document another one since, both institutions read it again."""
    signed(edition, committee)
    write(edition, "Un autre chapeau.")
    with pytest.raises(Refused, match="n’est plus celui qui a été signé"):
        signing.publish_edition(edition=edition, by=committee.caf)
    Edition.objects.filter(pk=edition.pk).update(content=edition.content)
    signing.publish_edition(edition=edition, by=committee.caf)


def test_returned_with_a_reason_loses_its_signatures(edition: Edition, committee: Committee) -> None:
    signed(edition, committee)
    with pytest.raises(Refused, match="motif"):
        signing.return_edition(edition=edition, reason=" ", by=committee.federation)
    signing.return_edition(edition=edition, reason="Le mot de la Caf manque.", by=committee.federation)
    assert edition.state == EditionState.RETURNED and not edition.signatures.exists()
    assert edition.events.last().reason == "Le mot de la Caf manque."  # type: ignore[union-attr]
    signed(edition, committee)
    assert edition.state == EditionState.SIGNED


def test_submitted_content_no_longer_changes(edition: Edition, committee: Committee) -> None:
    signing.submit_edition(edition=edition, by=committee.caf)
    with pytest.raises(Refused, match="plus en rédaction"):
        composing.change_content(edition=edition, content=edition.content, revision=edition.revision, by=committee.caf)


@pytest.mark.slow
def test_published_edition_is_whole_and_for_good(edition: Edition, committee: Committee) -> None:
    signed(edition, committee)
    signing.publish_edition(edition=edition, by=committee.federation)
    assert (edition.slug, edition.version) == ("departementale-departement-59-v1", 1)
    content = signing.pdf_path(edition.slug or "").read_bytes()
    assert page.is_pdf_compliant_bytes(content, profile=page.ValidationProfile.PDF_UA_1)
    assert len(pypdf.PdfReader(io.BytesIO(content)).pages) == edition.pages
    assert signing.is_intact(edition)
    document = signing.read_document(edition.slug or "")
    assert {signature["side"] for signature in document["signatures"]} == {"Caf", "Fédération"}
    with pytest.raises(Refused):
        signing.return_edition(edition=edition, reason="Trop tard", by=committee.caf)
    again = composing.create_edition(
        release=edition.release, level="departement", code="59", trame="departementale", by=committee.caf
    )
    signed(again, committee)
    assert signing.publish_edition(edition=again, by=committee.caf).slug == "departementale-departement-59-v2"
    assert signing.pdf_path("departementale-departement-59-v1").read_bytes() == content


def told() -> set[str]:
    found = set(Notice.objects.values_list("user__email", flat=True))
    Notice.objects.all().delete()
    return found


def test_each_step_is_told_to_those_who_go_on(edition: Edition, committee: Committee) -> None:
    Notice.objects.all().delete()
    other = {committee.federation.email}
    signing.submit_edition(edition=edition, by=committee.caf)
    assert told() == other
    sign(edition, side=Side.CAF, by=committee.caf)
    assert told() == other
    sign(edition, side=Side.FEDERATION, by=committee.federation)
    assert told() == {committee.caf.email}
    signing.return_edition(edition=edition, reason="Le mot de la Caf manque.", by=committee.federation)
    assert told() == {committee.caf.email}
