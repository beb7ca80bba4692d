"""Our localisation beside Banff (Statistics Canada), an oracle: the same least cost, other fields where they tie."""

import warnings

import numpy as np
import pytest

from senacs.review.editing.edits import Edit
from senacs.review.editing.localisation import Cell, Unsolvable, localise

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    banff = pytest.importorskip("banff", exc_type=ImportError)
    import pandas

pytestmark = pytest.mark.slow

CODES = [f"x{number}" for number in range(8)]
RECORDS = 60
# Banff wants positive weights of its own; two decimals, distinct sums, so that few solutions tie.
WEIGHTS = {code: 1 + 0.11 * number for number, code in enumerate(CODES)}


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
    data.insert(0, "id", [f"r{number:03}" for number in range(RECORDS)])
    return edits, data


def written(edit: Edit) -> str:
    terms = " ".join(f"{'+' if value > 0 else '-'} {abs(value):g} * {code}" for code, value in edit.terms.items())
    return f"{terms.removeprefix('+ ')} <= {edit.bound:g};"


def by_banff(edits: list[Edit], data: pandas.DataFrame) -> dict[str, set[str]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        done = banff.errorloc(
            unit_id="id",
            edits=" ".join(written(edit) for edit in edits),
            weights=" ".join(f"{code}={weight:.2f};" for code, weight in WEIGHTS.items()),
            indata=data,
            accept_negative=False,
            capture=True,
        )
        status = done.outstatus.to_pandas()
    found: dict[str, set[str]] = {}
    for record, code in zip(status["id"], status["FIELDID"], strict=True):
        found.setdefault(record, set()).add(code)
    return found


def by_us(edits: list[Edit], row: dict[str, float]) -> set[str]:
    # Without slips: Banff knows none. Continuous values, as Banff's.
    cells = {code: Cell(row[code], 0.0, weight=WEIGHTS[code], step=1e-6, expected=-1.0) for code in CODES}
    return {code for answer in localise(edits, cells) for code in answer.fields}


@pytest.mark.parametrize("seed", range(6))
def test_costs_are_banff_s(seed: int) -> None:
    edits, data = generated(seed)
    oracle, ties = by_banff(edits, data), []
    for row in data.to_dict("records"):
        record = row["id"]
        try:
            ours = by_us(edits, row)
        except Unsolvable:
            pytest.fail(f"{record}: Banff finds {oracle.get(record)}")
        theirs = oracle.get(record, set())
        cost, expected = (sum(WEIGHTS[code] for code in codes) for codes in (ours, theirs))
        assert cost == pytest.approx(expected, abs=1e-6), f"{record}: {sorted(ours)} against {sorted(theirs)}"
        if ours != theirs:
            ties.append((record, sorted(ours), sorted(theirs)))
    assert oracle
    # Other fields at the same cost: listed with -rA.
    print(f"{len(oracle)} records, ties: {ties}")  # noqa: T201
