"""A workbook written for Kobo or ODK: taken over as far as SENACS goes, and what is not is told with its row."""

from typing import Any

import pytest

from senacs.questionnaire.engine.errors import DefinitionErrors
from senacs.questionnaire.xlsform.columns import CHOICES, SETTINGS, SHEETS, SURVEY, Row
from senacs.questionnaire.xlsform.from_xpath import Answer, Untranslatable, translate
from senacs.questionnaire.xlsform.reader import Definition, definition_of

LISTS = [
    ("statut", "assoc", "Association"),
    ("statut", "com-mune", "Commune"),
    ("yn", "oui", "Oui"),
    ("yn", "non", "Non"),
]


def rows(*survey: dict[str, str], title: str = "Enquête 2026") -> dict[str, list[Row]]:
    sheets: dict[str, list[Row]] = {name: [] for name in SHEETS}
    sheets[SURVEY] = [Row(cells, number) for number, cells in enumerate(survey, 2)]
    sheets[CHOICES] = [
        Row({"list_name": name, "name": code, "label": label}, number)
        for number, (name, code, label) in enumerate(LISTS, 2)
    ]
    sheets[SETTINGS] = [Row({"form_title": title, "form_id": "Enquête Test"}, 2)]
    return sheets


def row(kind: str, name: str = "", label: str = "", **more: str) -> dict[str, str]:
    return {key: text for key, text in {"type": kind, "name": name, "label": label, **more}.items() if text}


STANDARD = [
    row("start", "start"),
    row("begin group", "Emplois", "Emplois"),
    row("note", "n1", "Tous les contrats comptent."),
    row("integer", "salaries", "Salariés", required="yes", constraint=". >= 0 and . < 500", hint="Personnes physiques"),
    row("decimal", "ETP", "ETP", relevant="${salaries} > 0", constraint=". <= ${salaries}", constraint_message="Trop."),
    row("begin_group", "detail", "Détail", relevant="${statut} != 'assoc'"),
    row("calculate", "ratio", calculation="${ETP} div ${salaries}"),
    row("end group"),
    row("select_one statut or_other", "statut", "Statut", appearance="minimal"),
    row("end group"),
    row("begin group", "divers", "Divers"),
    row("select one yn", "clas", "CLAS ?"),
    row("integer", "clas_enfants", "Enfants", relevant="${clas} = 'oui'"),
    row("select_multiple statut", "statuts", "Statuts", relevant="not(selected(${statut}, 'com-mune'))"),
    row("geopoint", "lieu", "Lieu"),
    row("text", "avis", "Avis", appearance="multiline", default="RAS"),
    row("date", "ouverture", "Ouverture", constraint=". <= today()"),
    row("end group"),
]


@pytest.fixture(scope="module")
def standard() -> Definition:
    return definition_of(rows(*STANDARD))


def test_questions_groups_and_lists_are_taken_over(standard: Definition) -> None:
    q = standard.questionnaire
    assert (q.code, q.year, q.data_year, q.title) == ("enquete-test", 2026, 2025, "Enquête 2026")
    assert [(s.letter, s.code, s.intro) for s in q.sections] == [
        ("A", "emplois", "Tous les contrats comptent."),
        ("B", "divers", ""),
    ]
    kinds = {code: field.kind.value for code, field in q.fields.items()}
    assert kinds == {
        "salaries": "entier", "etp": "decimal", "ratio": "decimal", "statut": "choix", "clas": "oui_non",
        "clas_enfants": "entier", "statuts": "choix_multiple", "avis": "texte_long", "ouverture": "date",
    }  # fmt: skip
    salaries = q.fields["salaries"]
    assert (salaries.minimum, salaries.maximum, salaries.is_required, salaries.help) == (
        0,
        499,
        True,
        "Personnes physiques",
    )
    assert q.fields["clas_enfants"].minimum is None
    assert [option.code for option in q.fields["statut"].options] == ["assoc", "com_mune", "autre"]


def test_formulas_are_translated(standard: Definition) -> None:
    fields = standard.questionnaire.fields
    texts = {code: f.condition.text for code, f in fields.items() if f.condition}
    assert texts["etp"] == "salaries > 0"
    assert texts["ratio"] == "statut <> 'assoc'"
    assert texts["clas_enfants"] == "clas = oui"
    assert texts["statuts"] == "non (statut = 'com_mune')"
    assert fields["ratio"].computed is not None
    assert fields["ratio"].computed.text == "(etp / salaries)"
    rule = standard.questionnaire.rules[0]
    assert (rule.code, rule.expression.text, rule.message) == ("CONTRAINTE_ETP", "etp <= salaries", "Trop.")


