"""The guides show pictures that exist, stay small, and are taken by their script."""

import re
from pathlib import Path

import pytest

GUIDE = Path(__file__).parents[3] / "docs" / "guide"
TAKEN = re.compile(r'keep\(page, "([a-z-]+)"(?:, top="[^"]+")?(?:, guide="([a-z]+)")?\)')


@pytest.mark.parametrize("guide", ["saisie", "copil", "controle"])
def test_pictures_of_the_guide_exist_and_are_small(guide: str) -> None:
    shown = set(re.findall(r"\]\((images/[a-z-]+\.png)\)", (GUIDE / f"{guide}.md").read_text(encoding="utf-8")))
    taken = TAKEN.findall((GUIDE / "captures.py").read_text(encoding="utf-8"))
    assert shown == {f"images/{guide}-{name}.png" for name, of in taken if (of or "saisie") == guide}
    assert max((GUIDE / name).stat().st_size for name in shown) < 150_000
