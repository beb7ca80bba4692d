"""Every letter leads to the page it speaks of, at the site's own address; none says only « le site »."""

import re
from pathlib import Path

import pytest
from django.conf import settings

LETTERS = sorted((Path(settings.BASE_DIR) / "senacs").glob("*/templates/*/mail/*.txt"))
# A page named by its URL, or given by the service that knows who reads.
_PAGE = re.compile(r"\{\{ site \}\}(?:\{% url |\{\{ page \}\})|\{\{ (?:link|page) \}\}")
_BARE = re.compile(r"\{\{ site \}\}(?!\{)")


def test_there_are_letters() -> None:
    assert len(LETTERS) > 20


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
def test_letter_leads_to_its_page(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert _PAGE.search(text), "no page"
    assert not _BARE.search(text), "the site's address alone, or a path written by hand"
