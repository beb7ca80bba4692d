"""The picture of the packages is that of the imports."""

import importlib.util
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)


@pytest.fixture(scope="module")
def picture() -> ModuleType:
    spec = importlib.util.spec_from_file_location("picture", ROOT / "docs" / "picture.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_committed_picture_is_current(picture: ModuleType) -> None:
    assert picture.OUT.read_text(encoding="utf-8") == picture.drawing(), "run « make picture »"


def test_no_disc_stands_under_the_diagonal(picture: ModuleType) -> None:
    rank = {name: place for place, name in enumerate(picture.ORDER)}
    assert all(rank[who] < rank[what] for who, what in picture.arrows())


def test_the_rows_follow_the_contract_of_layers(picture: ModuleType) -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in contracts if one["name"].startswith("Packages import only"))
    named = [name.strip().removeprefix("senacs.") for layer in layers for name in layer.split("|")]
    assert named == picture.ORDER
