"""The runner of mutants itself: what it puts in, and that it tells a dead one from a living one."""

import importlib.util
import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.mutants.operators import mutants_of
from tests.mutants.targets import TARGETS

ROOT = Path(__file__).parents[2]
SOURCE = textwrap.dedent(
    '''
    """Words are left alone: 1 < 2."""

    LEAST = 5
    KINDS = {"a", "b"}


    class Row:
        size: int = 3

        def is_large(self, n: int | None) -> bool:
            return n is not None and self.size + n > LEAST


    def kept(rows: list[int], *, all_of_them: bool = False) -> list[int]:
        if all_of_them:
            raise ValueError("1 + 1")
        return [row for row in rows if row % 2 == 0]
    '''
)
KEPT_IS = "def kept(rows: list[int], *, all_of_them: bool={}) -> list[int]:"
IS_LARGE = "return n is not None and self.size + n > LEAST"


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        ("", "LEAST = 5 → LEAST = 6"),
        ("", "KINDS = {'a', 'b'} → KINDS = {'b'}"),
        ("", "size: int = 3 → size: int = 4"),
        ("", f"{KEPT_IS.format(False)} → {KEPT_IS.format(True)}"),
        ("Row.is_large", f"{IS_LARGE} → return n is not None and self.size + n >= LEAST"),
        ("Row.is_large", f"{IS_LARGE} → return n is not None or self.size + n > LEAST"),
        ("Row.is_large", f"{IS_LARGE} → return n is not None and self.size - n > LEAST"),
        ("kept", "if all_of_them: → if not all_of_them:"),
        ("kept", "raise ValueError('1 + 1') → pass"),
        ("kept", "return [row for row in rows if row % 2 == 0] → return [row for row in rows if row % 2 != 0]"),
    ],
)  # fmt: skip
def test_faults_that_are_put_in(scope: str, told: str) -> None:
    assert (scope, told) in {(mutant.scope, mutant.told) for mutant in mutants_of(SOURCE)}


def test_each_mutant_has_one_fault_and_words_and_types_have_none() -> None:
    mutants = list(mutants_of(SOURCE))
    assert len({(mutant.line, mutant.told) for mutant in mutants}) == len(mutants)
    assert not any("int & None" in mutant.told or "1 <= 2" in mutant.told for mutant in mutants)


@pytest.mark.slow
def test_the_living_and_the_dead(tmp_path: Path) -> None:
    """A whole run on a small module: what its test asks dies, what it does not ask lives."""
    (tmp_path / "small.py").write_text("WIDTH = 4\n\n\ndef enough(n):\n    return n >= 3\n")
    (tmp_path / "test_small.py").write_text(
        "import small\n\n\ndef test_edge():\n    assert small.enough(3) and not small.enough(2)\n"
    )
    out = tmp_path / "out.json"
    command = [sys.executable, "-m", "tests.mutants.running", "small", str(out), "fork", "test_small.py"]
    path = os.pathsep.join([str(ROOT), str(tmp_path)])
    few_plugins = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": "pytest_django.plugin"}
    environment = {**os.environ, **few_plugins, "PYTHONPATH": path}
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
    verdicts = {one["told"]: one["killed"] for one in json.loads(out.read_text())["mutants"]}
    assert verdicts == {
        "WIDTH = 4 → WIDTH = 5": False,
        "return n >= 3 → return n > 3": True,
        "return n >= 3 → return n >= 4": True,
    }


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.module)
def test_modules_and_their_tests_exist(target) -> None:
    assert importlib.util.find_spec(target.module)
    assert target.tests and all((ROOT / test).exists() for test in target.tests)
