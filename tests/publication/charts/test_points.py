"""Maps of places: marks where they are, links with their names, nothing outside the window."""

import re

import pytest

from senacs.publication.charts import Area, PlaceMark, build_window, place_map

KINDS = (("centre social", "centres sociaux"), ("espace de vie sociale", "espaces de vie sociale"))
BOX = (4.0, 44.0, 6.0, 46.0)
SQUARE = {"type": "Polygon", "coordinates": [[[4.5, 44.5], [5.5, 44.5], [5.5, 45.5], [4.5, 45.5], [4.5, 44.5]]]}


def drawn(marks: list[PlaceMark]) -> str:
    window = build_window([Area("26", "Drôme", SQUARE)], box=BOX, width=400)
    return place_map("Carte", window, marks, prefix="p", kinds=KINDS).svg


def test_window_puts_its_corners_at_the_corners() -> None:
    window = build_window([], box=BOX, width=400)
    place = window.place
    assert place(4.0, 46.0) == pytest.approx((0, 0))
    assert place(6.0, 44.0) == pytest.approx((400, window.height))
    # Two degrees of latitude are longer than two of longitude at 45° north.
    assert window.height == pytest.approx(400 / 0.7071, rel=0.01)


def test_units_elsewhere_or_drawn_away_from_their_place_are_left_out() -> None:
    far = {"type": "Polygon", "coordinates": [[[10.0, 50.0], [11.0, 50.0], [11.0, 51.0], [10.0, 50.0]]]}
    window = build_window([Area("A", "A", SQUARE), Area("B", "B", far), Area("C", "C", SQUARE, False)], box=BOX)
    assert [shape.code for shape in window.shapes] == ["A"]


def test_mark_is_a_link_that_tells_its_structures() -> None:
    svg = drawn([PlaceMark("Die & Crest", 5.0, 45.0, 2, 1, "/territoires/commune/26113/")])
    assert 'aria-label="Die &amp; Crest : 2 centres sociaux et 1 espace de vie sociale"' in svg.replace("\xa0", " ")
    assert 'href="/territoires/commune/26113/"' in svg
    assert 'role="group"' in svg
    assert 'role="img"' in drawn([PlaceMark("Sans lien", 5.0, 45.0, 1, 0)])


def test_mark_outside_the_window_is_not_drawn() -> None:
    assert "<circle" not in drawn([PlaceMark("Loin", 7.0, 45.0, 1, 0)])


def test_scale_is_true() -> None:
    window = build_window([], box=BOX, width=400)
    place = window.place
    svg = place_map("Carte", window, [], prefix="p", kinds=KINDS).svg
    bar = re.search(r'd="M8 [\d.]+L([\d.]+) [\d.]+" stroke="#1c2733"', svg)
    km = re.search(r">(\d+)\s?km<", svg)
    assert bar and km
    one = abs(place(5.0, 45.0)[1] - place(5.0, 46.0)[1]) / 111.2
    assert (float(bar[1]) - 8) / int(km[1]) == pytest.approx(one, rel=0.02)
