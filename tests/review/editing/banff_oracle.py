"""Banff (Statistics Canada) as an oracle of the localisation: generated systems, and both answers to each record.

Banff is under the GPL, in the group of oracles: the product never imports it. Importing this module raises ImportError
where it is not installed.
"""

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from senacs.review.editing.edits import Edit
from senacs.review.editing.localisation import BoundedValue, Unsolvable, localise

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import banff
    import pandas

CODES = [f"x{number}" for number in range(8)]
RECORDS = 60
# Banff wants positive weights of its own; two decimals, distinct sums, so that few solutions tie.
WEIGHTS = {code: 1 + 0.11 * number for number, code in enumerate(CODES)}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One record that breaks its edits: the fields of each, and what they cost; None where we find no solution."""

    record: str
    ours: frozenset[str] | None
    theirs: frozenset[str]
    weights: Mapping[str, float]
    # Whether the edits can all hold when only Banff's fields move, and whether we name them among our ties.
    theirs_will_do: bool
    is_told: bool

    @property
    def cost(self) -> float:
        return sum(self.weights[code] for code in self.ours or ())

    @property
    def their_cost(self) -> float:
        return sum(self.weights[code] for code in self.theirs)

    @property
    def is_same_cost(self) -> bool:
        return self.ours is not None and abs(self.cost - self.their_cost) < 1e-6

    @property
    def is_tie(self) -> bool:
        return self.is_same_cost and self.ours != self.theirs


def generated(seed: int) -> tuple[list[Edit], pandas.DataFrame]:
    """A total of parts, comparisons and a ratio, and records of which some break them."""
    rng = np.random.default_rng(seed)
    parts = rng.choice(CODES[1:], 3, replace=False)
    total = {CODES[0]: 1.0, **{str(part): -1.0 for part in parts}}
    edits = [Edit("TOTAL", total, 0.0), Edit("TOTAL", {code: -value for code, value in total.items()}, 0.0)]
    for number in range(4):
        one, other = (str(code) for code in rng.choice(CODES[1:], 2, replace=False))
        edits.append(Edit(f"R{number}", {one: 1.0, other: -float(rng.integers(1, 4))}, float(rng.integers(0, 30))))
    rows = rng.integers(1, 100, (RECORDS, len(CODES))).astype(float)
    rows[:, 0] = sum(rows[:, CODES.index(str(part))] for part in parts)
    for row in range(0, RECORDS, 2):
        rows[row, rng.integers(0, len(CODES))] *= 10
    data = pandas.DataFrame(rows, columns=CODES)
    data.insert(0, "id", [f"{seed}-{number:02}" for number in range(RECORDS)])
    return edits, data


def written(edit: Edit) -> str:
    terms = " ".join(f"{'+' if value > 0 else '-'} {abs(value):g} * {code}" for code, value in edit.terms.items())
    return f"{terms.removeprefix('+ ')} <= {edit.bound:g};"


def by_banff(edits: list[Edit], data: pandas.DataFrame, weights: Mapping[str, float]) -> dict[str, frozenset[str]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        done = banff.errorloc(
            unit_id="id",
            edits=" ".join(written(edit) for edit in edits),
            weights=" ".join(f"{code}={weight:.2f};" for code, weight in weights.items()),
            indata=data,
            accept_negative=False,
            # It draws among solutions that tie: the same draw at each run.
            seed=1,
            capture=True,
        )
        status = done.outstatus.to_pandas()
    found: dict[str, set[str]] = {}
    for record, code in zip(status["id"], status["FIELDID"], strict=True):
        found.setdefault(record, set()).add(code)
    return {record: frozenset(codes) for record, codes in found.items()}


def cells_of(row: Mapping[str, float], weights: Mapping[str, float]) -> dict[str, BoundedValue]:
    # Without slips: Banff knows none. Continuous values, as Banff's.
    return {code: BoundedValue(row[code], 0.0, weight=weights[code], step=1e-6, expected=-1.0) for code in CODES}


def compared(seed: int, weights: Mapping[str, float] = WEIGHTS) -> Iterator[Comparison]:
    """Every record of one generated system that either finds in error."""
    edits, data = generated(seed)
    oracle = by_banff(edits, data, weights)
    for row in data.to_dict("records"):
        record, cells = str(row["id"]), cells_of(row, weights)
        theirs = oracle.get(record, frozenset())
        try:
            answers = localise(edits, cells)
        except Unsolvable:
            yield Comparison(record, None, theirs, weights, theirs_will_do=True, is_told=False)
            continue
        ours = frozenset(code for answer in answers for code in answer.fields)
        if not ours and not theirs:
            continue
        is_told = len(answers) == 1 and theirs in {frozenset(tie) for tie in answers[0].ties}
        yield Comparison(record, ours, theirs, weights, _will_do(edits, cells, theirs), is_told)


def _will_do(edits: list[Edit], cells: Mapping[str, BoundedValue], codes: frozenset[str]) -> bool:
    try:
        localise(edits, cells, fixed=[code for code in cells if code not in codes])
    except Unsolvable:
        return False
    return True
