"""Reads on questionnaire versions: the compiled questionnaire, kept by checksum; what changes since last year."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from senacs.questionnaire.engine.comparison import Comparison, QuestionChange, compare
from senacs.questionnaire.engine.evaluation import Compiled, compile_questionnaire
from senacs.questionnaire.engine.loader import from_document
from senacs.questionnaire.engine.local import Local
from senacs.questionnaire.models import QuestionnaireVersion, VersionDecision, VersionIndicators

# A demonstration holds five years, each with its own version.
KEPT = 16
_compiled: OrderedDict[str, Local] = OrderedDict()
_lock = Lock()


def get_compiled(version: QuestionnaireVersion) -> Compiled:
    """The closures of a version. A cached version reads no document: callers may defer it."""
    return get_local(version).compiled


def get_local(version: QuestionnaireVersion) -> Local:
    """The same, for what follows from a few answers."""
    with _lock:
        known = _compiled.get(version.checksum)
        if known is not None:
            _compiled.move_to_end(version.checksum)
            return known
        local = Local(compile_questionnaire(from_document(version.document)))
        _compiled[version.checksum] = local
        if len(_compiled) > KEPT:
            _compiled.popitem(last=False)
        return local


def indicators_of(version: QuestionnaireVersion) -> list[dict[str, object]]:
    """The raw entries of the indicators that a version carries; none: those of the files hold."""
    own = VersionIndicators.objects.filter(version=version).first()
    return [dict(entry) for entry in own.entries] if own else []


def previous_version(version: QuestionnaireVersion) -> QuestionnaireVersion | None:
    """The version that asked for the year before."""
    return version_of(version.data_year - 1)


def version_of(data_year: int) -> QuestionnaireVersion | None:
    """The version that asked for a year: the frozen one, else the last loaded."""
    candidates = QuestionnaireVersion.objects.filter(data_year=data_year)
    return candidates.order_by("frozen_at", "-loaded_at", "pk").filter(frozen_at__isnull=False).last() or (
        candidates.order_by("loaded_at", "pk").last()
    )


@dataclass(frozen=True, slots=True)
class DecidedChange:
    """A change, and the decision that stands on it; None where none is needed or none was taken."""

    question: QuestionChange
    decision: VersionDecision | None

    @property
    def is_awaited(self) -> bool:
        return self.question.is_core and self.decision is None


@dataclass(frozen=True, slots=True)
class Changes:
    """What changes from `before` to a version."""

    before: QuestionnaireVersion
    comparison: Comparison
    questions: list[DecidedChange]

    @property
    def awaited(self) -> list[DecidedChange]:
        return [change for change in self.questions if change.is_awaited]


def changes_of(version: QuestionnaireVersion) -> Changes | None:
    """What changes in a version since the year before, with its decisions; None for the first year of all."""
    before = previous_version(version)
    if before is None:
        return None
    comparison = compare(get_compiled(before).questionnaire, get_compiled(version).questionnaire)
    decisions = {decision.question: decision for decision in version.decisions.select_related("by")}
    questions = []
    for question in comparison.questions:
        decision = decisions.get(question.code)
        stands = decision is not None and decision.change == question.change
        questions.append(DecidedChange(question, decision if stands else None))
    return Changes(before, comparison, questions)
