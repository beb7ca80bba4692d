"""The little Markdown of our own texts."""

import pytest

from senacs.web.plain_markdown import to_html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# Titre\n\nUn\nparagraphe", '\n<p class="govuk-body">Un paragraphe</p>'),
        ("## 1. Cadre", '<h2 class="govuk-heading-l">1. Cadre</h2>'),
        (
            "- **Un** point\n- deux",
            '<ul class="govuk-list govuk-list--bullet"><li><strong>Un</strong> point</li><li>deux</li></ul>',
        ),
        ("<script>**x**</script>", '<p class="govuk-body">&lt;script&gt;<strong>x</strong>&lt;/script&gt;</p>'),
        ("[^1]: Une note", '<p class="govuk-body-s" id="note-1"><sup>1</sup> Une note</p>'),
    ],
)
def test_blocks_become_html(text: str, html: str) -> None:
    assert to_html(text) == html


def test_footnote_marks_lead_to_their_note() -> None:
    assert '<a class="govuk-link" href="#note-1" aria-label="Note 1">1</a>' in to_html("Centres[^1].")
