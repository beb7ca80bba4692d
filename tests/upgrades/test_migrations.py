"""Migrations that installations have run are never rewritten; a long one holds no lock for long."""

import ast
import re

import pytest

from tests.upgrades.migrations import ROOT, faults, recorded, written

# What locks a table while it goes through it, on PostgreSQL, in one migration with rows written by Python: the lock
# lasts as long as the rows.
SCHEMA = {"AddField", "AlterField", "AddConstraint", "AddIndex", "RemoveField", "CreateModel"}


def test_published_migrations_are_as_they_were() -> None:
    assert faults(recorded(), written()) == []
    assert len(recorded()) > 45


def test_a_migration_rewritten_or_removed_is_found() -> None:
    held = recorded()
    path = next(iter(held))
    assert "was rewritten" in faults(held, held | {path: "0" * 64})[0]
    assert "is gone" in faults(held, {name: digest for name, digest in held.items() if name != path})[0]
    assert faults(held, held | {"senacs/x/migrations/9999_new.py": "0" * 64}) == []


def test_recorded_ones_rest_on_recorded_ones() -> None:
    """Whoever installs a version runs all that its migrations ask for: none of it may change under it."""
    held = recorded()
    wanted = set()
    for path in held:
        text = (ROOT / path).read_text(encoding="utf-8")
        for app, name in re.findall(r"""\(\s*["'](\w+)["'],\s*["'](\d{4}_\w+)["']""", text):
            if (ROOT / "senacs" / app).is_dir():
                wanted.add(f"senacs/{app}/migrations/{name}.py")
    assert wanted - held.keys() == set()


def mixed(source: str) -> bool:
    """Whether a migration writes rows by Python and changes tables within one transaction."""
    tree = ast.parse(source)
    called = {
        node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    is_atomic = not re.search(r"^\s+atomic = False", source, re.MULTILINE)
    return is_atomic and "RunPython" in called and bool(called & SCHEMA)


# Written before the rule, when no installation held answers.
BEFORE_THE_RULE = frozenset({"0004_documents_as_text.py", "0005_tokens_end.py"})


def test_rows_and_tables_of_answers_are_changed_apart() -> None:
    """Elsewhere tables have some thousand rows, and a lock some tenths of a second."""
    paths = sorted((ROOT / "senacs" / "collection" / "migrations").glob("[0-9]*.py"))
    found = {path.name for path in paths if mixed(path.read_text(encoding="utf-8"))}
    assert found == BEFORE_THE_RULE, "make two migrations of it: docs/decisions/2026-11-30-mises-a-niveau.md"


@pytest.mark.parametrize(
    ("source", "is_mixed"),
    [
        ("operations = [migrations.AddField(), migrations.RunPython(f)]", True),
        ("class M:\n    atomic = False\n    operations = [migrations.AddField(), migrations.RunPython(f)]", False),
        ("operations = [migrations.RunPython(f)]", False),
        ("operations = [migrations.AddField()]", False),
    ],
)
def test_what_is_mixed_is_told_from_what_is_not(source: str, is_mixed: bool) -> None:
    assert mixed(source) is is_mixed
