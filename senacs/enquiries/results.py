"""What came of an enquiry: aggregates alone, once it is over, under the rules of the publication plan.

Nothing is shown while answers arrive: two readings of one total, a day apart, would tell who came between. A question
is shown whole or hidden whole, so that no option is found by subtraction.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings

from senacs.disclosure.fates import Status
from senacs.disclosure.primary_rules import primary_fate
from senacs.disclosure.tables import Rules
from senacs.enquiries.enums import Answering
from senacs.enquiries.models import Enquiry, EnquiryAnswer, EnquiryQuestion
from senacs.observatory.definitions.publication_plan import load_plan


@dataclass(frozen=True, slots=True)
class Counted:
    """One option of a closed question; `share` of those who answered, from 0 to 1."""

    label: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """`counted` for a closed question, `total` and `mean` for a number; none of them where it is hidden."""

    question: EnquiryQuestion
    answered: int
    counted: tuple[Counted, ...] = ()
    total: int | None = None
    mean: float | None = None

    @property
    def is_hidden(self) -> bool:
        return not self.counted and self.total is None


def results_of(enquiry: Enquiry) -> list[QuestionResult]:
    """Empty until it is over. Two queries."""
    if not enquiry.is_over:
        return []
    plan = load_plan(settings.DATA_DIR / "plan.yaml").rules
    rules = Rules(threshold=plan.threshold, dominance=plan.dominance, p_percent=plan.p_percent)
    given: defaultdict[int, list[tuple[str, int]]] = defaultdict(list)
    rows = EnquiryAnswer.objects.filter(question__enquiry=enquiry)
    for question, structure, gestionnaire, value in rows.values_list(
        "question", "structure", "structure__gestionnaire", "value"
    ):
        # Structures of one gestionnaire are one holder, who knows them all.
        given[question].append((f"g{gestionnaire}" if gestionnaire else f"s{structure}", value))
    return [
        _of_number(question, given[question.pk], rules)
        if question.answering == Answering.NUMBER
        else _of_options(question, given[question.pk], plan.threshold)
        for question in enquiry.questions.all()
    ]


def _of_options(question: EnquiryQuestion, given: list[tuple[str, int]], threshold: int) -> QuestionResult:
    """Shown when each option that somebody chose was by enough holders, and not by all."""
    counts: defaultdict[int, int] = defaultdict(int)
    holders: defaultdict[int, set[str]] = defaultdict(set)
    for holder, value in given:
        counts[value] += 1
        holders[value].add(holder)
    if len(counts) < 2 or any(len(chosen) < threshold for chosen in holders.values()):
        return QuestionResult(question, len(given))
    return QuestionResult(
        question,
        len(given),
        tuple(Counted(label, counts[at], counts[at] / len(given)) for at, label in enumerate(question.labels)),
    )


def _of_number(question: EnquiryQuestion, given: list[tuple[str, int]], rules: Rules) -> QuestionResult:
    held: defaultdict[str, int] = defaultdict(int)
    for holder, value in given:
        held[holder] += value
    contributions = sorted((value for value in held.values() if value), reverse=True)
    total = sum(contributions)
    is_few = len(contributions) < (rules.threshold or 0)
    fate = primary_fate(rules, n=len(contributions), value=total, largest=contributions)
    if is_few or fate.status != Status.PUBLISHED:
        return QuestionResult(question, len(given))
    return QuestionResult(question, len(given), total=total, mean=total / len(given))


def own_answers(enquiry: Enquiry, structure_pk: int) -> Mapping[int, int]:
    """What a structure answered, by number of question."""
    rows = EnquiryAnswer.objects.filter(question__enquiry=enquiry, structure=structure_pk)
    return dict(rows.values_list("question__number", "value"))
