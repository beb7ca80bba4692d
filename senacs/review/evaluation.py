"""A whole campaign evaluated at once, on its frame: failing rules, atypical values, cells ranked by what they move."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from senacs.collection.enums import ResponseState
from senacs.questionnaire.engine.evaluation import Compiled
from senacs.questionnaire.engine.polars_backend import compile_expressions
from senacs.questionnaire.engine.schema import Field
from senacs.review.editing.edits import EditBook
from senacs.review.editing.outliers import DOUBTS, find_doubts
from senacs.review.editing.parameters import Method, Parameters
from senacs.review.editing.peers import Floats, Peers, peers_of, size_classes
from senacs.review.editing.scores import (
    CELLS,
    cells_before_rest,
    effects,
    expected_values,
    key_totals,
    rank_cells,
    residuals,
)
from senacs.review.frames import CampaignFrame


@dataclass(frozen=True)
class Evaluation:
    """Rows are those of the campaign's frame.

    `failures`: row, rule. `doubts`: see outliers.DOUBTS. `cells`: the doubtful cells ranked (see scores.rank_cells),
    with `flags`, the rule codes that concern each. `moved`: see scores.effects.
    """

    source: CampaignFrame
    failures: pl.DataFrame
    doubts: pl.DataFrame
    cells: pl.DataFrame
    moved: pl.DataFrame

    @cached_property
    def residuals(self) -> pl.DataFrame:
        return residuals(self.moved, self.cells)

    def cells_before_rest(self, territory: str, *, stop_at: float) -> int:
        return cells_before_rest(self.cells, self.moved, territory, stop_at=stop_at)


def atypical_code(code: str) -> str:
    """The flag's code of an atypical value, where a rule has its own."""
    return f"ATYPIQUE:{code}"


def failing_rules(source: CampaignFrame) -> pl.DataFrame:
    """Which rules fail on which rows: row, rule. The frame is completed already."""
    compiled = source.compiled
    expressions = compile_expressions(
        [rule.expression for rule in compiled.rules], compiled.questionnaire, knows_previous_not_concerned=True
    )
    fails = source.frame.select(
        [e.not_().fill_null(value=False).alias(r.code) for e, r in zip(expressions, compiled.rules, strict=True)]
    )
    rows, rules = np.nonzero(fails.to_numpy()) if len(fails) and fails.width else (np.array([], int),) * 2
    codes = np.array([rule.code for rule in compiled.rules], dtype=object)
    return pl.DataFrame(
        {"row": rows.astype(np.uint32), "rule": codes[rows * 0 + rules].tolist() if len(rows) else []},
        schema={"row": pl.UInt32(), "rule": pl.String()},
    )


def evaluate(source: CampaignFrame, parameters: Parameters, weights: NDArray | None = None) -> Evaluation:
    """Rules, atypical values, expected values and ranking of a campaign; `weights` stand for those who did not answer.

    Drafts are checked but move no total, and their totals, half filled, are not compared.
    """
    study = _Study(source, parameters)
    is_sent = source.frame["state"].is_in([s.value for s in ResponseState if s != ResponseState.DRAFT]).to_numpy()
    shares = (np.ones(len(source.frame)) if weights is None else weights) * is_sent
    failures = failing_rules(source)
    doubts = study.doubts(is_sent)
    cells = study.doubtful_cells(failures, doubts)
    territory = source.frame["departement"].to_list()
    keys = study.values_of(parameters.key_totals)
    totals = key_totals(keys, cells.select(CELLS.keys()), shares, territory)
    moved = effects(cells, totals, feeds(source.compiled, parameters.key_totals), shares, territory)
    ranked = rank_cells(cells, moved, study.own_totals(shares))
    return Evaluation(source, failures, doubts, ranked, moved)


def feeds(compiled: Compiled, keys: Iterable[str]) -> dict[str, dict[str, float]]:
    """The coefficient of each field in each key total, the total itself included."""
    book = EditBook(compiled)
    result: dict[str, dict[str, float]] = {}
    for key in keys:
        computed = compiled.questionnaire.fields[key].computed
        form = book.linear(computed.tree) if computed is not None else None
        result[key] = {key: 1.0, **(form.terms if form is not None else {})}
    return result


