"""PDF rendering: the same bytes for the same input, no text that breaks or commands the template."""

import io
from datetime import UTC, datetime

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from senacs.lib.pdf import rendering

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
DATA = {"title": "Copie", "kicker": "", "header": [], "notice": "", "footer": "Pied", "sections": []}


def render(**changes: object) -> bytes:
    return rendering.render("lib/typst/answers.typ", DATA | changes, title="Copie", at=AT)


def test_render_is_deterministic() -> None:
    assert render() == render()


def test_render_sets_the_metadata() -> None:
    reader = pypdf.PdfReader(io.BytesIO(render()))
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == ("Copie", "SENACS")
    assert reader.trailer["/Root"]["/Lang"] == "fr-FR"
    assert reader.metadata.creation_date is not None
    assert reader.metadata.creation_date.astimezone(UTC) == AT


def test_render_names_the_template_that_fails() -> None:
    with pytest.raises(rendering.PdfError, match=r"answers\.typ"):
        rendering.render("lib/typst/answers.typ", {}, title="x", at=AT)


def test_render_warns_of_nothing(caplog: pytest.LogCaptureFixture) -> None:
    render()
    assert caplog.records == []


def test_page_count_agrees_with_a_reader() -> None:
    content = render(sections=[{"title": f"Rubrique {i}", "blocks": []} for i in range(80)])
    assert rendering.page_count(content) == len(pypdf.PdfReader(io.BytesIO(content)).pages) > 2


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("Ecole\u0301", "Ecolé"),
        ("1\u202f234\u00a0€", "1\u202f234\u00a0€"),
        ("a\x00b\x07c", "abc"),
        ("a\u2028b", "a b"),
        ("😀", "□"),
        ("中\ufe0f", "□"),
        ("\ud83d", ""),
    ],
)
def test_drawable_keeps_what_inter_draws(typed: str, drawn: str) -> None:
    assert rendering.drawable(typed) == drawn


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=60))
def test_any_text_can_be_printed(typed: str) -> None:
    assert render(title=typed).startswith(b"%PDF")


def test_every_character_of_the_font_can_be_printed() -> None:
    everything = " ".join(sorted(rendering._drawn_characters()))
    assert render(footer=everything).startswith(b"%PDF")


def test_what_a_document_says_is_spaced_as_french_wants() -> None:
    assert render(notice="Quoi ? De 18 à 25 ans.") == render(notice="Quoi\u202f? De 18 à 25\u00a0ans.")
