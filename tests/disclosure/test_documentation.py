"""The worked examples of docs/protection.md are what happens, in a process that has no setting at all."""

import doctest
import os
import re
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from senacs.disclosure import commands

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "protection.md"


def test_examples_in_python_answer_what_the_page_says() -> None:
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert tried > 10
    assert not failed


def test_example_in_files_answers_what_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Fences open and close: every other piece is inside one, its language on the first line.
    fenced = re.split(r"^```", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1::2]
    blocks = [block.partition("\n")[2] for block in fenced]
    run = next(block for block in blocks if block.startswith("$ senacs protect"))
    (tmp_path / "line.csv").write_text(next(b for b in blocks if b.startswith("area,n,turnover")), encoding="utf-8")
    (tmp_path / "spec.yaml").write_text(next(b for b in blocks if "tables: [line.csv]" in b), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for command, expected in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", run, re.MULTILINE):
        program, *arguments = command.split()
        if program == "cat":
            said = Path(arguments[0]).read_text(encoding="utf-8")
        else:
            out = StringIO()
            with redirect_stdout(out):
                assert commands.main(arguments) == 0
            said = out.getvalue()
        assert said.replace("\u00a0", " ").replace("\u202f", " ") == expected


# What a program of somebody else has: the package on its path, and nothing else in its environment.
ALONE = """
import sys
from senacs.disclosure import attack, protect
options = {"dimensions": ["code"], "frequency": "n", "rules": {"threshold": 5}}
rows = [{"code": c, "n": n} for c, n in (("A", 1), ("B", 1), ("C", 1), ("D", 10), ("Total", 13))]
shown = protect({"t": rows}, **options)
assert attack({"t": rows}, shown.tables, **options).holds
sys.argv = ["senacs", "protect", "spec.yaml", "--out", "safe"]
from config.cli import main
try:
    main()
except SystemExit as ended:
    assert not ended.code, ended.code
assert not [name for name in sys.modules if name.partition(".")[0] == "django"]
"""


def test_nothing_of_django_is_needed(tmp_path: Path) -> None:
    (tmp_path / "line.csv").write_text("area,n\nA,2\nB,8\nC,9\nTotal,19\n", encoding="utf-8")
    (tmp_path / "spec.yaml").write_text("tables: [line.csv]\ndimensions: [area]\nfrequency: n\n", encoding="utf-8")
    environment = {"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    ended = subprocess.run(
        [sys.executable, "-c", ALONE], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert "suppressed" in (tmp_path / "safe" / "line.csv").read_text(encoding="utf-8")
