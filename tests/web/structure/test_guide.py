"""docs/guide/saisie.md shows pictures that exist, stay small, and are taken by its script."""

import re
from pathlib import Path

GUIDE = Path(__file__).parents[3] / "docs" / "guide"


def test_pictures_of_the_guide_exist_and_are_small() -> None:
    shown = set(re.findall(r"\]\((images/saisie-[a-z-]+\.png)\)", (GUIDE / "saisie.md").read_text(encoding="utf-8")))
    taken = set(re.findall(r'keep\(page, "([a-z-]+)"', (GUIDE / "captures.py").read_text(encoding="utf-8")))
    assert shown == {f"images/saisie-{name}.png" for name in taken}
    assert max((GUIDE / name).stat().st_size for name in shown) < 150_000
