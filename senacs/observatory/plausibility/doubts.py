"""Values that nobody could defend: far from the structure's own years and from its peers, or from their companion.

Significance editing asks where an error would move a figure (Lawrence and McKenzie, « The General Application of
Significance Editing », Journal of Official Statistics 16, 2000); this module finds what is doubtful, `influence` what
it moves. Thresholds were measured on known faults (docs/plausibilite.md): a robust distance is counted in median
absolute deviations (MAD), within the kind of structure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from senacs.observatory.plausibility.settings import PlausibilitySettings

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Change against the structure's own years: 6 MAD of the changes of its kind, a factor of two at the least.
_HISTORY_MADS, _HISTORY_FLOOR, _HISTORY_FACTOR = 6.0, 0.08, np.log(2)
# A change alone is not doubtful: the value is also off its peers, or changed out of all proportion, or with the size.
_PEERS_WITH_HISTORY, _HUGE_FACTOR, _SIZE_FACTOR = 1.5, np.log(5), np.log(1.8)
_PEERS_ALONE = 5.0
_COMPANION = 7.0
_FUNDER_SHARE, _FUNDED = 0.03, 0.97
# Two years confirm each other within this factor; three years at the most are looked at.
_CONFIRMS, _YEARS = np.log(2), 3
_TO_SIGMA = 1.4826
# Fewer values than this say nothing of what is ordinary.
_LEAST = 12


class DoubtReason(StrEnum):
    HISTORY = "history"
    PEERS = "peers"
    COMPANION = "companion"
    ZERO = "zero"


@dataclass(frozen=True, slots=True)
class Doubt:
    """One value of one response. `expected` is what its years, else its peers, let expect; NaN when nothing does."""

    row: int
    code: str
    reason: DoubtReason
    value: float
    expected: float


@dataclass(frozen=True)
class Answers:
    """Answers of one year and of the years before, of the same rows: NaN where unanswered, 0 for « non concerné ».

    `now` maps a field to its values; `past` the years before, latest first; `kind` is the kind of structure.
    """

    kind: NDArray
    now: Mapping[str, Floats]
    past: Sequence[Mapping[str, Floats]]

    def of(self, code: str) -> Floats:
        found = self.now.get(code)
        return found if found is not None else np.full(len(self.kind), np.nan)

    def before(self, code: str) -> list[Floats]:
        blank = np.full(len(self.kind), np.nan)
        return [year.get(code, blank) for year in self.past[:_YEARS]]


def find_doubts(answers: Answers, codes: Sequence[str], settings: PlausibilitySettings) -> list[Doubt]:
    """The doubtful values among `codes`, each once with its strongest reason, in order of code then row."""
    found: dict[tuple[str, int], Doubt] = {}
    size_moved = _size_moved(answers, settings)
    distances: dict[str, Floats] = {}
    for code in codes:
        value, reference = answers.of(code), reference_of(answers.before(code))
        change, distances[code] = _log_ratio(value, reference), _peer_distance(answers, code, settings.scales)
        # In a kind with few histories the changes of everybody say what is ordinary.
        usual, spread = _centre(change, answers.kind)
        far = np.abs(change - usual) > np.maximum(_HISTORY_MADS * np.maximum(spread, _HISTORY_FLOOR), _HISTORY_FACTOR)
        odd = (distances[code] > _PEERS_WITH_HISTORY) | (np.abs(change) > _HUGE_FACTOR) | size_moved
        _add(found, code, DoubtReason.HISTORY, far & odd, value, reference)
        alone = np.isnan(change) & (distances[code] > _PEERS_ALONE)
        _add(found, code, DoubtReason.PEERS, alone, value, _expected_of_peers(answers, code, settings.scales))
        if code in settings.funders:
            _add(found, code, DoubtReason.ZERO, _forgotten(answers, code, settings), value, reference)
    for first, second in settings.companions:
        if first in codes or second in codes:
            _companions(found, answers, (first, second), distances)
    return sorted(found.values(), key=lambda doubt: (doubt.code, doubt.row))


def reference_of(years: Sequence[Floats]) -> Floats:
    """The latest of the years that another one confirms; the only one when there is one; NaN when they contradict."""
    if not years:
        return np.array([], float)
    known = np.array([np.where(year > 0, year, np.nan) for year in years])
    logs = np.log(known)
    result = np.full(known.shape[1], np.nan)
    count = (~np.isnan(known)).sum(axis=0)
    for place in range(len(years)):
        others = np.abs(np.delete(logs, place, axis=0) - logs[place]) <= _CONFIRMS
        confirmed = (count == 1) | others.any(axis=0) if len(years) > 1 else count == 1
        result = np.where(np.isnan(result) & confirmed & ~np.isnan(known[place]), known[place], result)
    return result


def _add(
    found: dict[tuple[str, int], Doubt],
    code: str,
    reason: DoubtReason,
    where: Bools,
    value: Floats,
    expected: Floats,
) -> None:
    for row in np.flatnonzero(where).tolist():
        found.setdefault((code, row), Doubt(row, code, reason, float(value[row]), float(expected[row])))


def _log_ratio(value: Floats, reference: Floats) -> Floats:
    """ln(value / reference), NaN unless both are above zero."""
    if not len(reference):
        return np.full(len(value), np.nan)
    positive = (value > 0) & (reference > 0)
    return np.where(positive, np.log(np.where(positive, value, 1) / np.where(positive, reference, 1)), np.nan)


def _centre(values: Floats, kind: NDArray) -> tuple[Floats, Floats]:
    """Per row, the median of its kind and the median absolute deviation from it; of everybody where a kind is small."""
    centre, spread = np.full(len(values), np.nan), np.full(len(values), np.nan)
    whole = _median_and_mad(values)
    for name in np.unique(kind):
        rows = kind == name
        middle, mad = _median_and_mad(values[rows])
        centre[rows], spread[rows] = whole if np.isnan(middle) else (middle, mad)
    return centre, spread


def _median_and_mad(values: Floats) -> tuple[float, float]:
    known = values[~np.isnan(values)]
    if len(known) < _LEAST:
        return np.nan, np.nan
    middle = float(np.median(known))
    return middle, float(np.median(np.abs(known - middle)))


def _distance(values: Floats, kind: NDArray) -> Floats:
    """Distance to the centre of the kind, in robust standard deviations; NaN where unknown."""
    centre, spread = _centre(values, kind)
    return np.asarray(np.abs(values - centre) / (_TO_SIGMA * np.maximum(spread, _HISTORY_FLOOR)))


def _peer_distance(answers: Answers, code: str, scales: Sequence[str]) -> Floats:
    """The median, over the scales, of how far the value per unit of scale is from that of its kind."""
    value = answers.of(code)
    rows = [_distance(_log_ratio(value, answers.of(scale)), answers.kind) for scale in scales if scale != code]
    return _nanmedian(np.array(rows))


def _expected_of_peers(answers: Answers, code: str, scales: Sequence[str]) -> Floats:
    value, rows = answers.of(code), []
    for scale in scales:
        if scale != code:
            centre, _ = _centre(_log_ratio(value, answers.of(scale)), answers.kind)
            rows.append(np.exp(centre) * answers.of(scale))
    return _nanmedian(np.array(rows))


def _nanmedian(rows: Floats) -> Floats:
    known = ~np.isnan(rows).all(axis=0)
    result = np.full(rows.shape[1], np.nan)
    result[known] = np.nanmedian(rows[:, known], axis=0)
    return result


def _size_moved(answers: Answers, settings: PlausibilitySettings) -> Bools:
    """Whether budget and ETP both moved by a large factor, the same way: a whole gestionnaire, or its end."""
    moves = [_log_ratio(answers.of(code), reference_of(answers.before(code))) for code in settings.size_pair]
    up = (moves[0] > _SIZE_FACTOR) & (moves[1] > _SIZE_FACTOR)
    return np.asarray(up | ((moves[0] < -_SIZE_FACTOR) & (moves[1] < -_SIZE_FACTOR)))


def _forgotten(answers: Answers, code: str, settings: PlausibilitySettings) -> Bools:
    """An amount at zero or left blank that counted last year, while the funders do not make the budget."""
    past = answers.before(code)
    if not past:
        return np.zeros(len(answers.kind), bool)
    budget = answers.of(settings.budget)
    funded = np.nansum(np.array([answers.of(funder) for funder in settings.funders]), axis=0)
    counted = past[0] > _FUNDER_SHARE * answers.before(settings.budget)[0]
    return np.asarray((np.nan_to_num(answers.of(code)) == 0) & counted & (funded < _FUNDED * budget))


def _companions(
    found: dict[tuple[str, int], Doubt], answers: Answers, pair: tuple[str, str], distances: Mapping[str, Floats]
) -> None:
    """Accuses, where two companions disagree, the one that is further from its peers."""
    first, second = (answers.of(code) for code in pair)
    far = _distance(_log_ratio(first, second), answers.kind) > _COMPANION
    blank = np.full(len(far), np.nan)
    of_first, of_second = (np.nan_to_num(distances.get(code, blank)) for code in pair)
    ratio, _ = _centre(_log_ratio(first, second), answers.kind)
    _add(found, pair[0], DoubtReason.COMPANION, far & (of_first >= of_second), first, second * np.exp(ratio))
    _add(found, pair[1], DoubtReason.COMPANION, far & (of_first < of_second), second, first / np.exp(ratio))
