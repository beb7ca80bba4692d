"""What the control says, at the questions that it concerns."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from senacs.collection.models import Response
from senacs.lib.prepared_reads import Prepared
from senacs.questionnaire.engine.evaluation import Finding
from senacs.questionnaire.engine.schema import Section
from senacs.review.enums import FlagSeverity, FlagState
from senacs.review.models import Flag
from senacs.review.queries import settled_messages

_TITLES = {
    FlagSeverity.BLOCKING: "À corriger avant l’envoi",
    FlagSeverity.TO_JUSTIFY: "À corriger ou à expliquer avant l’envoi",
    FlagSeverity.INFORMATION: "Pour information",
}


_EXPLAINED = {FlagState.JUSTIFIED, FlagState.ACCEPTED}

_flags = Prepared(lambda response: Flag.objects.filter(response=response).order_by("pk"))


def flags_of(response: Response) -> dict[str, Flag]:
    """What was said of each rule of a response, by its code."""
    return {flag.rule_code: flag for flag in _flags.run(response.pk)}


@dataclass(frozen=True, slots=True)
class Check:
    """One message of the control.

    `note` is the explanation that stands; `draft` the one given to other figures, or refused, to start from.
    """

    rule: str
    severity: str
    title: str
    message: str
    fields: tuple[str, ...]
    note: str
    draft: str

    def as_json(self) -> dict[str, str]:
        return {
            "rule": self.rule,
            "severity": self.severity,
            "title": self.title,
            "message": self.message,
            "note": self.note,
        }


def explained(flags: Mapping[str, Flag]) -> dict[str, str]:
    """By rule, the message whose explanation stands, or that the control has settled."""
    own = {code: flag.message for code, flag in flags.items() if flag.state in _EXPLAINED and flag.justification}
    return own | settled_messages(flags.values())


def checks_of(findings: Iterable[Finding], flags: Mapping[str, Flag]) -> list[Check]:
    """The findings as messages; `flags` by rule code tell what has been explained already."""
    checks = []
    for finding in findings:
        severity = FlagSeverity(finding.rule.severity.value)
        flag = flags.get(finding.rule.code)
        note, draft = _explanation(flag, finding.message)
        checks.append(
            Check(
                rule=finding.rule.code,
                severity=severity.value,
                title="Expliqué" if note else _TITLES[severity],
                message=finding.message,
                fields=tuple(finding.fields),
                note=note,
                draft=draft,
            )
        )
    return sorted(checks, key=lambda check: (bool(check.note), list(FlagSeverity).index(FlagSeverity(check.severity))))


def _explanation(flag: Flag | None, message: str) -> tuple[str, str]:
    """What stands and what is to be taken up: an explanation is given to one finding with its figures."""
    if flag is None:
        return "", ""
    if flag.state in _EXPLAINED and flag.message == message:
        return flag.justification, flag.justification
    return "", flag.justification


def by_question(checks: Iterable[Check], section: Section) -> dict[str, list[Check]]:
    """The checks under each question of the section that holds one of their fields."""
    question_of = {field.code: field.question for field in section.fields}
    placed: dict[str, list[Check]] = {}
    for check in checks:
        for question in dict.fromkeys(question_of[code] for code in check.fields if code in question_of):
            placed.setdefault(question, []).append(check)
    return placed
