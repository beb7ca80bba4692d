"""The page that shows every chart is what the code draws today."""

import importlib.util
from pathlib import Path
from types import ModuleType

from django.conf import settings

DOCS = Path(settings.BASE_DIR) / "docs"


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("charts_page", DOCS / "charts.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_charts_page_is_fresh() -> None:
    module = script()
    drawings = module.examples()
    assert (DOCS / "charts.md").read_text(encoding="utf-8") == module.page(drawings), "run: python docs/charts.py"
    for name, (_, chart) in drawings.items():
        drawn = (DOCS / "img" / "charts" / f"{name}.svg").read_text(encoding="utf-8")
        assert drawn == chart.svg + "\n", f"{name}: run: python docs/charts.py"


def test_charts_page_shows_every_builder() -> None:
    from senacs.publication import charts

    parts = {"build_basemap", "build_window", "classes_of", "legend_of", "titled"}
    builders = {name for name in charts.__all__ if name[0].islower()} - parts
    assert builders <= set(script().examples())
