"""From longitude and latitude to the plane of a map of France.

Lambert's conformal conic with the parallels of Lambert-93 (44° and 49° N, meridian 3° E, after IGN's NT/G 71) on the
sphere, whose difference from the ellipsoid is under a pixel here; overseas units, a plain cylindrical projection each.
"""

import math
from collections.abc import Callable

Projection = Callable[[float, float], tuple[float, float]]  # degrees → plane, y downwards, same scale for all
_PHI1, _PHI2, _LAMBDA0 = math.radians(44), math.radians(49), math.radians(3)
_N = math.log(math.cos(_PHI1) / math.cos(_PHI2)) / math.log(
    math.tan(math.pi / 4 + _PHI2 / 2) / math.tan(math.pi / 4 + _PHI1 / 2)
)
_F = math.cos(_PHI1) * math.tan(math.pi / 4 + _PHI1 / 2) ** _N / _N
_RHO0 = _F / math.tan(math.pi / 4 + math.radians(46.5) / 2) ** _N


def lambert(longitude: float, latitude: float) -> tuple[float, float]:
    """Mainland France; radians of arc from 3° E, 46.5° N."""
    rho = _F / math.tan(math.pi / 4 + math.radians(latitude) / 2) ** _N
    theta = _N * (math.radians(longitude) - _LAMBDA0)
    return rho * math.sin(theta), -(_RHO0 - rho * math.cos(theta))


def local(longitude: float, latitude: float) -> Projection:
    """A projection true around one point (an island): equidistant cylindrical."""
    shrink = math.cos(math.radians(latitude))

    def project(x: float, y: float) -> tuple[float, float]:
        return math.radians(x - longitude) * shrink, -math.radians(y - latitude)

    return project
