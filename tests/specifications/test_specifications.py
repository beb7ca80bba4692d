"""What the pages of specifications say is what the product does, and the committed pages are those."""

import pytest

from tests.specifications.every import PAGES, path_of
from tests.specifications.formulas import SURVEY
from tests.specifications.pages import Page, Specification

EVERY = [(page, one) for page in PAGES for one in page.specifications]


@pytest.mark.parametrize("one", [one for _, one in EVERY], ids=[f"{page.name}: {one.title}" for page, one in EVERY])
def test_the_product_gives_what_the_page_says(one: Specification) -> None:
    assert list(one.found()) == list(one.expected.rows)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_committed_page_is_current(page: Page) -> None:
    assert path_of(page).read_text(encoding="utf-8") == page.text(), "run « python -m tests.specifications »"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_row_is_as_wide_as_its_heads(page: Page) -> None:
    for one in page.specifications:
        for grid in filter(None, (one.given, one.expected)):
            assert grid.rows and {len(row) for row in grid.rows} == {len(grid.headers)}


def test_the_survey_of_the_examples_is_a_sound_one() -> None:
    assert {"salaries", "etp", "benevoles", "clas"} <= set(SURVEY.fields)
