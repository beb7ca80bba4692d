"""An indicator as its reader is told of it: how it is worked out, and which questions it reads."""

import re
from collections.abc import Sequence
from typing import TypedDict

from senacs.lib.french import inside
from senacs.observatory.definitions.indicators import Indicator, fields_behind
from senacs.questionnaire.engine.language import Expression
from senacs.questionnaire.engine.schema import Questionnaire

_WORD = re.compile(r"([a-z0-9_]+)")
# What the register tells of a structure, in formulas.
_OF_REGISTER = {
    "structure_type": "type de la structure",
    "structure_gestion": "mode de gestion",
    "structure_territoire": "type de territoire",
    "structure_qpv": "structure en quartier prioritaire",
    "structure_fcsf": "structure adhérente de la fédération",
}
_OF_KIND = {
    "share": "Part des structures pour lesquelles {0}",
    "total": "Somme de {0}",
    "mean": "Moyenne par structure de {0}",
    "median": "Médiane, sur les structures, de {0}",
    "density": "Total estimé pour toutes les structures de {0}, pour 10\u00a0000 habitants",
    "distribution": "Part des structures qui ont choisi chaque réponse à {0}",
}


class AskedQuestion(TypedDict):
    """One question of the questionnaire, and the section that asks it."""

    label: str
    help: str
    section: str


class IndicatorInWords(TypedDict):
    """`formula` is a sentence; `questions` are those that it reads, through computed totals."""

    formula: str
    questions: list[AskedQuestion]


def told_of(indicators: Sequence[Indicator], questionnaire: Questionnaire) -> dict[str, IndicatorInWords]:
    """By code of indicator."""
    return {
        one.code: {"formula": formula_in_words(one, questionnaire), "questions": _questions(one, questionnaire)}
        for one in indicators
    }


def formula_in_words(indicator: Indicator, questionnaire: Questionnaire) -> str:
    """« Somme de « Caf », rapportée à la somme de « Produits ». »: the formula with labels in place of codes."""
    read = _labelled(indicator.formula, questionnaire)
    if indicator.denominator is not None:
        below = _labelled(indicator.denominator, questionnaire)
        sentence = f"Somme de {read}, rapportée à la somme de {below}"
    else:
        sentence = _OF_KIND[indicator.kind].format(read)
    if indicator.population is not None:
        sentence += f", parmi les structures pour lesquelles {_labelled(indicator.population, questionnaire)}"
    return f"{sentence}."


def _labelled(expression: Expression, questionnaire: Questionnaire) -> str:
    return "".join(_label(word, questionnaire) for word in _WORD.split(expression.text)).replace(" * ", " × ")


def _label(word: str, questionnaire: Questionnaire) -> str:
    field = questionnaire.fields.get(word)
    label = field.label if field else _OF_REGISTER.get(word)
    return f"«\u00a0{inside(label)}\u00a0»" if label else word


def _questions(indicator: Indicator, questionnaire: Questionnaire) -> list[AskedQuestion]:
    read = [one for one in (indicator.formula, indicator.denominator, indicator.population) if one is not None]
    codes = {questionnaire.fields[code].question for code in fields_behind(read, questionnaire)}
    return [
        {"label": question.label, "help": question.help, "section": f"{section.letter}. {section.title}"}
        for section in questionnaire.sections
        for question in section.questions
        if question.code in codes
    ]
