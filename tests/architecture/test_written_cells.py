"""Every CSV and every workbook leaves by its door: `lib.csv_files` and `lib.xlsx_files`.

How to write a table that people fetch: rows to `csv_text`, or cells to `xlsx_files.put`. A text that a person typed is
then never a formula of the spreadsheet that opens it (CWE-1236). What goes around a door has a line here, with its
reason.
"""

import ast
from pathlib import Path

from django.conf import settings

PRODUCT = Path(settings.BASE_DIR) / "senacs"
MODULES = sorted(path for path in PRODUCT.rglob("*.py") if "migrations" not in path.parts)
DOORS = {"lib/csv_files.py", "lib/xlsx_files.py"}
# (module, what it uses) and why no text of a person's becomes a formula there.
AROUND = {
    ("collection/workbook/writer.py", "write_formula"): "totals and checks of the questionnaire, texts quoted in them",
    ("collection/workbook/cover.py", "write_formula"): "counts of the cells that are filled",
    ("collection/workbook/cover.py", "write_url"): "links to the sheets of the same workbook",
    ("disclosure/csv_results.py", "as_given"): "the person's own table, back to the program that it is for",
    ("demo/register.py", "as_given"): "a list as networks send them, which the import reads",
    ("observatory/frozen_files.py", "write_csv"): "codes and figures of a release, no text of a person's",
    ("observatory/releases/formats/sdmx.py", "write_csv"): "codes and figures of a release, no text of a person's",
}
WRITERS = {
    "DictWriter", "as_given", "write_csv", "write_excel", "to_csv", "to_excel", "write_formula", "write_array_formula",
    "write_dynamic_array_formula", "write_url", "write_row", "write_column", "write_rich_string", "add_table",
}  # fmt: skip


def written(tree: ast.Module) -> set[str]:
    """The writers of tables that a module uses, by name."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name == "xlsxwriter"}
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            found |= {"xlsxwriter" for _ in node.names if module == "xlsxwriter"}
            found |= {alias.name for alias in node.names if module == "csv" and alias.name.lower().endswith("writer")}
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            owner = node.func.value if isinstance(node.func, ast.Attribute) else None
            if called in WRITERS and not is_ours(called, node):
                found.add(called)
            if called == "writer" and isinstance(owner, ast.Name) and owner.id == "csv":
                found.add("csv.writer")
            # `sheet.write(…)` guesses the type of what it is given.
            if called == "write" and isinstance(owner, ast.Name) and "sheet" in owner.id:
                found.add("write")
    return found


def is_ours(called: str, node: ast.Call) -> bool:
    """Functions of ours that bear the name of a library's method."""
    return (
        called in {"write_csv", "to_csv"}
        and isinstance(node.func, ast.Name | ast.Attribute)
        and (ast.unparse(node.func) in {"frozen_files.write_csv", "to_csv"})
    )


def test_tables_leave_by_their_door() -> None:
    beside = []
    for path in MODULES:
        name = path.relative_to(PRODUCT).as_posix()
        if name not in DOORS:
            uses = written(ast.parse(path.read_text(encoding="utf-8")))
            beside += [f"{name}: {use}" for use in sorted(uses) if (name, use) not in AROUND]
    assert not beside, f"{beside} write cells beside the door. {__doc__}"


def test_each_way_around_is_still_taken() -> None:
    for (name, use), reason in AROUND.items():
        assert use in written(ast.parse((PRODUCT / name).read_text(encoding="utf-8"))), (name, use, reason)


def test_wall_finds_what_it_looks_for() -> None:
    source = (
        "import csv, xlsxwriter\nfrom csv import DictWriter\nfrom xlsxwriter import Workbook\n"
        "csv.writer(f).writerow([a])\nframe.write_csv(f)\nsheet.write(0, 0, a)\nsheet.write_url(0, 0, a)\n"
    )
    assert written(ast.parse(source)) == {"xlsxwriter", "DictWriter", "csv.writer", "write_csv", "write", "write_url"}
    assert not written(ast.parse("import csv\ncsv.reader(f)\nfile.write(a)\nsheet.write_string(0, 0, a)\n"))
