"""From YAML to the questionnaire: objects, round trip through JSON, and every error at its line."""

import json
from pathlib import Path

import pytest

from senacs.questionnaire.engine.loader import (
    DefinitionErrors,
    checksum_of,
    field_types,
    from_document,
    load_directory,
    to_document,
)
from senacs.questionnaire.engine.schema import Kind, Questionnaire

FIXTURES = Path(__file__).parent / "fixtures"
VALID = ["grid", "conditions", "kinds"]


def write(directory: Path, section: str, rules: str = "[]") -> Path:
    (directory / "questionnaire.yaml").write_text(
        "code: essai\nyear: 2026\ndata_year: 2025\ntitle: Essai\nsections: [s.yaml]\nrules: [r.yaml]\n"
    )
    (directory / "s.yaml").write_text(section)
    (directory / "r.yaml").write_text(rules)
    return directory


def errors_of(directory: Path) -> list[tuple[str, int, str]]:
    with pytest.raises(DefinitionErrors) as raised:
        load_directory(directory)
    return [(Path(e.file).name, e.line, f"{e.message} {e.suggestion}".strip()) for e in raised.value.errors]


def test_grid_makes_its_cells_and_totals() -> None:
    questionnaire = load_directory(FIXTURES / "grid")
    fields = questionnaire.fields
    grid = questionnaire.questions["effectifs"].grid
    assert grid is not None
    assert grid.cells == (
        ("salaries_direction", "etp_direction", "diplome_direction"),
        ("salaries_animation", "etp_animation", None),
        ("salaries_total", "etp_total", None),
    )
    assert grid.row_labels == ("Direction", "Animation", "Total")
    assert fields["etp_animation"].label == "Salariés et ETP par fonction, animation, ETP"
    assert fields["etp_animation"].caption == "ETP, animation"
    total = fields["etp_total"].computed
    assert total is not None
    assert total.text == "SOMME(etp_direction; etp_animation)"
    assert not fields["etp_total"].allows_not_concerned
    year = fields["heures_accueil_annee"].computed
    assert year is not None
    assert year.text == "SOMME(heures_accueil_t1; heures_accueil_t2)"
    assert "heures_toutes_annee" in fields


def test_defaults_by_kind() -> None:
    fields = load_directory(FIXTURES / "kinds").fields
    assert [(c, fields[c].minimum, fields[c].maximum, fields[c].decimals) for c in ("n1", "n3", "part", "mot")] == [
        ("n1", 0, None, 0),
        ("n3", -100, None, 2),
        ("part", 0, 100, 1),
        ("mot", None, None, 0),
    ]
    assert fields["n2"].unit == "€"
    assert fields["n1"].allows_not_concerned
    assert not fields["b2"].allows_not_concerned
    assert [o.code for o in fields["choix"].options] == ["z", "a", "m"]
    assert fields["jour"].warning == "Jour du vote."


def test_total_may_keep_a_code_of_its_own(tmp_path: Path) -> None:
    """A series goes on when its detail is asked for the first time."""
    section = """
code: s
letter: A
title: S
questions:
  - code: t
    label: Tableau
    grid:
      cell: "{column}_{row}"
      columns: [{code: a, label: A, kind: entier}, {code: b, label: B, kind: entier}]
      total_column: {code: tout, label: Tout}
      rows: [{code: x, label: X}, {code: y, label: Y}, {code: total, label: Ensemble, total: true, cell: "{column}"}]
"""
    fields = load_directory(write(tmp_path, section)).fields
    assert {"a_x", "b_y", "tout_x"} <= fields.keys()
    assert str(fields["a"].computed and fields["a"].computed.text) == "SOMME(a_x; a_y)"
    assert str(fields["tout"].computed and fields["tout"].computed.text) == "SOMME(a; b)"


