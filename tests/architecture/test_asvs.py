"""docs/asvs.md cites tests that are there."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
CHAPTERS = ("V6 Authentification", "V7 Sessions", "V9 Jetons autoporteurs", "V10 OAuth et OpenID Connect")


def chapter(title: str) -> str:
    page = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
    return page.split(f"## {title}\n")[1].split("\n## ")[0]


@pytest.mark.parametrize("title", CHAPTERS)
def test_cited_tests_exist(title: str) -> None:
    cited = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", chapter(title))
    assert cited or title.startswith("V9")
    for path, name in cited:
        assert re.search(rf"^def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE), f"{path}::{name}"


@pytest.mark.parametrize("title", CHAPTERS)
def test_each_line_has_its_test_or_its_reason(title: str) -> None:
    lines = [line.split("|")[1:-1] for line in chapter(title).splitlines() if re.match(r"\| \d", line)]
    assert lines
    for cells in lines:
        assert len(cells) == 4 and all(cell.strip() for cell in cells), cells
        assert cells[2].strip().split(" (")[0] in {"tenue", "en partie", "non", "sans objet", "écart choisi"}, cells
