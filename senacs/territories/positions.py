"""Where communes are: the delivered list of their centres, and how far two places are from each other."""

import csv
import hashlib
import math
from dataclasses import dataclass
from pathlib import Path

DELIVERED = Path(__file__).resolve().parents[2] / "data" / "reference" / "communes-positions.csv"
SOURCE = "GeoNames (CC BY 4.0)"
_KM_A_DEGREE = 111.2


@dataclass(frozen=True, slots=True)
class Position:
    """Degrees. `is_rough`: the middle of the communes of the same postcode, where the commune's own is not known."""

    latitude: float
    longitude: float
    is_rough: bool = False


def read(path: Path) -> dict[str, Position]:
    """By code of commune."""
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["commune"]: Position(float(row["latitude"]), float(row["longitude"]), bool(row["approximative"]))
            for row in csv.DictReader(file)
        }


def checksum(path: Path) -> str:
    """Ten digits that change with the list."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def kilometres(a: Position, b: Position) -> float:
    """As the crow flies, on the sphere."""
    lat1, lat2 = math.radians(a.latitude), math.radians(b.latitude)
    half = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin(math.radians(b.longitude - a.longitude) / 2) ** 2
    )
    return 2 * 6371 * math.asin(math.sqrt(min(half, 1.0)))


def box_around(at: Position, km: float) -> tuple[float, float, float, float]:
    """West, south, east, north of a square of `2 km` of side, in degrees."""
    high = km / _KM_A_DEGREE
    wide = high / max(math.cos(math.radians(at.latitude)), 0.01)
    return at.longitude - wide, at.latitude - high, at.longitude + wide, at.latitude + high