def test_question_says_what_to_count_where_and_the_frequent_error(tmp_path: Path) -> None:
    section = """
code: s
letter: A
title: S
questions:
  - {code: q, label: Q, kind: entier, help: Les personnes., source: le registre, warning: Et non les contrats.}
  - {code: adresse, label: Adresse, kind: texte, public: true}
"""
    fields = load_directory(write(tmp_path, section)).fields
    assert fields["q"].guidance == ("Les personnes.", "Où le trouver\u00a0: le registre.", "Et non les contrats.")
    assert (fields["adresse"].guidance, fields["adresse"].is_public, fields["q"].is_public) == ((), True, False)


def test_conditions_of_section_and_question_are_joined() -> None:
    questionnaire = load_directory(FIXTURES / "conditions")
    condition = questionnaire.fields["jardin_m2"].condition
    assert condition is not None
    assert condition.text == "(structure_type = 'CS') et (jardin = oui)"
    assert questionnaire.fields["jardin"].previous_code is None
    assert questionnaire.fields["jardin_m2"].previous_code == "surface_jardin"
    assert questionnaire.section("module").is_module
    assert not questionnaire.fields["jardin"].is_core


def test_rule_fields_come_from_the_expression() -> None:
    rules = {rule.code: rule for rule in load_directory(FIXTURES / "conditions").rules}
    assert rules["ENFANTS_RENSEIGNES"].fields == ("clas", "clas_enfants")
    assert rules["JARDIN_STABLE"].fields == ("jardin_m2",)


@pytest.mark.parametrize("name", VALID)
def test_document_rebuilds_the_same_questionnaire(name: str) -> None:
    questionnaire = load_directory(FIXTURES / name)
    # A database may give the keys back in any order (JSONB does).
    stored = json.loads(json.dumps(to_document(questionnaire), sort_keys=True))
    again = from_document(stored)
    assert again == questionnaire
    assert again.checksum == questionnaire.checksum == checksum_of(stored)
    assert again.fields == questionnaire.fields
    assert json.dumps(to_document(again), sort_keys=True) == json.dumps(stored, sort_keys=True)


def test_checksum_follows_content_not_layout(tmp_path: Path) -> None:
    section = "code: s\nletter: A\ntitle: S\nquestions: [{code: n, label: N, kind: entier}]\n"
    first = load_directory(write(tmp_path, section)).checksum
    assert load_directory(write(tmp_path, "# Remarque\n\n" + section)).checksum == first
    assert load_directory(write(tmp_path, section.replace("label: N", "label: M"))).checksum != first


def test_field_types_name_fields_and_context() -> None:
    types = field_types(load_directory(FIXTURES / "kinds"))
    assert types["choix"].options == ("z", "a", "m")
    assert {"n1", "structure_type", "structure_qpv"} <= types.keys()


def test_every_error_is_told_at_once_with_file_and_line() -> None:
    found = errors_of(FIXTURES / "errors")
    expected = [
        ("questionnaire.yaml", 3, "portent sur une année passée"),
        ("questionnaire.yaml", 5, "« absente.yaml » introuvable"),
        ("questionnaire.yaml", 7, "clé « auteur » inconnue"),
        ("regles.yaml", 1, "« minuscules » invalide"),
        ("regles.yaml", 3, "« severity » vaut « bloquant ». Possibles : blocking"),
        ("regles.yaml", 4, "le message nomme « etpp », champ inconnu. Vouliez-vous dire « etp »"),
        ("regles.yaml", 5, "la clé « message » manque"),
        ("regles.yaml", 9, "donne un nombre, il faut un oui/non"),
        ("regles.yaml", 12, "champ « salaires » inconnu. Vouliez-vous dire « salaries »"),
        ("regles.yaml", 14, "précède « since »"),
        ("section.yaml", 7, "« kind » vaut « entirer ». Vouliez-vous dire « entier »"),
        ("section.yaml", 11, "code « salarie » inconnu. Vouliez-vous dire « salaries »"),
        ("section.yaml", 12, "« etp » défini"),
        ("section.yaml", 15, "clé « decimales » inconnue. Vouliez-vous dire « decimals »"),
        ("section.yaml", 18, "a besoin d’« options »"),
        ("section.yaml", 19, "code « Majuscule » invalide"),
        ("section.yaml", 22, "mot des formules"),
        ("section.yaml", 25, "boucle_a → boucle_b → boucle_a"),
        ("section.yaml", 33, "la clé « label » manque"),
        ("section.yaml", 38, "donne un nombre, il faut un texte"),
        ("section.yaml", 46, "« nb_mardi » n’est pas une case"),
        ("section.yaml", 50, "doit être un nombre entier, pas « dix »"),
    ]
    for file, line, message in expected:
        assert any((f, n) == (file, line) and message in m for f, n, m in found), (file, line, message, found)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("code: s\nquestions:\n\t- a", 3, "YAML illisible"),
        ("code: s\ntitle: a : b", 2, "entre guillemets"),
        ("code: s\ncode: t", 2, "écrite deux fois"),
        ("code: !!python/object:os.system s", 1, "refusée"),
        ("- a\n- b", 1, "bloc de clés"),
        ("", 0, "fichier vide"),
    ],
)
def test_unreadable_yaml_names_the_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    assert any(n == line and message in m for f, n, m in errors_of(write(tmp_path, text)) if f == "s.yaml")


