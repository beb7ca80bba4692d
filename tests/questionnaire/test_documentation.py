"""docs/formulas.md gives formulas that hold on the questionnaire of the product, and names every function."""

import re

from django.conf import settings

from senacs.questionnaire.engine.language import parse
from senacs.questionnaire.engine.loader import field_types, load_directory
from senacs.questionnaire.engine.typecheck import FUNCTIONS, Base
from senacs.questionnaire.engine.vocabulary import CONTEXT

PAGE = (settings.BASE_DIR / "docs" / "formulas.md").read_text(encoding="utf-8")


def test_examples_are_formulas_of_the_2026_questionnaire() -> None:
    types = field_types(load_directory(settings.DATA_DIR / "questionnaires" / "2026"))
    examples = [line for block in re.findall(r"```formule\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
    assert len(examples) >= 10
    for example in examples:
        parse(example).check(types, expect=Base.BOOLEAN)


def test_every_function_and_context_name_is_described() -> None:
    assert [name for name in [*FUNCTIONS, *CONTEXT] if f"`{name}" not in PAGE] == []
