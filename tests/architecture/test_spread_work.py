"""Work given to other processes loads there without Django, whose models exist in none of them.

A release of the real network was built by nothing once: tests spread nothing, since small ones are done in one process.
"""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

PRODUCT = Path(settings.BASE_DIR) / "senacs"
# What hands work over → the module that the work is of, which the other process imports.
HANDED = {
    "observatory/secrecy/masks.py": "senacs.observatory.secrecy.verdict",
    "observatory/secrecy/release_attack.py": "senacs.observatory.secrecy.release_attack",
    "observatory/releases/outside_attack.py": "senacs.disclosure.attacker.outside.league",
    "publication/documents/production.py": "senacs.publication.documents.typesetting",
}


def test_every_place_that_hands_work_over_is_known() -> None:
    found = set()
    for path in PRODUCT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_parallel = isinstance(node, ast.ImportFrom) and node.module == "senacs.lib.parallel"
            names = {alias.name for alias in node.names} if is_parallel else set()
            if names & {"spread", "processes"}:
                found.add(path.relative_to(PRODUCT).as_posix())
    assert found == set(HANDED)


@pytest.mark.parametrize("module", sorted(set(HANDED.values())))
def test_its_module_loads_without_django(module: str) -> None:
    bare = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        [sys.executable, "-c", f"import {module}"],
        cwd=settings.BASE_DIR,
        env=bare,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-1500:]