def test_yaml_words_stay_text(tmp_path: Path) -> None:
    section = "code: s\nletter: NO\ntitle: 2025\nquestions: [{code: n, label: on, kind: oui_non}]\n"
    read = load_directory(write(tmp_path, section)).section("s")
    assert (read.letter, read.title, read.questions[0].label) == ("NO", "2025", "on")


def test_a_condition_on_itself_is_a_loop(tmp_path: Path) -> None:
    section = "code: s\nletter: A\ntitle: S\nquestions: [{code: n, label: N, kind: entier, condition: n > 0}]\n"
    assert any("n → n" in message for _, _, message in errors_of(write(tmp_path, section)))


def test_last_year_makes_no_loop(tmp_path: Path) -> None:
    section = 'code: s\nletter: A\ntitle: S\nquestions: [{code: n, label: N, kind: entier, condition: "n[N-1] > 0"}]\n'
    assert load_directory(write(tmp_path, section)).fields["n"].kind is Kind.INTEGER


def test_a_row_or_a_column_goes_on_under_another_code(tmp_path: Path) -> None:
    grid = """grid:
      columns: [{code: nombre, label: Nombre, kind: entier, previous: effectif}, {code: etp, label: ETP, kind: decimal}]
      rows: [{code: accueil, label: Accueil, previous: banque}, {code: appui, label: Appui, new: true}]
    """
    section = f"code: s\nletter: A\ntitle: S\nquestions:\n  - code: q\n    label: Q\n    {grid}"
    fields = load_directory(write(tmp_path, section)).fields
    assert {code: field.previous_code for code, field in fields.items()} == {
        "nombre_accueil": "effectif_banque",
        "etp_accueil": "etp_banque",
        "nombre_appui": None,
        "etp_appui": None,
    }
    both = section.replace("previous: banque", "previous: banque, new: true")
    assert any("s’excluent" in message for _, _, message in errors_of(write(tmp_path, both)))


def test_missing_directory_is_one_error(tmp_path: Path) -> None:
    assert [message for _, _, message in errors_of(tmp_path / "rien")] == [
        "fichier « questionnaire.yaml » introuvable."
    ]


def test_invalid_document_is_refused() -> None:
    with pytest.raises(DefinitionErrors, match="aucune rubrique"):
        from_document({"code": "x", "year": 2026, "data_year": 2025, "title": "X", "sections": []})


@pytest.mark.parametrize("name", VALID)
def test_origins_name_the_file(name: str) -> None:
    questionnaire: Questionnaire = load_directory(FIXTURES / name)
    origins = [f.origin for f in questionnaire.fields.values()]
    assert all(
        origin is not None and origin.line > 0 and Path(origin.file).name.endswith(".yaml") for origin in origins
    )