class _Study:
    """The matrices of one evaluation: rows × numeric fields that have a method."""

    def __init__(self, source: CampaignFrame, parameters: Parameters) -> None:
        self.source, self.parameters = source, parameters
        self.fields: Mapping[str, Field] = source.compiled.questionnaire.fields
        self.codes = [f.code for f in self.fields.values() if f.kind.is_numeric and parameters.of(f).methods]
        self.methods: list[Method] = [parameters.of(self.fields[code]) for code in self.codes]
        self.column = {code: number for number, code in enumerate(self.codes)}
        self.values = source.numbers(self.codes)
        self.previous = source.numbers(self.codes, previous=True)
        self.peers = self._peers()

    def _peers(self) -> Peers:
        frame = self.source.frame
        kind = frame["kind"].to_numpy().astype(object)
        measures = self.source.numbers(self.parameters.size_from)
        if not self.parameters.size_from:
            measures = np.full((len(frame), 1), np.nan)
        return peers_of(
            kind, frame["territory_type"].to_numpy().astype(object), size_classes(measures, kind, self.parameters.sizes)
        )

    def values_of(self, codes: Iterable[str]) -> dict[str, NDArray]:
        codes = list(codes)
        matrix = self.source.numbers(codes)
        return {code: matrix[:, number] for number, code in enumerate(codes)}

    def doubts(self, is_sent: NDArray) -> pl.DataFrame:
        if not len(self.values) or not self.codes:
            return pl.DataFrame(schema=DOUBTS)
        found = find_doubts(
            self.values, self.previous, self.peers, self.codes, self.methods, minimum=self.parameters.minimum
        )
        totals = [code for code in self.codes if self.fields[code].is_computed]
        # One question for one slip: a total is not asked about beside the part that makes it odd.
        parts = pl.DataFrame(
            [
                (total, part)
                for total, codes in feeds(self.source.compiled, totals).items()
                for part in codes
                if part != total
            ],
            schema={"code": pl.String(), "part": pl.String()},
            orient="row",
        )
        explained = found.select("row", part="code").join(parts, on="part").select("row", "code").unique()
        found = found.join(explained, on=["row", "code"], how="anti", maintain_order="left")
        drafts = np.flatnonzero(~is_sent).astype(np.uint32)
        return found.filter(~(pl.col("code").is_in(totals) & pl.col("row").is_in(drafts.tolist())))

    def doubtful_cells(self, failures: pl.DataFrame, doubts: pl.DataFrame) -> pl.DataFrame:
        """Every numeric cell that a failing rule or an atypical value concerns: CELLS and `flags`."""
        links = pl.DataFrame(
            [(rule.code, code) for rule in self.source.compiled.rules for code in rule.fields if code in self.column],
            schema={"rule": pl.String(), "code": pl.String()},
            orient="row",
        )
        by_rule = failures.join(links, on="rule").select("row", "code", flag="rule")
        atypical = doubts.select("row", "code", flag=pl.lit("ATYPIQUE:") + pl.col("code"))
        flagged = pl.concat([by_rule, atypical]).group_by("row", "code").agg(flags=pl.col("flag").sort())
        flagged = flagged.sort("row", "code")
        rows, columns = flagged["row"].to_numpy(), [self.column[code] for code in flagged["code"]]
        expected, suspicion = self._expected()
        return flagged.select(
            "row",
            "code",
            value=pl.Series(self.values[rows, columns], dtype=pl.Float64()),
            expected=pl.Series(expected[rows, columns], dtype=pl.Float64()),
            suspicion=pl.Series(suspicion[rows, columns], dtype=pl.Float64()),
            flags="flags",
        )

    def _expected(self) -> tuple[Floats, Floats]:
        if not len(self.values) or not self.codes:
            return np.full(self.values.shape, np.nan), np.zeros(self.values.shape)
        return expected_values(self.values, self.previous, self.peers, self.methods, minimum=self.parameters.minimum)

    def own_totals(self, weights: NDArray) -> dict[str, float]:
        sums = np.nansum(self.values * weights[:, None], axis=0) if len(self.values) else np.zeros(len(self.codes))
        return {code: float(sums[number]) for code, number in self.column.items()}
