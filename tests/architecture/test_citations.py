"""What a comment cites can be read in the repository: the section of a source, the page of a decision, a document."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
SOURCES = ROOT / "docs/sources"
CODE = (".py", ".yaml", ".html", ".mjs", ".scss", ".toml", ".txt", ".typ")
# « charte 2.2 », « charte, article 2.2 », « guide §7.3 », « statistics.md §1 »
NUMBERED = re.compile(
    r"\b([Cc]harte|charter|guide|design|statistics|domain)(?:\.md)?,?(?: article| §| )+ ?(\d+(?:\.\d+)*)"
)
PAGE = re.compile(r"\bdocs/[\w./-]*\w")
FILES = {"charter": "charte"}


@cache
def tracked() -> tuple[Path, ...]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    paths = (ROOT / line for line in listed.stdout.splitlines())
    return tuple(path for path in paths if path.suffix in CODE and path.is_file() and path.name != Path(__file__).name)


@cache
def sections(source: str) -> frozenset[str]:
    text = (SOURCES / f"{source}.md").read_text()
    return frozenset(re.findall(r"^#+ (\d+(?:\.\d+)*)", text, re.MULTILINE))


def unresolved(text: str) -> list[str]:
    """The citations of a text that lead nowhere."""
    lost = []
    for found in NUMBERED.finditer(text):
        name = found[1].lower()
        if found[2] not in sections(FILES.get(name, name)):
            lost.append(found[0])
    lost += [page for page in PAGE.findall(text) if not (ROOT / page).exists()]
    return lost


def test_every_citation_of_the_code_resolves() -> None:
    lost = [f"{path.relative_to(ROOT)}: {one}" for path in tracked() for one in unresolved(path.read_text())]
    assert not lost, "\n".join(lost)


def test_the_code_cites_the_charter_the_guide_and_the_design() -> None:
    text = "\n".join(path.read_text() for path in tracked())
    assert {found[1].lower() for found in NUMBERED.finditer(text)} >= {"charte", "guide", "design"}
    assert (SOURCES / "annexe-6.md").exists()


@pytest.mark.parametrize("text", ["(charte 4.1)", "guide §9", "design §12", "see docs/decisions/2026-01-01-rien.md"])
def test_a_citation_that_leads_nowhere_is_found(text: str) -> None:
    assert unresolved(text)


@pytest.mark.parametrize(
    "text", ["charte, article 2.2", "guide 5.2", "statistics.md §1", "domain §1.2", "docs/states.md"]
)
def test_a_citation_that_resolves_is_left_alone(text: str) -> None:
    assert not unresolved(text)