def test_what_is_not_taken_over_is_told_with_its_row(standard: Definition) -> None:
    told = {(note.file, note.line): note.message for note in standard.notes}
    assert "donnée technique" in told[SURVEY, 2]
    assert "« etp »" in told[SURVEY, 6]
    assert "fondu dans la rubrique « Emplois »" in told[SURVEY, 7]
    assert "« or_other »" in told[SURVEY, 10]
    assert "« geopoint »" in told[SURVEY, 16]
    assert "today()" in told[SURVEY, 18]
    assert any("colonne « default »" in note.message for note in standard.notes)
    assert "2026" in told[SETTINGS, 2]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (row("begin repeat", "r", "R"), "une répétition (begin_repeat) ne se reprend pas"),
        (row("integer", "b", "B", relevant="${absente} = 1"), "la question « absente » n’existe pas"),
        (row("integer", "b", "B", relevant="pulldata('x', 'y')"), "« pulldata() » n’a pas d’équivalent"),
        (row("select_one nulle", "b", "B"), "la liste « nulle » n’est pas dans la feuille"),
        (row("integer", "", "B"), "cette question n’a pas de nom"),
        (row("", "b", "B"), "cette ligne n’a pas de type"),
        (row("integer", "a", "Encore"), "définie deux fois"),
        (row("end group"), "aucun groupe n’est ouvert ici"),
    ],
)
def test_what_would_change_the_meaning_is_refused_at_its_row(bad: dict[str, str], reason: str) -> None:
    sheets = rows(row("begin group", "g", "G"), row("integer", "a", "A"), row("end group"))
    at = 5 if bad.get("type") == "end group" else 4
    survey = [r.cells for r in sheets[SURVEY]]
    survey.insert(at - 2, bad)
    with pytest.raises(DefinitionErrors) as caught:
        definition_of(rows(*survey))
    assert any(e.file == SURVEY and e.line == at and reason in e.message for e in caught.value.errors), caught.value


def test_unclosed_group_and_questions_outside_are_told() -> None:
    with pytest.raises(DefinitionErrors, match="n’est pas fermé"):
        definition_of(rows(row("begin group", "g", "G"), row("integer", "a", "A")))
    alone = definition_of(rows(row("integer", "a", "A"), row("integer", "b", "B")))
    assert [section.code for section in alone.questionnaire.sections] == ["questions"]
    assert any("hors de tout groupe" in note.message for note in alone.notes)


def test_languages_are_reduced_to_french() -> None:
    label = {"label::English (en)": "Staff", "label::Français (fr)": "Salariés"}
    found = definition_of(rows({"type": "integer", "name": "a", **label}))
    assert found.questionnaire.fields["a"].label == "Salariés"
    assert any("label::English (en)" in note.message for note in found.notes)


ANSWERS = {
    "n": Answer("n", "entier"),
    "x": Answer("x", "decimal"),
    "c": Answer("c", "choix", {"1": "1", "a": "a"}),
    "m": Answer("m", "choix_multiple", {"a": "a"}),
    "o": Answer("o", "oui_non", {"oui": "oui", "non": "non"}),
    "t": Answer("t", "texte"),
}


@pytest.mark.parametrize(
    ("xpath", "ours"),
    [
        ("${n} > 0 and ${x}<=2.5", "(n > 0 et x <= 2.5)"),
        ("${n}=1 or ( ${o} = 'non' and ${c} != 'a' )", "(n = 1 ou (o = non et c <> 'a'))"),
        ("selected(${m}, 'a')", "m contient 'a'"),
        ("${c} = 1", "c = '1'"),
        ("'a' = ${c}", "c = 'a'"),
        ("${t} != ''", "t est non vide"),
        ("not(${n} = '')", "non (n est vide)"),
        ("3 < ${n}", "n > 3"),
        ("if(${o}='oui', ${n} * 2, -1) = 4", "SI(o = oui; (n * 2); -1) = 4"),
        ("round(${x} div ${n}, 1) = 2", "ARRONDI((x / n); 1) = 2"),
    ],
)
def test_xpath_in_our_words(xpath: str, ours: str) -> None:
    assert translate(xpath, ANSWERS) == ours


@pytest.mark.parametrize(
    "xpath",
    [
        "",
        "${n",
        "${n} >",
        "regex(${t}, '[a-z]')",
        "${t} = 'x'",
        "${c} = 'z'",
        "${n} ; ${x}",
        "(" * 100,
        "${c} < 'a'",
        ". > 1",
    ],
)
def test_what_ours_cannot_say_is_refused(xpath: Any) -> None:
    with pytest.raises(Untranslatable):
        translate(xpath, ANSWERS)
