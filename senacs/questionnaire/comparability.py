"""What the decisions of the comité technique make of series: where a definition breaks them, where a code goes on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from senacs.questionnaire.engine.schema import Questionnaire
from senacs.questionnaire.enums import ChangeKind, Effect
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.questionnaire.queries import Changes, get_compiled, previous_version, version_of

# What was asked the year before too: the others have no series to cut.
_GOES_ON = frozenset({ChangeKind.REDEFINED, ChangeKind.REWORDED})


@dataclass(frozen=True, slots=True)
class Rupture:
    """A definition that changed: in which version, the label of the question and what was decided."""

    version: QuestionnaireVersion
    question: str
    note: str
    fields: frozenset[str]

    @property
    def data_year(self) -> int:
        return self.version.data_year

    @property
    def told(self) -> str:
        return f"{self.question} : {self.note}".rstrip(".")


def ruptures_in(changes: Changes, version: QuestionnaireVersion) -> list[Rupture]:
    """The questions of a version whose answers do not follow those of the year before."""
    found = []
    for changed in changes.questions:
        question, decision = changed.question, changed.decision
        if decision is not None:
            # Other words may change what people count: the committee says so, whatever the kind of change.
            cuts = decision.effect != Effect.SAME_SERIES and question.change in _GOES_ON
        else:
            # Without a decision the series is cut: an unexplained jump must not be read as the structure's own.
            cuts = question.change == ChangeKind.REDEFINED
        if cuts:
            note = decision.text if decision else " ".join(question.details)
            found.append(Rupture(version, question.label, note, frozenset(question.fields)))
    return found


def renamed_fields(questionnaire: Questionnaire) -> dict[str, str]:
    """The fields that go on under another code: last year's by this year's."""
    fields = questionnaire.fields.values()
    return {f.code: f.previous_code for f in fields if f.previous_code and f.previous_code != f.code}


def codes_elsewhere(version: QuestionnaireVersion) -> Mapping[str, str]:
    """The codes of other years that name a question of this version otherwise: each with its code here.

    Followed from year to year by `previous_code`, both ways, as long as versions follow each other. What is written in
    the codes of one year (data/indicators, data/fiche.yaml) is read of another by it.
    """
    fields = get_compiled(version).questionnaire.fields
    found: dict[str, str] = {}
    for codes in (*_before(version), *_after(version)):
        for there, here in codes.items():
            found.setdefault(there, here)
    return {there: here for there, here in found.items() if there not in fields}


def _before(version: QuestionnaireVersion) -> Iterator[dict[str, str]]:
    """For each year before, latest first, its codes with those of the version."""
    fields = get_compiled(version).questionnaire.fields
    codes = {code: code for code in fields}
    earlier = previous_version(version)
    while earlier is not None:
        codes = {before: here for there, here in codes.items() if (before := fields[there].previous_code)}
        fields = get_compiled(earlier).questionnaire.fields
        codes = {there: here for there, here in codes.items() if there in fields}
        yield codes
        earlier = previous_version(earlier)


def _after(version: QuestionnaireVersion) -> Iterator[dict[str, str]]:
    """The same for each year after, nearest first."""
    codes = {code: code for code in get_compiled(version).questionnaire.fields}
    later = version_of(version.data_year + 1)
    while later is not None:
        fields = get_compiled(later).questionnaire.fields.values()
        codes = {f.code: codes[f.previous_code] for f in fields if f.previous_code and f.previous_code in codes}
        yield codes
        later = version_of(later.data_year + 1)
