"""GeoJSON and TopoJSON read into one form: features with properties and a Polygon or MultiPolygon in degrees."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Point = list[float]
Ring = list[Point]
Geometry = dict[str, Any]


class GeometryError(Exception):
    """The file holds no usable outline; the message is French."""


@dataclass(frozen=True)
class Feature:
    identifier: str
    properties: dict[str, object]
    geometry: Geometry


def read_features(text: str) -> list[Feature]:
    """The polygons of a GeoJSON or TopoJSON document, rings closed and turned as RFC 7946 asks (outer anticlockwise).

    Raises GeometryError for anything else, and for coordinates that are not degrees.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise GeometryError(f"Ce fichier n’est pas du JSON lisible : {error}.") from error
    kind = document.get("type") if isinstance(document, dict) else None
    try:
        if kind == "FeatureCollection":
            features = [_geojson_feature(entry) for entry in document["features"]]
        elif kind == "Topology":
            features = list(_topology_features(document))
        else:
            raise GeometryError(
                "Ce fichier n’est ni un GeoJSON (type « FeatureCollection ») ni un TopoJSON (type « Topology »)."
            )
    except (KeyError, TypeError, IndexError, ValueError, AttributeError) as error:
        raise GeometryError(f"Contour illisible : {error!r}.") from error
    found = [feature for feature in features if feature is not None]
    if not found:
        raise GeometryError("Ce fichier ne contient aucun contour (Polygon ou MultiPolygon).")
    return found


def polygons(geometry: Geometry) -> list[list[Ring]]:
    """The polygons of a geometry, each as its rings, the outer one first."""
    coordinates = geometry["coordinates"]
    return [coordinates] if geometry["type"] == "Polygon" else coordinates


def points(geometry: Geometry) -> Iterator[tuple[float, float]]:
    for rings in polygons(geometry):
        for ring in rings:
            yield from ((position[0], position[1]) for position in ring)


def _geojson_feature(entry: dict[str, Any]) -> Feature | None:
    geometry = entry.get("geometry")
    if not geometry or geometry["type"] not in {"Polygon", "MultiPolygon"}:
        return None
    return Feature(str(entry.get("id", "")), entry.get("properties") or {}, _clean(polygons(geometry)))


def _topology_features(document: dict[str, Any]) -> Iterator[Feature | None]:
    arcs = _arcs(document)
    for item in document["objects"].values():
        for entry in item.get("geometries", [item]):
            if entry.get("type") == "Polygon":
                parts = [entry["arcs"]]
            elif entry.get("type") == "MultiPolygon":
                parts = entry["arcs"]
            else:
                continue
            shapes = [[_stitch(ring, arcs) for ring in rings] for rings in parts]
            yield Feature(str(entry.get("id", "")), entry.get("properties") or {}, _clean(shapes))


def _arcs(document: dict[str, Any]) -> list[Ring]:
    """Arcs in degrees: with a `transform`, positions are integers, each told as its difference from the one before."""
    transform = document.get("transform")
    if transform is None:
        return document["arcs"]
    (kx, ky), (dx, dy) = transform["scale"], transform["translate"]
    decoded = []
    for arc in document["arcs"]:
        x = y = 0
        line = []
        for step in arc:
            x, y = x + step[0], y + step[1]
            line.append([round(x * kx + dx, 6), round(y * ky + dy, 6)])
        decoded.append(line)
    return decoded


def _stitch(indexes: list[int], arcs: list[Ring]) -> Ring:
    """A ring from its arcs; ~i walks arc i backwards, and an arc starts where the one before ends."""
    ring: Ring = []
    for index in indexes:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        ring.extend(arc[1:] if ring else arc)
    return ring


def _clean(shapes: list[list[Ring]]) -> Geometry:
    parts = []
    for rings in shapes:
        kept = [_ring(ring, outer=index == 0) for index, ring in enumerate(rings)]
        if kept and kept[0]:
            parts.append([ring for ring in kept if ring])
    if not parts:
        raise GeometryError("Un contour est vide.")
    if len(parts) == 1:
        return {"type": "Polygon", "coordinates": parts[0]}
    return {"type": "MultiPolygon", "coordinates": parts}


def _ring(ring: Ring, *, outer: bool) -> Ring:
    """The ring closed and oriented; empty when simplification has left fewer than three corners."""
    line = [[float(position[0]), float(position[1])] for position in ring]
    if any(abs(x) > 180 or abs(y) > 90 for x, y in line):
        raise GeometryError(
            "Les coordonnées ne sont pas des degrés : exportez le fichier en WGS 84 (EPSG:4326), pas en Lambert-93."
        )
    if line and line[0] != line[-1]:
        line.append(line[0])
    if len(line) < 4:
        return []
    doubled_area = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(line))
    return line if (doubled_area > 0) == outer else line[::-1]
