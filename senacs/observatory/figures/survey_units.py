"""What a survey knows of each structure of the register: this year's answer, those of four years before, its strata."""

from collections.abc import Hashable
from dataclasses import dataclass

Stratum = tuple[Hashable, ...]

# Two years confirm each other within this factor, as for a doubtful value (plausibility.doubts).
CONFIRMS = 2.0


@dataclass(frozen=True, slots=True)
class SurveyUnit:
    """A structure of the register. y: what it declared, None when it did not; x: the same last year, if known.

    means: strata in which a mean may be looked for, ratios: the same for a ratio, from the narrowest to the widest,
    whose first element is the kind. earlier: what it declared longer ago, as (years before, value). asked: how many of
    the years before asked it; None where that is not known, and as many as any other then.
    """

    structure: str
    territories: tuple[str, ...]
    means: tuple[Stratum, ...]
    ratios: tuple[Stratum, ...]
    y: float | None
    x: float | None
    earlier: tuple[tuple[int, float], ...] = ()
    asked: int | None = None

    @property
    def kind(self) -> Hashable:
        return self.ratios[-1][0]

    @property
    def years(self) -> tuple[tuple[int, float], ...]:
        """Each year with an answer before this one, the latest first."""
        return self.earlier if self.x is None else ((1, self.x), *self.earlier)

    @property
    def last_answer(self) -> tuple[int, float] | None:
        """The latest earlier answer that another year confirms, or the only one; None where they contradict."""
        if len(self.years) == 1:
            return self.years[0]
        for gap, value in self.years:
            others = [other for other_gap, other in self.years if other_gap != gap]
            if any(value / CONFIRMS <= other <= value * CONFIRMS for other in others):
                return gap, value
        return None
