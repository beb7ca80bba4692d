"""Whether an indicator of a release follows that of the year before: as the comité technique decided, nothing else."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from senacs.observatory.definitions.indicators import Indicator, fields_behind
from senacs.questionnaire.comparability import renamed_fields, ruptures_in
from senacs.questionnaire.engine.schema import Questionnaire
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.questionnaire.queries import changes_of

# A code, or what lies between two of them.
_WORD = re.compile(r"([a-z0-9_]+)")


def comparability(
    version: QuestionnaireVersion, questionnaire: Questionnaire, indicators: Sequence[Indicator]
) -> dict[str, Any]:
    """What a release keeps of it: {since: data year compared with, breaks: note by indicator, renamed: new → old code}.

    {} for the first year of all. A question redefined under the same code breaks what reads it; one that goes on under
    another code with « même série » breaks nothing.
    """
    changes = changes_of(version)
    if changes is None:
        return {}
    ruptures = ruptures_in(changes, version)
    breaks = {}
    for one in indicators:
        read = [e for e in (one.formula, one.denominator, one.population) if e is not None]
        behind = fields_behind(read, questionnaire)
        notes = [f"{rupture.question} : {rupture.note}".rstrip(".") for rupture in ruptures if rupture.fields & behind]
        if notes:
            breaks[one.code] = " ; ".join(notes)
    return {"since": changes.before.data_year, "breaks": breaks, "renamed": renamed_fields(questionnaire)}


def as_before(formula: str, renamed: Mapping[str, str]) -> str:
    """A formula with the codes of the year before."""
    return "".join(renamed.get(word, word) for word in _WORD.split(formula))
