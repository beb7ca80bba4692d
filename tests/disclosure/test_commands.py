"""`senacs protect` and `senacs attack` on files: what comes back, what is refused, what is broken."""

import csv
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from senacs.disclosure import commands

SPEC = """
tables: [by_size.csv, by_activity.csv]
dimensions:
  nuts: {hierarchy: nuts.csv, total: Total}
  size: {total: Total}
  activity:
frequency: n
value: turnover
largest: [max1, max2]
rules: {threshold: 3, dominance: [[1, 85]], p_percent: null, zero: published}
margin: 0
"""
NUTS = "child,parent\nN1,Total\nN2,Total\nN11,N1\nN12,N1\nN21,N2\nN22,N2\n"
BY_SIZE = """nuts,size,n,turnover,max1,max2
N11,small,2,20.5,15,5.5
N11,large,4,100,30,28
N12,small,5,50,20,10
N12,large,6,80,20,18
N21,small,7,70,20,10
N21,large,5,500,480,10
N22,small,8,90,20,10
N22,large,9,95,20,10
"""
BY_ACTIVITY = """\ufeffactivity;nuts;n;turnover;max1;max2
a;N11;3;60,5;30;20
b;N11;3;60;28;15
a;N12;6;70;20;20
b;N12;5;60;20;18
a;N21;6;300;280;10
b;N21;6;270;200;20
a;N22;9;100;20;10
b;N22;8;85;20;10
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (
        ("spec.yaml", SPEC),
        ("nuts.csv", NUTS),
        ("by_size.csv", BY_SIZE),
        ("by_activity.csv", BY_ACTIVITY),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


class Refused(Exception):
    """What the command says when it exits with an error."""


def run(*arguments: str | Path) -> tuple[int, str]:
    """The exit status, and all that was said."""
    said = StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        status = commands.main([str(argument) for argument in arguments])
    return status, said.getvalue()


def protect(folder: Path, name: str = "spec.yaml") -> str:
    status, said = run("protect", folder / name, "--out", folder / "out")
    if status:
        raise Refused(said)
    return said


def attack(folder: Path, tables: str = "out") -> tuple[int, str]:
    return run("attack", folder / "spec.yaml", "--tables", folder / tables)


def rows(path: Path, separator: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=separator))


def test_tables_come_back_as_they_can_be_published(folder: Path) -> None:
    said = protect(folder)
    back = rows(folder / "out" / "by_size.csv")
    given = rows(folder / "by_size.csv")
    assert [(r["nuts"], r["size"]) for r in back[: len(given)]] == [(r["nuts"], r["size"]) for r in given]
    assert list(back[0]) == [*given[0], "status", "reason"]
    assert all((r["turnover"] == "") == (r["status"] != "published") for r in back)
    assert all(not r["max1"] and not r["max2"] for r in back)
    assert all((r["reason"] == "") == (r["status"] == "published") for r in back)
    assert {r["nuts"] for r in back[len(given) :]} >= {"Total", "N1", "N2"}
    assert back[0]["status"] == back[5]["status"] == "primary"
    assert "by_size : 21\u00a0cellules (dont 13\u00a0totaux calculés), " in said


def test_the_separator_and_the_order_of_columns_are_kept(folder: Path) -> None:
    protect(folder)
    back = rows(folder / "out" / "by_activity.csv", ";")
    assert list(back[0])[:3] == ["activity", "nuts", "n"]
    shown = next(r for r in back if r["status"] == "published" and r["turnover"])
    assert shown["turnover"]


def test_protected_tables_resist_and_the_same_input_gives_the_same_bytes(folder: Path) -> None:
    protect(folder)
    first = (folder / "out" / "by_size.csv").read_bytes()
    status, said = attack(folder)
    assert status == 0
    assert "[" in said
    assert "0\u00a0intervalle trop étroit" in said
    protect(folder)
    assert (folder / "out" / "by_size.csv").read_bytes() == first


def test_a_naive_suppression_is_broken(folder: Path) -> None:
    protect(folder)
    naive = folder / "naive"
    naive.mkdir()
    complete = {
        "by_size.csv": {("N1", "small"): "70.5", ("N1", "large"): "180", ("N11", "Total"): "120.5"},
        "by_activity.csv": {},
    }
    for name, separator in (("by_size.csv", ","), ("by_activity.csv", ";")):
        given = {tuple(r[d] for d in ("nuts", "size") if d in r): r for r in rows(folder / name, separator)}
        back = rows(folder / "out" / name, separator)
        with (naive / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(back[0]), delimiter=separator)
            writer.writeheader()
            for row in back:
                key = tuple(row[d] for d in ("nuts", "size") if d in row)
                if row["status"] == "complementary" and name == "by_size.csv":
                    value = given[key]["turnover"] if key in given else complete[name].get(key, "")
                    writer.writerow(row | ({"status": "published", "turnover": value} if value else {}))
                else:
                    writer.writerow(row)
    status, said = attack(folder, "naive")
    assert status == 1
    assert "TROP ÉTROIT" in said


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("by_size.csv", "N12,small,5,50", "N12,small,5,cinq", "by_size.csv, ligne 4, colonne « turnover » : « cinq »"),
        ("by_size.csv", "N12,small,5,50", "N12,small,5,", "ligne 4 : la valeur manque"),
        ("by_size.csv", "N12,small", "N11,small", "la cellule N11 × small apparaît déjà ligne 2"),
        ("by_size.csv", "N12,small,5", "N12,small,5.5", "ligne 4, colonne « n » : « 5.5 » n’est pas un effectif"),
        ("by_size.csv", "N22,small", "N99,small", "« N99 » est absent de la hiérarchie"),
        ("by_size.csv", "turnover", "chiffre", "la colonne « turnover » manque"),
        ("by_size.csv", "N21,large,5,500,480,10", "N21,large,5,501,480,10", "dans une autre table"),
        ("by_activity.csv", "activity;nuts", "activité;nuts", "ligne 1, colonne « activité »"),
        ("nuts.csv", "N22,N2", "N22,N2\nN22,N1", "« N22 » a deux parents"),
        ("nuts.csv", "N1,Total", "N1,N11", "revient sur elle-même"),
        ("spec.yaml", "margin: 0", "margin: -5", "pourcentage"),
        ("spec.yaml", "margin: 0", "marge: 0", "clé inconnue « marge »"),
        ("spec.yaml", "[[1, 85]]", "[[3, 85]]", "demande 3\u00a0colonnes"),
        ("spec.yaml", "by_size.csv", "absent.csv", "ne peut pas être lu"),
        ("spec.yaml", "value: turnover", "value: [turnover", "YAML"),
    ],
)
def test_what_cannot_be_read_is_told_in_french(folder: Path, file: str, old: str, new: str, message: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Refused, match=message):
        protect(folder)


def test_the_original_tables_are_never_overwritten(folder: Path) -> None:
    status, said = run("protect", folder / "spec.yaml", "--out", folder)
    assert status == 1
    assert "écraserait" in said


def test_a_specification_that_cannot_be_met_says_why(folder: Path) -> None:
    (folder / "release_1.csv").write_text("nuts,size,n,turnover\nN11,small,2,20.5\nN12,small,5,50\n", encoding="utf-8")
    (folder / "spec.yaml").write_text(SPEC + "already_published: [release_1.csv]\n", encoding="utf-8")
    with pytest.raises(Refused, match="ne peut pas être tenue") as error:
        protect(folder)
    assert "nuts = N11 × size = small" in str(error.value)
    assert "déjà publiée" in str(error.value)


def test_tables_of_counts_need_no_value(folder: Path) -> None:
    (folder / "spec.yaml").write_text(
        "tables: [counts.csv]\ndimensions: {nuts: {hierarchy: nuts.csv}, sex:}\nfrequency: n\nrules: {threshold: 5}\n",
        encoding="utf-8",
    )
    (folder / "counts.csv").write_text(
        "nuts,sex,n\nN11,F,3\nN11,M,9\nN12,F,8\nN12,M,7\nN21,F,12\nN21,M,9\nN22,F,0\nN22,M,11\n", encoding="utf-8"
    )
    protect(folder)
    back = {(r["nuts"], r["sex"]): r for r in rows(folder / "out" / "counts.csv")}
    assert back["N11", "F"]["n"] == ""
    assert back["N11", "F"]["status"] == "suppressed"
    assert back["N22", "F"]["n"] == "0"
    assert attack(folder)[0] == 0


def rewrite(path: Path, *changes: tuple[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")


LINE = "area,n,turnover,max1,max2\nA,2,10,6,4\nB,8,30,9,8\nC,9,45,9,9\nEnsemble,19,85,9,9\n"
FLAT = (
    "tables: [line.csv]\ndimensions: {area: {total: Ensemble}}\nfrequency: n\nvalue: turnover\nignored: [max1, max2]\n"
    "rules: {threshold: 3}\n"
)


@pytest.fixture
def line(tmp_path: Path) -> Path:
    (tmp_path / "line.csv").write_text(LINE, encoding="utf-8")
    (tmp_path / "spec.yaml").write_text(FLAT, encoding="utf-8")
    (tmp_path / "others").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("header", "hidden", "other", "shown"),
    [
        ("Status", "A", "D", "V"),  # τ-Argus
        ("sdcStatus", "u", "x", "s"),  # sdcTable
        ("suppressed", "TRUE", "TRUE", "FALSE"),  # GaussSuppression
        ("statut", "primaire", "secondaire", "publié"),
    ],
)
def test_tables_protected_by_other_tools_are_attacked(
    line: Path, header: str, hidden: str, other: str, shown: str
) -> None:
    good = f"area,turnover,{header}\nA,10,{hidden}\nB,30,{other}\nC,45,{shown}\nEnsemble,85,{shown}\n"
    (line / "others" / "line.csv").write_text(good, encoding="utf-8")
    status, said = attack(line, "others")
    assert (status, said.count("[0 ; 40]")) == (0, 2)
    bad = good.replace(f"30,{other}", f"30,{shown}")
    (line / "others" / "line.csv").write_text(bad, encoding="utf-8")
    assert attack(line, "others") == (
        1,
        "A : [10 ; 10] TROP ÉTROIT\n1\u00a0cellule masquée, 1\u00a0intervalle trop étroit.\n",
    )


def test_without_a_column_of_status_blank_figures_are_hidden(line: Path) -> None:
    (line / "others" / "line.csv").write_text("area;turnover\nA;NA\nB;\nC;45,0\nEnsemble;85\n", encoding="utf-16")
    assert attack(line, "others")[0] == 0


def test_a_cell_shown_against_a_rule_breaks_the_release(line: Path) -> None:
    (line / "others" / "line.csv").write_text("area,turnover\nA,10\nB,30\nC,45\nEnsemble,85\n", encoding="utf-8")
    status, said = attack(line, "others")
    assert status == 1
    assert "A : publiée alors qu’une règle la masque (2\u00a0contributeurs)" in said


def test_an_unknown_status_is_refused(line: Path) -> None:
    (line / "others" / "line.csv").write_text("area,turnover,status\nA,10,peut-être\n", encoding="utf-8")
    status, said = attack(line, "others")
    assert status == 1
    assert "line.csv, ligne 2 : statut « peut-être » inconnu" in said


def test_files_of_r_and_of_spreadsheets_are_read(line: Path) -> None:
    """Row numbers without a name, NA, figures in scientific notation, Windows-1252, French decimals."""
    text = '"";"area";"n";"turnover"\n"1";"Île";2;"1 000,5"\n"2";"B";8;3e+03\n"3";"C";9;4500\n"4";"D";0;NA\n'
    (line / "line.csv").write_bytes(text.encode("cp1252"))
    protect(line)
    back = {row["area"]: row for row in rows(line / "out" / "line.csv", ";")}
    assert back["Île"]["status"] == "primary"
    assert back["Ensemble"]["turnover"] == "8500.5"
    assert attack(line)[0] == 0


def test_a_hierarchy_is_read_whichever_column_comes_first(folder: Path) -> None:
    protect(folder)
    expected = (folder / "out" / "by_size.csv").read_bytes()
    backwards = "A21,A88\nTotal,N1\nTotal,N2\nN1,N11\nN1,N12\nN2,N21\nN2,N22\n"
    (folder / "nuts.csv").write_text(backwards, encoding="utf-8")
    protect(folder)
    assert (folder / "out" / "by_size.csv").read_bytes() == expected


def test_contributors_who_waive_do_not_count_for_the_threshold(line: Path) -> None:
    waived = "area,n,turnover,agreed\nA,2,10,2\nB,8,30,0\nC,4,45,2\nEnsemble,14,85,4\n"
    (line / "line.csv").write_text(waived, encoding="utf-8")
    rewrite(line / "spec.yaml", ("value: turnover", "value: turnover\nwaived: agreed"))
    protect(line)
    back = {row["area"]: row for row in rows(line / "out" / "line.csv")}
    assert {area: row["status"] for area, row in back.items()} == {
        "A": "complementary", "B": "published", "C": "primary", "Ensemble": "published",
    }  # fmt: skip
    assert all(row["agreed"] == "" for row in back.values())
    assert attack(line)[0] == 0


def test_where_empty_cells_are_secret_so_are_the_numbers_of_hidden_cells(line: Path) -> None:
    (line / "line.csv").write_text("area,n,turnover\nA,0,0\nB,8,30\nC,9,45\nEnsemble,17,75\n", encoding="utf-8")
    rewrite(line / "spec.yaml", ("threshold: 3", "threshold: 3, zero: suppressed"))
    protect(line)
    for row in rows(line / "out" / "line.csv"):
        assert (row["n"] == "") == (row["status"] != "published")
    assert attack(line)[0] == 0


def test_totals_of_totals_are_completed(folder: Path) -> None:
    """Rows of some totals only: what lacks is computed from what it is made of, in whatever order."""
    (folder / "by_size.csv").write_text(
        BY_SIZE + "Total,Total,46,1005.5,480,30\nTotal,small,22,230.5,20,20\nN1,Total,17,250.5,30,28\n",
        encoding="utf-8",
    )
    protect(folder)
    back = {(r["nuts"], r["size"]): r for r in rows(folder / "out" / "by_size.csv")}
    assert back["N2", "Total"]["n"] == "29"
    assert attack(folder)[0] == 0


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("total: Ensemble", "total: Tous", "contient « Ensemble », et le total déclaré est « Tous »"),
        ("frequency: n", "frequency: turnover", "la colonne « turnover » a deux rôles"),
        ("threshold: 3", "dominance: [1]", "« dominance » est une liste de couples"),
        ("threshold: 3", "seuil: 3", "« rules » peut contenir"),
        ("threshold: 3", "threshold: trois", "« threshold » est un entier"),
        ("rules:", "margin: 150\nrules:", "la marge de 150\u00a0% ne peut pas être tenue"),
        ("rules:", "largest: [max9]\nrules:", "la colonne « max9 » manque"),
        ("frequency: n", "frequency: [n]", "spec.yaml : « frequency » nomme une colonne"),
        ("tables:", "\ttables:", "spec.yaml, ligne 1 : ce n’est pas du YAML"),
    ],
)
def test_a_malformed_specification_is_told_in_french(line: Path, old: str, new: str, message: str) -> None:
    rewrite(line / "spec.yaml", (old, new))
    with pytest.raises(Refused, match=message):
        protect(line)


@pytest.mark.parametrize("command", ["protect", "attack"])
def test_the_help_shows_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        commands.main([command, "--help"])
    assert not stop.value.code
    assert "senacs attack spec.yaml --tables protegees" in capsys.readouterr().out
