"""What « non concerné » means of a number, decided once per question: zero, or out of the population."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from senacs.questionnaire.engine.errors import DefinitionError, DefinitionErrors
from senacs.questionnaire.engine.language import Expression
from senacs.questionnaire.engine.schema import Questionnaire

FILE = "non_concerne.yaml"
_KEY = "hors_population"
ZERO_TOLD = "«\u00a0Non concerné\u00a0» y compte pour zéro."
OUT_TOLD = "Les structures qui se disent non concernées n’y sont pas comptées."


@dataclass(frozen=True)
class NotConcernedDecision:
    """`out` names questions or fields whose « non concerné » leaves the population; any other number is zero."""

    out: frozenset[str] = frozenset()

    def zeros(self, expression: Expression, questionnaire: Questionnaire) -> frozenset[str]:
        """The typed fields under a formula whose « non concerné » is zero, those of its computed totals included."""
        read = typed_fields(expression, questionnaire)
        return frozenset(code for code in read if not self._is_out(code, questionnaire))

    def leaves_out(self, expression: Expression, questionnaire: Questionnaire) -> bool:
        return any(self._is_out(code, questionnaire) for code in typed_fields(expression, questionnaire))

    def _is_out(self, code: str, questionnaire: Questionnaire) -> bool:
        return code in self.out or questionnaire.fields[code].question in self.out


ALL_ZERO = NotConcernedDecision()


def typed_fields(expression: Expression, questionnaire: Questionnaire) -> frozenset[str]:
    """The typed numbers that a formula reads, through computed totals, and that may be « non concerné »."""
    found: set[str] = set()
    for code, is_previous in expression.names:
        field = questionnaire.fields.get(code)
        if field is None or is_previous:
            continue
        if field.computed is not None:
            found |= typed_fields(field.computed, questionnaire)
        elif field.kind.is_numeric and field.allows_not_concerned:
            found.add(code)
    return frozenset(found)


def load_not_concerned(path: Path) -> NotConcernedDecision:
    """Reads data/non_concerne.yaml; without it, every number is zero. Raises DefinitionErrors."""
    if not path.exists():
        return ALL_ZERO
    document = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    codes = document.get(_KEY) if isinstance(document, dict) else None
    if not isinstance(codes, list) or set(document) != {_KEY} or not all(isinstance(code, str) for code in codes):
        raise DefinitionErrors([DefinitionError(f"« {_KEY} » est une liste de questions.", file=path.name, line=1)])
    return NotConcernedDecision(frozenset(codes))
