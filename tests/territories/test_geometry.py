"""GeoJSON and TopoJSON give the same outlines; anything else is refused in French."""

import json
from typing import Any

import pytest

from senacs.territories.geometry import GeometryError, polygons, read_features

SQUARE = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]


def collection(*geometries: dict[str, Any]) -> str:
    features = [{"type": "Feature", "properties": {"code": str(i)}, "geometry": g} for i, g in enumerate(geometries)]
    return json.dumps({"type": "FeatureCollection", "features": features})


def test_geojson_polygon_is_read() -> None:
    (feature,) = read_features(collection({"type": "Polygon", "coordinates": [SQUARE]}))
    assert feature.properties == {"code": "0"}
    assert feature.geometry == {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}


def test_rings_are_closed_and_turned_with_holes_the_other_way() -> None:
    hole = [[0.2, 0.2], [0.4, 0.2], [0.4, 0.4], [0.2, 0.4]]
    (feature,) = read_features(collection({"type": "Polygon", "coordinates": [SQUARE[::-1], hole]}))
    outer, inner = polygons(feature.geometry)[0]
    assert outer == SQUARE
    assert inner == [[0.2, 0.2], [0.2, 0.4], [0.4, 0.4], [0.4, 0.2], [0.2, 0.2]]


def test_degenerate_parts_vanish_and_points_are_ignored() -> None:
    shapes = {"type": "MultiPolygon", "coordinates": [[[[5, 5], [6, 6], [5, 5]]], [SQUARE]]}
    (feature,) = read_features(collection(shapes, {"type": "Point", "coordinates": [0, 0]}))
    assert feature.geometry["type"] == "Polygon"


def test_topojson_arcs_are_shared_reversed_and_dequantised() -> None:
    # Two squares side by side: arc 0 is their common side, walked upwards by the left one and downwards by the right.
    topology = {
        "type": "Topology",
        "transform": {"scale": [0.5, 0.5], "translate": [2, 40]},
        "arcs": [
            [[2, 0], [0, 2]],
            [[2, 2], [-2, 0], [0, -2], [2, 0]],
            [[2, 0], [2, 0], [0, 2], [-2, 0]],
        ],
        "objects": {
            "units": {
                "type": "GeometryCollection",
                "geometries": [
                    {"type": "Polygon", "arcs": [[0, 1]], "id": "left"},
                    {"type": "MultiPolygon", "arcs": [[[2, -1]]], "properties": {"dep": "01"}},
                    {"type": "LineString", "arcs": [0]},
                ],
            }
        },
    }
    left, right = read_features(json.dumps(topology))
    assert left.identifier == "left"
    assert sorted(map(tuple, left.geometry["coordinates"][0][:-1])) == [(2, 40), (2, 41), (3, 40), (3, 41)]
    assert sorted(map(tuple, right.geometry["coordinates"][0][:-1])) == [(3, 40), (3, 41), (4, 40), (4, 41)]
    assert left.geometry["coordinates"][0][0] == left.geometry["coordinates"][0][-1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "JSON"),
        ("[" * 100_000, "JSON"),
        ("[]", "ni un GeoJSON"),
        ('{"type": "Feature"}', "ni un GeoJSON"),
        ('{"type": "FeatureCollection", "features": []}', "aucun contour"),
        ('{"type": "FeatureCollection", "features": [{"geometry": {"type": "Polygon"}}]}', "illisible"),
        (collection({"type": "Polygon", "coordinates": [[[650000, 6860000]] * 5]}), "WGS 84"),
    ],
)
def test_unusable_files_are_refused(text: str, message: str) -> None:
    with pytest.raises(GeometryError, match=message):
        read_features(text)
