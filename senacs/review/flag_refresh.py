"""The control itself: what the rules find in a response, compared with the flags that it carries."""

from dataclasses import dataclass

from django.db import transaction

from senacs.collection.models import Response
from senacs.collection.queries import Environment, compiled_of, environment
from senacs.collection.states import lock
from senacs.lib import clock
from senacs.questionnaire.engine.evaluation import Finding
from senacs.review.editing.edits import number
from senacs.review.enums import FlagOrigin, FlagState
from senacs.review.models import Flag
from senacs.review.states import apply


@dataclass(frozen=True, slots=True)
class Refreshed:
    """Rule codes by what became of their flags."""

    raised: tuple[str, ...]
    updated: tuple[str, ...]
    resolved: tuple[str, ...]


@transaction.atomic
def refresh_flags(*, response: Response, at: Environment | None = None) -> Refreshed:
    """Brings the flags of a response to what its answers say now.

    An explanation stands as long as the finding reads the same; when its figures change the flag opens again, the old
    text kept for the structure to start from.
    """
    response = lock(response)
    at = at or environment(response)
    findings = {finding.rule.code: finding for finding in compiled_of(response).check(at.env, at.context, at.previous)}
    flags = {flag.rule_code: flag for flag in response.flags.filter(origin=FlagOrigin.RULE)}
    raised = [_new(response, finding) for code, finding in findings.items() if code not in flags]
    updated, resolved = [], []
    for code, flag in flags.items():
        if code in findings:
            if _meets(flag, findings[code]):
                updated.append(flag)
        elif flag.state != FlagState.RESOLVED:
            resolved.append(apply(flag, "resolve"))
    resolved += _corrected(response, at)
    Flag.objects.bulk_create(raised)
    if changed := [*updated, *resolved]:
        Flag.objects.bulk_update(changed, ["state", "severity", "fields", "message", "updated_at"])
    return Refreshed(*(tuple(flag.rule_code for flag in group) for group in (raised, updated, resolved)))


def _corrected(response: Response, at: Environment) -> list[Flag]:
    """Atypical values that changed since: the next check of the campaign says whether the new one is ordinary."""
    resolved = []
    for flag in response.flags.standing().filter(origin=FlagOrigin.ATYPICAL):
        value = at.env.get(flag.fields[0])
        if number(value) != flag.details["value"] or value is None:
            resolved.append(apply(flag, "resolve"))
    return resolved


def _new(response: Response, finding: Finding) -> Flag:
    now = clock.now()
    return Flag(
        response=response,
        rule_code=finding.rule.code,
        severity=finding.rule.severity.value,
        fields=list(finding.fields),
        message=finding.message,
        raised_at=now,
        updated_at=now,
    )


def _meets(flag: Flag, finding: Finding) -> bool:
    """Brings one flag to its finding; tells whether anything changed."""
    is_same = flag.message == finding.message
    if flag.state == FlagState.RESOLVED:
        apply(flag, "recall" if is_same and flag.justification else "raise")
    elif is_same and flag.severity == finding.rule.severity.value:
        return False
    elif flag.state in {FlagState.JUSTIFIED, FlagState.ACCEPTED, FlagState.WAIVED} and not is_same:
        apply(flag, "change")
    flag.message, flag.severity, flag.fields = finding.message, finding.rule.severity.value, list(finding.fields)
    flag.updated_at = clock.now()
    return True
