"""The pages of a document as they are looked at: the fill agrees with another reading, planted faults are told."""

from datetime import UTC, datetime
from typing import Any

import pytest

from senacs.lib.pdf import rendering
from senacs.publication.documents import page_checks
from senacs.publication.documents.plaquettes import TEMPLATE, edition_title
from senacs.publication.documents.typesetting import Job, typeset
from senacs.publication.editions.composing import compose_edition
from senacs.publication.models import Edition
from tests.publication.filled import fill_of

AT = datetime(2026, 12, 1, 12, tzinfo=UTC)
CUT = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><text x="1" y="5">Ateliers sociolinguis…</text></svg>'


@pytest.fixture
def document(edition: Edition) -> dict[str, Any]:
    return compose_edition(edition)


def job(document: dict[str, Any]) -> Job:
    return Job(TEMPLATE, document, edition_title(document), AT, has_pages_checked=True)


def test_fill_agrees_with_an_independent_reading(document: dict[str, Any]) -> None:
    content = rendering.render(TEMPLATE, document, title="Essai", at=AT)
    assert page_checks.fill_of(content) == pytest.approx(fill_of(content), abs=0.005)


def test_a_page_nearly_empty_is_told(document: dict[str, Any]) -> None:
    key = next(block for block in document["blocks"] if block["kind"] == "chiffres_cles")
    alone = {**key, "cards": key["cards"][:1]}
    blocks = [document["blocks"][0], alone, alone, *document["blocks"][1:]]
    content = typeset(job({**document, "blocks": blocks})).content
    assert min(fill_of(content)) < page_checks.LEAST_FILL
    assert any("remplie à" in fault for fault in page_checks.faults_of(content, {}))


def test_words_cut_in_a_drawing_or_out_of_the_page_are_told(document: dict[str, Any]) -> None:
    # As high as it is wide: two of them leave the page.
    blocks = [
        {**block, "visuals": [{**visual, "svg": CUT} for visual in block["visuals"]]} if block.get("visuals") else block
        for block in document["blocks"]
    ]
    told = typeset(job({**document, "blocks": blocks})).faults
    assert "Dans un dessin, un texte est coupé : « Ateliers sociolinguis… »." in told


def test_a_document_that_cannot_be_set_says_why(document: dict[str, Any]) -> None:
    broken = {**document, "blocks": [{**document["blocks"][0], "map": {"svg": "<svg", "alt": "Carte"}}]}
    made = typeset(job(broken))
    assert made.content == b"" and "plaquette.typ" in made.failure
