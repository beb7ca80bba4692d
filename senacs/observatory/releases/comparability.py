"""Whether an indicator of a release follows that of the year before: as the comité technique decided, nothing else."""

from collections.abc import Mapping, Sequence
from typing import Any

from senacs.observatory.definitions.indicators import Indicator, fields_behind, in_codes
from senacs.questionnaire.comparability import Rupture, renamed_fields, ruptures_in
from senacs.questionnaire.engine.schema import Questionnaire
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.questionnaire.queries import changes_of, get_compiled

# Releases further apart than that are not drawn on one line with these.
_YEARS = 6


def comparability(
    version: QuestionnaireVersion, questionnaire: Questionnaire, indicators: Sequence[Indicator]
) -> dict[str, Any]:
    """What a release keeps of it: {since: data year compared with, breaks: note by indicator, renamed: new → old code,
    before: the same of each year before, latest first, for series that lack a release}.

    {} for the first year of all. A question redefined under the same code breaks what reads it; one that goes on under
    another code with « même série » breaks nothing.
    """
    read = {
        one.code: [e for e in (one.formula, one.denominator, one.population) if e is not None] for one in indicators
    }
    behind = {code: fields_behind(expressions, questionnaire) for code, expressions in read.items()}
    years: list[dict[str, object]] = []
    while len(years) < _YEARS and (changes := changes_of(version)) is not None:
        asked = get_compiled(version).questionnaire
        years.append({
            "since": changes.before.data_year,
            "breaks": _breaks(ruptures_in(changes, version), behind),
            "renamed": renamed_fields(asked),
        })  # fmt: skip
        behind = {code: _year_before(fields, asked) for code, fields in behind.items()}
        version = changes.before
    if not years:
        return {}
    return {**years[0], "before": [year for year in years[1:] if year["breaks"] or year["renamed"]]}


def _breaks(ruptures: Sequence[Rupture], behind: Mapping[str, frozenset[str]]) -> dict[str, str]:
    found = {}
    for code, fields in behind.items():
        if notes := [rupture.told for rupture in ruptures if rupture.fields & fields]:
            found[code] = " ; ".join(notes)
    return found


def _year_before(codes: frozenset[str], questionnaire: Questionnaire) -> frozenset[str]:
    fields = (questionnaire.fields[code] for code in codes if code in questionnaire.fields)
    return frozenset(field.previous_code for field in fields if field.previous_code)


def as_before(formula: str, renamed: Mapping[str, str]) -> str:
    """A formula with the codes of the year before."""
    return in_codes(formula, renamed)
