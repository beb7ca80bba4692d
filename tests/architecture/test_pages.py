"""Pages keep to their part: rights are asked for in `access`, refusals said by `refusals`, no read in a template."""

import re
from pathlib import Path

import pytest
from django.conf import settings

WEB = Path(settings.BASE_DIR) / "senacs" / "web"
MODULES = sorted(WEB.rglob("*.py"))
# Besides `access`: the translation of what services refuse, and Django's own page for the API.
FORBIDDING = {"access.py", "refusals.py"}

READS = re.compile(r"\.objects\b|(?<!register)\.(?:filter|exclude|select_related|pending|count)\(")


def name(path: Path) -> str:
    return str(path.relative_to(WEB))


def test_a_right_is_asked_for_in_the_access_of_each_audience() -> None:
    assert {path.parent.name for path in MODULES if path.name == "access.py"} >= {
        "structure", "correspondent", "copil", "tables", "national", "api",
    }  # fmt: skip
    elsewhere = [
        name(path) for path in MODULES if path.name not in FORBIDDING and "raise PermissionDenied" in path.read_text()
    ]
    assert not elsewhere


def test_no_page_is_called_queries() -> None:
    assert not [name(path) for path in MODULES if path.stem == "queries"]


def test_an_audience_has_one_file_of_urls() -> None:
    urls = [name(path) for path in MODULES if path.stem.endswith("urls")]
    # The pages of accounts that a site which only publishes also shows have theirs.
    assert [one for one in urls if not one.endswith("/urls.py")] == ["account/public_urls.py"]


@pytest.mark.parametrize("path", sorted((WEB / "templatetags").glob("*.py")), ids=lambda path: path.stem)
def test_a_template_tag_reads_nothing_itself(path: Path) -> None:
    reads = re.findall(
        r"\.objects\b|(?<!register)\.(?:filter|exclude|select_related|pending|count)\(", path.read_text()
    )
    assert not reads
