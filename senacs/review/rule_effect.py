"""The effect of the control by rule, for the comité technique: what each finds, and what it makes people change.

Counts and medians over all responses; medians only from LEAST changes, so that nobody's answer is told.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from senacs.campaigns.models import Campaign
from senacs.collection.documents import Stored, read_entry
from senacs.collection.models import Response, Revision
from senacs.lib.text import search_key
from senacs.questionnaire.engine.evaluation import Compiled
from senacs.questionnaire.engine.schema import Field
from senacs.questionnaire.queries import get_compiled
from senacs.review.editing.edits import number
from senacs.review.enums import FlagOrigin, FlagSeverity, FlagState
from senacs.review.evaluation import feeds
from senacs.review.models import Flag

LEAST = 5


@dataclass(frozen=True, slots=True)
class RuleEffect:
    """`hits`: responses where the rule failed at some time, of `checked`; `changed`: those where the answer was then
    corrected; `explained`: justified, accepted or waived; `still_open`: the others.

    `before` and `after` are medians of the numeric values that were changed, None under LEAST changes.
    """

    code: str
    text: str
    severity: str
    checked: int
    hits: int
    changed: int
    explained: int
    still_open: int
    before: float | None
    after: float | None

    @property
    def severity_label(self) -> str:
        return FlagSeverity(self.severity).label

    @property
    def hit_rate(self) -> float:
        return 100 * self.hits / self.checked if self.checked else 0.0

    @property
    def change_rate(self) -> float:
        return 100 * self.changed / self.hits if self.hits else 0.0

    @property
    def is_useless(self) -> bool:
        """Fails often and changes nothing: a candidate to be retired."""
        return self.hits >= 20 and self.change_rate < 2 and self.still_open < self.hits


def rule_effects(campaign: Campaign, *, search: str = "") -> list[RuleEffect]:
    """Every rule of the campaign's version, the most often failing first; rules that never fail come last."""
    compiled = get_compiled(campaign.version)
    flags = Flag.objects.filter(response__campaign=campaign, origin=FlagOrigin.RULE)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for failing, state in flags.order_by("pk").values_list("rule_code", "state"):
        counts[failing][state] += 1
    changes = _changes(campaign, compiled)
    checked = Response.objects.filter(campaign=campaign, revision__gt=0).count()
    words = search_key(search)
    effects = []
    for rule in compiled.rules:
        if words and words not in search_key(f"{rule.code} {rule.expression.text} {rule.message}"):
            continue
        states, values = counts[rule.code], changes.get(rule.code, [])
        known = len(values) >= LEAST
        effects.append(
            RuleEffect(
                code=rule.code,
                text=rule.expression.text,
                severity=rule.severity.value,
                checked=checked,
                hits=sum(states.values()),
                changed=states[FlagState.RESOLVED],
                explained=states[FlagState.JUSTIFIED] + states[FlagState.ACCEPTED] + states[FlagState.WAIVED],
                still_open=states[FlagState.OPEN],
                before=median(b for b, _ in values) if known else None,
                after=median(a for _, a in values) if known else None,
            )
        )
    return sorted(effects, key=lambda effect: (-effect.hits, effect.code))


def _changes(campaign: Campaign, compiled: Compiled) -> dict[str, list[tuple[float, float]]]:
    """By rule, (before, after) of each numeric answer that was changed after its flag was raised and before it fell."""
    fields = compiled.questionnaire.fields
    totals = [code for code, field in fields.items() if field.is_computed and field.kind.is_numeric]
    parts = {code: set(found) for code, found in feeds(compiled, totals).items()}
    resolved = Flag.objects.filter(response__campaign=campaign, origin=FlagOrigin.RULE, state=FlagState.RESOLVED)
    by_response: dict[int, list[tuple[str, Any, Any, set[str]]]] = defaultdict(list)
    rows = resolved.order_by("pk").values_list("response_id", "rule_code", "raised_at", "updated_at", "fields")
    for response, rule, raised_at, fell_at, codes in rows:
        read = set(codes).union(*(parts.get(code, ()) for code in codes))
        by_response[response].append((rule, raised_at, fell_at, read))
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    revisions = Revision.objects.filter(response__in=by_response).order_by("response_id", "number")
    for revision in revisions.iterator(chunk_size=500):
        for rule, raised_at, fell_at, codes in by_response[revision.response_id]:
            if raised_at <= revision.at <= fell_at:
                found[rule] += _pairs(revision, codes, fields)
    return found


def _pairs(revision: Revision, codes: set[str], fields: Mapping[str, Field]) -> list[tuple[float, float]]:
    return [
        (_number(fields[code], change["avant"]), _number(fields[code], change["apres"]))
        for code, change in revision.changes.items()
        if code in codes and code in fields and fields[code].kind.is_numeric
    ]


def _number(field: Field, stored: Stored | None) -> float:
    return 0.0 if stored is None else number(read_entry(field, stored))
