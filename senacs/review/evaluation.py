"""A whole campaign evaluated at once, on its frame: failing rules, atypical values, cells ranked by what they move."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from senacs.collection.enums import ResponseState
from senacs.questionnaire.engine.evaluation import Compiled
from senacs.questionnaire.engine.polars_backend import compile_expressions
from senacs.questionnaire.engine.schema import Field
from senacs.review.editing.earlier_years import accused
from senacs.review.editing.edits import edit_book
from senacs.review.editing.outliers import DOUBTS, columns_at_once, distances_of, doubts_of
from senacs.review.editing.parameters import Parameters
from senacs.review.editing.peers import Peers, peers_of, size_classes
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

# Rules are read over so many rows at a time: what they share is kept in memory meanwhile.
ROWS_AT_ONCE = 20_000


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
    codes = pl.Series([rule.code for rule in source.compiled.rules], dtype=pl.String())
    frames = [pl.DataFrame(schema={"row": pl.UInt32(), "rule": pl.String()})]
    for start in range(0, len(source.frame) if len(codes) else 0, ROWS_AT_ONCE):
        fails = source.frame.slice(start, ROWS_AT_ONCE).select(_failures(source.compiled))
        rows, rules = np.nonzero(fails.to_numpy())
        frames.append(pl.DataFrame({"row": (rows + start).astype(np.uint32), "rule": codes.gather(rules)}))
    return pl.concat(frames)


@lru_cache(maxsize=8)
def _failures(compiled: Compiled) -> list[pl.Expr]:
    """Whether each rule fails, as columns of a completed frame; written once a version."""
    expressions = compile_expressions(
        [rule.expression for rule in compiled.rules], compiled.questionnaire, knows_previous_not_concerned=True
    )
    return [
        expression.not_().fill_null(value=False).alias(rule.code)
        for expression, rule in zip(expressions, compiled.rules, strict=True)
    ]


def evaluate(source: CampaignFrame, parameters: Parameters, weights: NDArray | None = None) -> Evaluation:
    """Rules, atypical values, expected values and ranking of a campaign; `weights` stand for those who did not answer.

    Drafts are checked but move no total, and their totals, half filled, are not compared.
    """
    study = _Study(source, parameters)
    is_sent = source.frame["state"].is_in([s.value for s in ResponseState if s != ResponseState.DRAFT]).to_numpy()
    shares = (np.ones(len(source.frame)) if weights is None else weights) * is_sent
    failures = failing_rules(source)
    doubts, cells = study.doubtful_cells(failures, is_sent)
    territory = source.frame["departement"].to_list()
    keys = study.values_of(parameters.key_totals)
    totals = key_totals(keys, cells.select(CELLS.keys()), shares, territory)
    moved = effects(cells, totals, feeds(source.compiled, parameters.key_totals), shares, territory)
    ranked = rank_cells(cells, moved, study.own_totals(shares))
    return Evaluation(source, failures, doubts, ranked, moved)


def feeds(compiled: Compiled, keys: Iterable[str]) -> dict[str, dict[str, float]]:
    """The coefficient of each field in each key total, the total itself included."""
    book = edit_book(compiled)
    result: dict[str, dict[str, float]] = {}
    for key in keys:
        computed = compiled.questionnaire.fields[key].computed
        form = book.linear(computed.tree) if computed is not None else None
        result[key] = {key: 1.0, **(form.terms if form is not None else {})}
    return result


class _Study:
    """The matrices of one evaluation, rows × numeric fields that have a method, taken by blocks of fields."""

    def __init__(self, source: CampaignFrame, parameters: Parameters) -> None:
        self.source, self.parameters = source, parameters
        self.fields: Mapping[str, Field] = source.compiled.questionnaire.fields
        self.codes = [f.code for f in self.fields.values() if f.kind.is_numeric and parameters.of(f).methods]
        self.peers = self._peers()

    def _peers(self) -> Peers:
        frame = self.source.frame
        kind = frame["kind"].to_numpy().astype(str)
        measures = self.source.numbers(self.parameters.size_from)
        if not self.parameters.size_from:
            measures = np.full((len(frame), 1), np.nan)
        return peers_of(
            kind, frame["territory_type"].to_numpy().astype(str), size_classes(measures, kind, self.parameters.sizes)
        )

    def values_of(self, codes: Iterable[str]) -> dict[str, NDArray]:
        codes = list(codes)
        matrix = self.source.numbers(codes)
        return {code: matrix[:, number] for number, code in enumerate(codes)}

    def doubtful_cells(self, failures: pl.DataFrame, is_sent: NDArray) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The atypical values (see outliers.DOUBTS), and every numeric cell that one of them or a failing rule
        concerns: CELLS and `flags`.
        """
        links = pl.DataFrame(
            [(r.code, code) for r in self.source.compiled.rules for code in r.fields if code in set(self.codes)],
            schema={"rule": pl.String(), "code": pl.String()},
            orient="row",
        )
        by_rule = failures.join(links, on="rule").select("row", "code", flag="rule")
        doubts, cells = self._appraised(by_rule.select("row", "code").unique())
        doubts = self._asked(self._of_this_year(doubts), is_sent)
        atypical = doubts.select("row", "code", flag=pl.lit("ATYPIQUE:") + pl.col("code"))
        flagged = pl.concat([by_rule, atypical]).group_by("row", "code").agg(flags=pl.col("flag").sort())
        return doubts, flagged.join(cells, on=["row", "code"]).select(*CELLS, "flags").sort("row", "code")

    def _appraised(self, asked: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Every atypical value, and what is expected (see CELLS) of it and of the cells (row, code) of `asked`."""
        doubts, cells = [pl.DataFrame(schema=DOUBTS)], [pl.DataFrame(schema=CELLS)]
        of_code = asked.partition_by("code", as_dict=True)
        width = columns_at_once(len(self.source.frame))
        for start in range(0, len(self.codes) if len(self.source.frame) else 0, width):
            codes = self.codes[start : start + width]
            methods = [self.parameters.of(self.fields[code]) for code in codes]
            values, previous = self.source.numbers(codes), self.source.numbers(codes, previous=True)
            distances = distances_of(values, previous, self.peers, methods, minimum=self.parameters.minimum)
            found = doubts_of(values, previous, distances, codes, methods)
            here = pl.DataFrame({"code": codes}, schema={"code": pl.String()}).with_row_index("column")
            listed = [of_code[(code,)] for code in codes if (code,) in of_code]
            wanted = pl.concat([*listed, found.select("row", "code")]).unique().join(here, on="code")
            at = wanted["row"].to_numpy(), wanted["column"].to_numpy()
            expected, suspicion = expected_values(values, previous, distances)
            columns = {"value": values[at], "expected": expected[at], "suspicion": suspicion[at]}
            doubts.append(found)
            cells.append(wanted.with_columns(**{name: pl.Series(v) for name, v in columns.items()}).select(*CELLS))
        return pl.concat(doubts).sort("row", "code"), pl.concat(cells)

    def _of_this_year(self, doubts: pl.DataFrame) -> pl.DataFrame:
        """The doubts that the years before last year's do not turn against last year."""
        rows, codes = doubts["row"].unique().sort().to_list(), doubts["code"].unique().sort().to_list()
        years = self.source.earlier(rows, codes)
        if not years:
            return doubts
        place = {row: number for number, row in enumerate(rows)}, {code: number for number, code in enumerate(codes)}
        at = [place[0][row] for row in doubts["row"]], [place[1][code] for code in doubts["code"]]
        return doubts.filter(~pl.Series(accused(doubts, [year[at] for year in years]), dtype=pl.Boolean()))

    def _asked(self, doubts: pl.DataFrame, is_sent: NDArray) -> pl.DataFrame:
        """The doubts to ask about: no total beside the part that makes it odd, no total of a draft."""
        totals = [code for code in self.codes if self.fields[code].is_computed]
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
        explained = doubts.select("row", part="code").join(parts, on="part").select("row", "code").unique()
        doubts = doubts.join(explained, on=["row", "code"], how="anti", maintain_order="left")
        drafts = pl.Series(np.flatnonzero(~is_sent).astype(np.uint32))
        return doubts.filter(~(pl.col("code").is_in(totals) & pl.col("row").is_in(drafts.implode())))

    def own_totals(self, weights: NDArray) -> dict[str, float]:
        """The total of each field over the campaign."""
        totals: dict[str, float] = {}
        width = columns_at_once(len(weights))
        for start in range(0, len(self.codes), width):
            codes = self.codes[start : start + width]
            sums = np.nan_to_num(self.source.numbers(codes)).T @ weights
            totals.update(zip(codes, sums.tolist(), strict=True))
        return totals
