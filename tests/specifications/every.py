"""The pages of specifications, and where each is written."""

from pathlib import Path

from django.conf import settings

from tests.specifications import formulas, rounding, secrecy
from tests.specifications.pages import Page

PAGES = (formulas.PAGE, secrecy.PAGE, rounding.PAGE)


def path_of(page: Page) -> Path:
    return Path(settings.BASE_DIR) / "docs" / "specifications" / f"{page.name}.md"
