"""The nearest of many points on the globe, as the crow flies, for many others at once."""

import numpy as np

EARTH = 6371.0  # kilometres
_SURE = 60.0  # kilometres within which nothing out of the squares around can be nearer, in France


def nearest_of(here: np.ndarray, to: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each point of `here`: kilometres as the crow flies to the nearest of `to`, and its index there.

    Points are rows of degrees (latitude, longitude). Squares of one degree are compared with what lies a degree around;
    who finds nothing near, with everything.
    """
    mine, theirs = _vectors(here), _vectors(to)
    best = np.full(len(here), -1)
    squares = np.floor(here).astype(int)
    key = squares[:, 0] * 1000 + squares[:, 1]
    order = np.argsort(key, kind="stable")
    for some in np.split(order, np.flatnonzero(np.diff(key[order])) + 1):
        south, west = squares[some[0]]
        around = np.flatnonzero(
            (to[:, 0] >= south - 1) & (to[:, 0] < south + 2) & (to[:, 1] >= west - 1) & (to[:, 1] < west + 2)
        )
        if len(around):
            best[some] = around[(mine[some] @ theirs[around].T).argmax(axis=1)]
    distances = np.where(best >= 0, _kilometres(mine, theirs[best]), np.inf)
    far = np.flatnonzero(distances > _SURE)
    for some in np.array_split(far, len(far) // 2000 + 1) if len(far) else ():
        best[some] = (mine[some] @ theirs.T).argmax(axis=1)
        distances[some] = _kilometres(mine[some], theirs[best[some]])
    return distances, best


def _kilometres(mine: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """By the chord: the arc cosine of what is nearly 1 loses hundreds of metres."""
    return 2 * EARTH * np.arcsin(np.minimum(np.linalg.norm(mine - theirs, axis=1) / 2, 1.0))


def _vectors(degrees: np.ndarray) -> np.ndarray:
    """Points of the unit sphere, a row each."""
    latitude, longitude = np.radians(degrees).T
    return np.column_stack(
        [np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)]
    )
