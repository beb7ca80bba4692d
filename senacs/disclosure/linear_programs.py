"""Linear programs over kernel directions: what may still move once the published cells are known.

A direction y is a way to change the hidden cells that leaves every published cell as it is; x + y is then another
table that the reader cannot tell from the true one.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import highspy
import numpy as np

INFINITY = highspy.kHighsInf
LOST = (
    highspy.HighsModelStatus.kUnknown,
    highspy.HighsModelStatus.kSolveError,
    highspy.HighsModelStatus.kIterationLimit,
)
# Iterations a row or column after which the solver is lost: programs of tables take a few.
MOST_ITERATIONS = 20

# How far from the cheapest a whole solution may be: that there is one matters more.
NEAR_ENOUGH = 0.05
# Nodes of a search of whole numbers: those of tables are found at the root, nearly always.
MOST_NODES = 2_000


class SolverError(RuntimeError):
    """HiGHS gave neither a solution nor a proof that there is none."""


def run(highs: highspy.Highs) -> highspy.HighsModelStatus:
    """Solves, and again in other ways when figures of very different sizes lose the solver."""
    highs.run()
    status = highs.getModelStatus()
    for option, value in (("presolve", "choose"), ("presolve", "off"), ("simplex_strategy", 4)):
        if status not in LOST:
            break
        before = highs.getOptionValue(option)[1]
        highs.setOptionValue(option, value)
        highs.clearSolver()
        highs.run()
        status = highs.getModelStatus()
        highs.setOptionValue(option, before)
    return status


class Program:
    """min cost·y, rows = 0 or between `row_lower` and `row_upper`, y between its bounds; one thread, deterministic."""

    def __init__(
        self,
        width: int,
        rows: Sequence[Sequence[tuple[int, float]]],
        *,
        lower: Sequence[float],
        upper: Sequence[float],
        cost: Sequence[float],
        row_lower: Sequence[float] | None = None,
        row_upper: Sequence[float] | None = None,
    ) -> None:
        starts = np.zeros(len(rows) + 1, dtype=np.int32)
        starts[1:] = np.cumsum([len(row) for row in rows])
        lp = highspy.HighsLp()
        lp.num_col_ = width
        lp.num_row_ = len(rows)
        lp.col_cost_ = np.asarray(cost, dtype=np.float64)
        lp.col_lower_ = np.asarray(lower, dtype=np.float64)
        lp.col_upper_ = np.asarray(upper, dtype=np.float64)
        lp.row_lower_ = np.zeros(len(rows)) if row_lower is None else np.asarray(row_lower, dtype=np.float64)
        lp.row_upper_ = np.zeros(len(rows)) if row_upper is None else np.asarray(row_upper, dtype=np.float64)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = starts
        lp.a_matrix_.index_ = np.asarray([c for row in rows for c, _ in row], dtype=np.int32)
        lp.a_matrix_.value_ = np.asarray([a for row in rows for _, a in row], dtype=np.float64)
        self.highs = highspy.Highs()
        self.highs.setOptionValue("output_flag", False)
        self.highs.setOptionValue("threads", 1)
        self.highs.setOptionValue("random_seed", 0)
        self.highs.setOptionValue("primal_feasibility_tolerance", 1e-9)
        self.highs.setOptionValue("simplex_iteration_limit", 1_000 + MOST_ITERATIONS * (width + len(rows)))
        self.highs.setOptionValue("ipm_iteration_limit", 200)
        self.highs.passModel(lp)
        self.width = width

    def bound(self, column: int, lower: float, upper: float) -> None:
        self.highs.changeColBounds(column, lower, upper)

    def cost(self, column: int, value: float) -> None:
        self.highs.changeColCost(column, value)

    @contextmanager
    def whole_numbers(self) -> Iterator[None]:
        """Inside, y is made of whole numbers; where none is found after so many nodes, that is an error."""
        every = np.arange(self.width, dtype=np.int32)
        self.highs.setOptionValue("mip_max_nodes", MOST_NODES)
        self.highs.setOptionValue("mip_rel_gap", NEAR_ENOUGH)
        self.highs.changeColsIntegrality(self.width, every, np.full(self.width, highspy.HighsVarType.kInteger))
        try:
            yield
        finally:
            self.highs.changeColsIntegrality(self.width, every, np.full(self.width, highspy.HighsVarType.kContinuous))

    def solve(self) -> np.ndarray | None:
        """The optimal y, None when the bounds cannot be met."""
        status = run(self.highs)
        if status == highspy.HighsModelStatus.kOptimal:
            return np.array(self.highs.getSolution().col_value)
        if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return None
        raise SolverError(f"HiGHS : {self.highs.modelStatusToString(status)}")
