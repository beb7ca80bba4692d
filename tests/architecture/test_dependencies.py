"""Every dependency is argued on a page of docs/decisions: whoever wants to replace one finds why it is there."""

import json
import re
import tomllib
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"].values()
    asked = [*project["project"]["dependencies"], *(one for group in groups for one in group if isinstance(one, str))]
    package = json.loads((ROOT / "package.json").read_text())
    names = {re.split(r"[\[<>=~! ]", one, maxsplit=1)[0] for one in asked}
    return names | package["dependencies"].keys() | package["devDependencies"].keys()


def test_every_dependency_has_its_reason() -> None:
    pages = "\n".join(page.read_text().lower() for page in (ROOT / "docs/decisions").glob("*.md"))
    unexplained = {
        name for name in declared() if not re.search(rf"(?<![\w-]){re.escape(name.lower())}(?![\w-])", pages)
    }
    assert len(declared()) > 30
    assert not unexplained, f"no page of docs/decisions names {sorted(unexplained)}"
