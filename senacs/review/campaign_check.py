"""A whole campaign checked again in the background: flags brought to date, doubts raised, cells ranked.

The evaluation of all responses is one computation on a frame; what it found is then written response by response, in
short transactions that also move the cursor, so that a check killed half-way goes on from where it was.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import polars as pl
from django.db import transaction
from numpy.typing import NDArray

from senacs.campaigns.models import Campaign, InvitedStructure
from senacs.collection.models import Response
from senacs.collection.states import lock_all
from senacs.lib import clock
from senacs.questionnaire.engine.evaluation import OF_ONE_RESPONSE
from senacs.review.doubtful_cells import settle
from senacs.review.enums import FlagOrigin, FlagSeverity, FlagState, RecheckState
from senacs.review.evaluation import Evaluation, atypical_code, evaluate
from senacs.review.flag_refresh import refresh_flags
from senacs.review.frames import CampaignFrame, campaign_frame
from senacs.review.models import DoubtfulCell, Flag, Recheck
from senacs.review.questions import question_of
from senacs.review.settings import parameters_for
from senacs.review.states import apply, apply_to_recheck

BATCH = 50
T = TypeVar("T", Flag, DoubtfulCell)


@dataclass(frozen=True)
class Differences:
    """Per rule code, how many responses: what appears, stays and goes when the flags meet the evaluation."""

    appeared: Mapping[str, int]
    persisted: Mapping[str, int]
    vanished: Mapping[str, int]


def compare(evaluation: Evaluation) -> Differences:
    """What a check would change, nothing being written."""
    responses = evaluation.source.responses
    found = {(responses[row], rule) for row, rule in evaluation.failures.iter_rows()}
    found |= {
        (responses[row], atypical_code(code)) for row, code in evaluation.doubts.select("row", "code").iter_rows()
    }
    flags = Flag.objects.standing().filter(response__in=responses).values_list("response_id", "rule_code")
    standing = {
        (response, rule)
        for response, rule in flags.order_by("response_id", "rule_code")
        if not rule.startswith(OF_ONE_RESPONSE)
    }

    def count(pairs: Iterable[tuple[int, str]]) -> dict[str, int]:
        return dict(sorted(Counter(rule for _, rule in pairs).items()))

    return Differences(count(found - standing), count(found & standing), count(standing - found))


def run_recheck(recheck_id: int) -> Recheck:
    """Runs a check from its cursor to its end; Refused when it is over already."""
    recheck = Recheck.objects.select_related("campaign__version", "settings").get(pk=recheck_id)
    apply_to_recheck(recheck, "resume" if recheck.state == RecheckState.RUNNING else "start")
    recheck = Recheck.objects.select_related("campaign__version", "settings").get(pk=recheck_id)
    source = campaign_frame(recheck.campaign)
    evaluation = evaluate(
        source, parameters_for(recheck.campaign, recheck.settings), weights_of(source, recheck.campaign)
    )
    writer = _Writer(evaluation, has_new_rules=_has_new_rules(recheck))
    left = [pk for pk in source.responses if pk > recheck.cursor]
    for start in range(0, len(left), BATCH):
        _write_batch(recheck, writer, left[start : start + BATCH])
    return apply_to_recheck(recheck, "finish")


def _has_new_rules(recheck: Recheck) -> bool:
    """Whether the flags that stand may have been worded by another version of the rules."""
    last = Recheck.objects.filter(campaign=recheck.campaign, pk__lt=recheck.pk).order_by("-pk").first()
    return last is not None and last.version_id != recheck.version_id


def weights_of(source: CampaignFrame, campaign: Campaign) -> NDArray:
    """For how many structures each response stands: those asked over those read, by type and département."""
    asked: Counter[tuple[str, str]] = Counter(
        InvitedStructure.objects.filter(campaign=campaign).order_by("pk").values_list("kind", "departement_code")
    )
    stratum = list(zip(source.frame["kind"].to_list(), source.frame["departement"].to_list(), strict=True))
    read = Counter(stratum)
    return np.array([max(asked[key] / read[key], 1.0) for key in stratum])


@transaction.atomic
def _write_batch(recheck: Recheck, writer: "_Writer", batch: list[int]) -> None:
    stored = Recheck.objects.select_for_update().get(pk=recheck.pk)
    counts = {name: Counter(getattr(stored, name)) for name in ("appeared", "persisted", "vanished")}
    writer.write(batch, counts)
    for name, counter in counts.items():
        setattr(stored, name, dict(sorted(counter.items())))
    stored.cursor, stored.done = batch[-1], stored.done + len(batch)
    stored.total = max(stored.total, stored.done)
    stored.save(update_fields=["appeared", "persisted", "vanished", "cursor", "done", "total"])


class _Writer:
    """What the evaluation found, by response, and how it is written."""

    def __init__(self, evaluation: Evaluation, *, has_new_rules: bool) -> None:
        self.has_new_rules = has_new_rules
        self.compiled = evaluation.source.compiled
        self.row_of = {pk: row for row, pk in enumerate(evaluation.source.responses)}
        self.failures: dict[int, set[str]] = defaultdict(set)
        for row, rule in evaluation.failures.iter_rows():
            self.failures[row].add(rule)
        self.doubts: dict[int, list[dict[str, object]]] = defaultdict(list)
        for doubt in evaluation.doubts.iter_rows(named=True):
            self.doubts[doubt["row"]].append(doubt)
        moves: dict[tuple[int, str], dict[str, float]] = defaultdict(dict)
        for row, code, key, share in (
            evaluation.moved.filter(pl.col("territory") != "FR").select("row", "code", "key", "share").iter_rows()
        ):
            moves[row, code][key] = round(share, 4)
        self.cells: dict[int, list[dict[str, object]]] = defaultdict(list)
        for cell in evaluation.cells.iter_rows(named=True):
            self.cells[cell["row"]].append(cell | {"moves": moves.get((cell["row"], cell["code"]), {})})

    def write(self, batch: list[int], counts: Mapping[str, Counter[str]]) -> None:
        """Holds the responses of a batch, brings their flags and cells to date, and counts what moved by rule."""
        responses = lock_all(batch)
        flags = _by_response(Flag.objects.filter(response__in=batch).order_by("response_id", "rule_code"))
        cells = _by_response(DoubtfulCell.objects.filter(response__in=batch).order_by("response_id", "code"))
        fresh: list[Flag] = []
        changed: list[Flag] = []
        rows: list[DoubtfulCell] = []
        for pk in batch:
            response, row, own = responses[pk], self.row_of[pk], flags[pk]
            before = {flag.rule_code for flag in _standing(own)}
            of_rules = [flag for flag in _standing(own) if flag.origin == FlagOrigin.RULE]
            found = {flag.rule_code for flag in of_rules if not flag.rule_code.startswith(OF_ONE_RESPONSE)}
            if self.has_new_rules or found != self.failures.get(row, set()) or not _are_fresh(of_rules, response):
                # The frame was read before this transaction: rules are evaluated on the response as it stands now.
                refresh_flags(response=response)
                own = list(response.flags.order_by("rule_code"))
            raised, moved = self._atypical(response, own, self.doubts.get(row, []))
            fresh += raised
            changed += moved
            own = own + raised
            after = {flag.rule_code for flag in _standing(own)}
            for name, codes in (
                ("appeared", after - before),
                ("persisted", after & before),
                ("vanished", before - after),
            ):
                counts[name].update(codes)
            now_doubtful = self._cells(response, cells[pk], self.cells.get(row, []), after)
            settle(now_doubtful, flags=own, response=response)
            rows += now_doubtful
        Flag.objects.bulk_create(fresh)
        Flag.objects.bulk_update(changed, ["state", "severity", "fields", "message", "details", "updated_at"])
        DoubtfulCell.objects.filter(response__in=batch).delete()
        DoubtfulCell.objects.bulk_create(rows)

    def _atypical(
        self, response: Response, own: list[Flag], doubts: list[dict[str, Any]]
    ) -> tuple[list[Flag], list[Flag]]:
        """Raises and resolves the flags of atypical values, in memory: those that are new, those that changed."""
        flags = {flag.rule_code: flag for flag in own if flag.origin == FlagOrigin.ATYPICAL}
        asked = {atypical_code(doubt["code"]): doubt for doubt in doubts}
        now = clock.now()
        raised, changed = [], []
        for code, doubt in asked.items():
            field = self.compiled.questionnaire.fields[doubt["code"]]
            previous = None if np.isnan(doubt["previous"]) else doubt["previous"]
            message = question_of(
                field, doubt["kind"], value=doubt["value"], previous=previous, expected=doubt["expected"]
            )
            details = {"value": doubt["value"], "previous": previous, "kind": doubt["kind"]}
            flag = flags.get(code)
            if flag is None:
                flag = Flag(response=response, rule_code=code, origin=FlagOrigin.ATYPICAL, raised_at=now)
                raised.append(flag)
            elif flag.message == message and flag.state != FlagState.RESOLVED:
                continue
            else:
                changed.append(flag)
                if flag.state == FlagState.RESOLVED:
                    apply(flag, "recall" if flag.message == message and flag.justification else "raise")
                elif flag.state != FlagState.OPEN:
                    apply(flag, "change")
            flag.severity, flag.fields, flag.message, flag.details = (
                FlagSeverity.TO_JUSTIFY,
                [field.code],
                message,
                details,
            )
            flag.updated_at = now
        gone = [flag for code, flag in flags.items() if code not in asked and flag.state != FlagState.RESOLVED]
        return raised, changed + [apply(flag, "resolve") for flag in gone]

    def _cells(
        self, response: Response, known: list[DoubtfulCell], cells: list[dict[str, Any]], found: set[str]
    ) -> list[DoubtfulCell]:
        """The doubtful cells of a response, not saved; one that reads as before keeps its dates."""
        now, rows, old = clock.now(), [], {cell.code: cell for cell in known}
        for cell in cells:
            flags = sorted(set(cell["flags"]) & found)
            if not flags:
                continue
            before = old.get(cell["code"])
            if before is not None and (before.value != _finite(cell["value"]) or before.flags != flags):
                before = None
            rows.append(
                DoubtfulCell(
                    response=response,
                    code=cell["code"],
                    value=_finite(cell["value"]),
                    expected=_finite(cell["expected"]),
                    key=cell["key"] or "",
                    share=cell["share"],
                    national=cell["national"],
                    score=cell["score"],
                    moves=cell["moves"],
                    flags=flags,
                    raised_at=before.raised_at if before else now,
                    settled_at=before.settled_at if before else None,
                )
            )
        return rows


def _by_response(rows: Iterable[T]) -> dict[int, list[T]]:
    found: dict[int, list[T]] = defaultdict(list)
    for row in rows:
        found[row.response_id].append(row)
    return found


def _standing(flags: list[Flag]) -> list[Flag]:
    return [flag for flag in flags if flag.state != FlagState.RESOLVED]


def _are_fresh(flags: list[Flag], response: Response) -> bool:
    """Whether the messages were written after the last change of the answers."""
    return response.updated_at is None or all(flag.updated_at >= response.updated_at for flag in flags)


def _finite(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else float(value)
