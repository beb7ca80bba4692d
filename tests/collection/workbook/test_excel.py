"""Formulas as Excel writes them: every function has its counterpart; what is unanswered is neither true nor false."""

from pathlib import Path

import pytest

from senacs.collection.workbook.excel import AnswerPlaces, UntranslatableInCells
from senacs.questionnaire.engine.language import parse
from senacs.questionnaire.engine.loader import load_directory
from tests.factories import QUESTIONNAIRES


@pytest.fixture(scope="module")
def cells() -> AnswerPlaces:
    fields = load_directory(Path(QUESTIONNAIRES / "minimal")).fields
    now = {"salaries_total": "C4", "etp_total": "C5", "benevoles": "C6", "clas": "C7", "themes": "C8", "statut": "C9"}
    return AnswerPlaces(
        fields=fields, now=now, before={"salaries_total": "E4", "statut": "E9"}, context={"structure_qpv": True}
    )


@pytest.mark.parametrize(
    ("formula", "excel"),
    [
        ("salaries_total <= 3", "AND(ISNUMBER(C4),N(C4)<=3)"),
        ("MOYENNE(salaries_total; benevoles) > 3", "AND(ISNUMBER(C4),ISNUMBER(C6),ROUND(AVERAGE(N(C4),N(C6))-3,6)>0)"),
        ("ARRONDI(etp_total; 1) = 2", "AND(ISNUMBER(C5),ROUND(ROUND(ROUND(N(C5),12),1)-2,6)=0)"),
        ("NB_RENSEIGNES(salaries_total; clas; budget_caf) >= 2", 'ROUND((N(C4<>"")+N(C7<>""))-2,6)>=0'),
        (
            "SI(clas; salaries_total; 0) > 1",
            'AND(OR(AND(C7="Oui",ISNUMBER(C4)),C7="Non"),ROUND(IF(C7="Oui",N(C4),0)-1,6)>0)',
        ),
        (
            "salaries_total / benevoles < 2",
            "AND(ISNUMBER(C4),ISNUMBER(C6),N(C6)<>0,ROUND((N(C4)/IF(N(C6)=0,1,N(C6)))-2,6)<0)",
        ),
        ("salaries_total + benevoles = 2", 'AND(C4<>"",C6<>"",ROUND((N(C4)+N(C6))-2,6)=0)'),
        ("salaries_total = salaries_total[N-1]", "AND(ISNUMBER(C4),ISNUMBER(E4),N(C4)=N(E4))"),
        (
            "statut = statut[N-1]",
            'AND(C9<>"",C9<>"Non concerné",E9<>"",E9<>"Non concerné",C9=E9)',
        ),
        ("themes contient 'famille'", 'ISNUMBER(FIND(";famille;",LOWER(";"&SUBSTITUTE(C8," ","")&";")))'),
        ("statut parmi ('association'; 'commune')", 'OR(C9="Association",C9="Commune")'),
        ("budget_caf > 0", "AND(FALSE,0>0)"),  # not asked of this structure
        ("budget_caf est vide", "TRUE"),
        ("benevoles est non concerné", 'C6="Non concerné"'),
        ("structure_qpv = oui et clas = non", 'AND(TRUE,C7="Non")'),
    ],
)
def test_formula_has_its_counterpart(cells: AnswerPlaces, formula: str, excel: str) -> None:
    assert cells.when(parse(formula).tree, True) == excel


def test_false_is_not_merely_untrue(cells: AnswerPlaces) -> None:
    assert cells.when(parse("salaries_total <= 3").tree, False) == "AND(ISNUMBER(C4),NOT(N(C4)<=3))"


def test_what_a_cell_cannot_tell_is_left_to_the_site(cells: AnswerPlaces) -> None:
    with pytest.raises(UntranslatableInCells):
        cells.when(parse("ouverture > '2020-01-01'").tree, True)
