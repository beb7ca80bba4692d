"""One year's true answers: a column of values a field, for every structure of the network at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from senacs.demo.draws import Draws, Floats, Ints
from senacs.questionnaire.engine.schema import Kind, Questionnaire


@dataclass
class Sheet:
    """`columns[code]` holds Python-ready values: int64, float64 (decimals), bool, str, or object (tuples)."""

    questionnaire: Questionnaire
    draws: Draws
    year: int  # of the data
    columns: dict[str, NDArray] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)  # put, but not in this version (a test looks at it)

    def put(self, code: str, values: ArrayLike) -> None:
        """Sets a column, brought to the field's type and bounds."""
        definition = self.questionnaire.fields.get(code)
        if definition is None:
            self.unknown.add(code)
            return
        column = np.asarray(values)
        if definition.kind in {Kind.INTEGER, Kind.AMOUNT}:
            column = np.clip(np.rint(column.astype(float)), definition.minimum, definition.maximum).astype(np.int64)
        elif definition.is_hours:
            column = np.clip(np.rint(column.astype(float) * 4) / 4, definition.minimum, definition.maximum)
        elif definition.kind.is_numeric:
            column = np.clip(
                np.round(column.astype(float), definition.decimals), definition.minimum, definition.maximum
            )
        self.columns[code] = column

    def put_several(self, code: str, values: Sequence[tuple[str, ...]]) -> None:
        """Sets a multiple choice."""
        column = np.empty(len(values), dtype=object)
        column[:] = list(values)
        self.put(code, column)

    def parts(self, prefix: str, rows: Sequence[str], total: Ints, weights: Sequence[Floats | float]) -> None:
        """Sets `prefix_row` for each row, adding up to `total` exactly."""
        for row, part in zip(rows, self.draws.split(f"{prefix}:{rows[0]}", total, weights), strict=True):
            self.put(f"{prefix}_{row}", part)

    @property
    def missing(self) -> set[str]:
        """Fields that somebody types and that got no column."""
        return {c for c, f in self.questionnaire.fields.items() if not f.is_computed} - set(self.columns)
