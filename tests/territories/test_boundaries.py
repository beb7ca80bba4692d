"""Loading outlines: codes under any official name, vintages side by side, the default package."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from senacs.territories import queries
from senacs.territories.boundaries import PACKAGE, BoundaryError, load_boundaries, load_default_boundaries
from senacs.territories.models import Boundary, BoundaryLevel, Departement, Epci, Region

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def territories() -> None:
    region = Region.objects.create(code="84", name="Auvergne-Rhône-Alpes")
    overseas = Region.objects.create(code="01", name="Guadeloupe")
    for code in ("01", "26", "69", "2A"):
        Departement.objects.create(code=code, name=code, region=region)
    Departement.objects.create(code="971", name="Guadeloupe", region=overseas)
    Epci.objects.create(code="200040459", name="CA Valence Romans Agglo", kind="CA")


def square(x: float) -> dict[str, Any]:
    ring = [[x, 45], [x + 1, 45], [x + 1, 46], [x, 46], [x, 45]]
    return {"type": "Polygon", "coordinates": [ring]}


def write(path: Path, *properties: dict[str, Any]) -> Path:
    features = [{"type": "Feature", "properties": values, "geometry": square(x)} for x, values in enumerate(properties)]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def load(path: Path, level: BoundaryLevel = BoundaryLevel.DEPARTEMENT, vintage: str = "2026", **options: Any) -> Any:
    return load_boundaries(path=path, level=level, vintage=vintage, source="IGN", **options)


@pytest.mark.parametrize(
    ("level", "properties", "code"),
    [
        (BoundaryLevel.DEPARTEMENT, {"code": "26"}, "26"),
        (BoundaryLevel.DEPARTEMENT, {"INSEE_DEP": "2A", "ID": "x"}, "2A"),
        (BoundaryLevel.DEPARTEMENT, {"code": 1}, "01"),
        (BoundaryLevel.DEPARTEMENT, {"code_insee": "69", "INSEE_REG": "84"}, "69"),
        (BoundaryLevel.DEPARTEMENT, {"ISO": "FR-01"}, "01"),
        (BoundaryLevel.DEPARTEMENT, {"ISO": "FR-GP"}, "971"),
        (BoundaryLevel.REGION, {"ISO": "FR-ARA\t"}, "84"),
        (BoundaryLevel.REGION, {"reg": 1}, "01"),
        (BoundaryLevel.EPCI, {"CODE_SIREN": "200040459"}, "200040459"),
    ],
)
def test_codes_are_recognised(tmp_path: Path, level: BoundaryLevel, properties: dict[str, Any], code: str) -> None:
    load(write(tmp_path / "a.json", properties), level)
    assert list(queries.boundaries(level.value)) == [code]


def test_unknown_and_missing_codes_are_named(tmp_path: Path) -> None:
    report = load(write(tmp_path / "a.json", {"code": "26"}, {"code": "99"}))
    assert report.unknown == ("99",)
    assert report.missing == ("01", "2A", "69", "971")


def test_vintages_stand_side_by_side_and_the_last_loaded_is_current(tmp_path: Path) -> None:
    load(write(tmp_path / "a.json", {"code": "26"}), vintage="2025")
    load(write(tmp_path / "b.json", {"code": "69"}, {"code": "01"}), vintage="2026")
    assert set(queries.boundaries("departement")) == {"69", "01"}
    assert set(queries.boundaries("departement", "2025")) == {"26"}
    assert queries.boundary_source("departement") == "IGN"
    assert queries.boundaries("epci") == {}


def test_same_file_again_does_nothing_and_a_changed_one_replaces(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", {"code": "26"})
    load(path)
    assert not load(path).is_changed
    assert load(path, force=True).is_changed
    load(write(path, {"code": "69"}))
    assert list(Boundary.objects.values_list("code", flat=True)) == ["69"]


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ([{"nom": "Drôme"}], "Aucun contour ne porte un code"),
        ([{"code": "26"}, {"code": "26"}], "deux fois"),
    ],
)
def test_files_without_usable_codes_are_refused(tmp_path: Path, properties: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(BoundaryError, match=message):
        load(write(tmp_path / "a.json", *properties))


def test_missing_file_missing_territories_and_binary_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BoundaryError, match="n’existe pas"):
        load(tmp_path / "none.json")
    (tmp_path / "b.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BoundaryError, match=r"b\.json"):
        load(tmp_path / "b.json")
    Departement.objects.all().delete()
    with pytest.raises(BoundaryError, match="load_territories"):
        load(write(tmp_path / "a.json", {"code": "26"}))


def test_default_package_marks_overseas_units_as_displaced(tmp_path: Path) -> None:
    folder = tmp_path / PACKAGE / "esm" / "countries"
    folder.mkdir(parents=True)
    write(folder / "france.geojson", {"ISO": "FR-26"}, {"ISO": "FR-GP"})
    write(folder / "france_regions.geojson", {"ISO": "FR-ARA"}, {"ISO": "FR-GUA"})
    load_default_boundaries(base=tmp_path)
    assert queries.displaced_codes("departement") == {"971"}
    assert queries.displaced_codes("region") == {"01"}


def test_neighbours_share_a_point(tmp_path: Path) -> None:
    load(write(tmp_path / "a.json", {"code": "01"}, {"code": "26"}, {"code": "99"}, {"code": "69"}))
    assert queries.neighbours("departement") == {"01": ("26",), "26": ("01",), "69": ()}


def test_command_asks_for_level_vintage_and_source_with_a_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", {"code": "26"})
    with pytest.raises(CommandError, match="--level, --vintage et --source"):
        call_command("load_boundaries", path)
    out = StringIO()
    call_command("load_boundaries", path, level="departement", vintage="2026", source="IGN", stdout=out)
    assert "1\u00a0contour chargé" in out.getvalue()
    assert "Sans contour (4) : 01, 2A, 69, 971" in out.getvalue()


def test_command_without_npm_package_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "BASE_DIR", tmp_path)
    with pytest.raises(CommandError, match="npm ci"):
        call_command("load_boundaries")
