"""The check of a whole release: nothing in a truthful one, and whatever is planted in one of its surfaces."""

import gzip
import json
import shutil
from collections.abc import Iterator
from decimal import ROUND_DOWN, Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from senacs.lib import french
from senacs.lib.pdf import rendering
from senacs.lib.printed_marks import same_figure
from senacs.observatory import frozen_files
from senacs.observatory.models import Release
from senacs.publication.documents import plaquettes, printed_figures
from senacs.publication.fiches import composition, own_writings
from senacs.publication.trames import load_trame
from senacs.territories.queries import get_territory
from senacs.web.one_value import check_release
from tests.web.public.conftest import folders, make_survey, publish
from tests.web.public.test_two_kinds import TRAME

pytestmark = pytest.mark.slow


@pytest.fixture
def release(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Release:
    folders(settings, tmp_path)
    data = tmp_path / "data"
    shutil.copytree(settings.DATA_DIR, data)
    (data / "fiche.yaml").write_text("indicators: {budget_total: Budget, etp_total: ETP}\n", encoding="utf-8")
    settings.DATA_DIR = data
    monkeypatch.setattr(own_writings, "FICHES", 2)
    trame = tmp_path / "essai.yaml"
    trame.write_text(TRAME, encoding="utf-8")
    monkeypatch.setattr(plaquettes, "trame_for", lambda level: load_trame(trame))
    return publish(make_survey())


def of_the_rhone(release: Release) -> tuple[str, ...]:
    place = get_territory("departement", "69")
    assert place is not None
    return check_release(release, [place]).disagreements


def test_a_truthful_release_has_one_value_a_figure(release: Release) -> None:
    found = check_release(release)
    assert found.disagreements == ()
    # Pages, crossings, booklets and file: most figures are written more than once.
    assert found.several > 300 and found.writings > 3 * found.figures
    out = StringIO()
    call_command("check_figures", release.name, stdout=out)
    assert french.number(found.figures) in out.getvalue()


def test_planted_disagreements_are_found(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    for (surface, name), planted in PLANTED.items():
        with monkeypatch.context() as patch:
            patch.setattr(surface, name, planted)
            assert of_the_rhone(release), name
    assert of_the_rhone(release) == ()
    path = release.directory / frozen_files.CELLS_CSV
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    path.write_bytes(gzip.compress("\r\n".join(with_one_more(lines)).encode()))
    (told,) = of_the_rhone(release)
    assert frozen_files.CELLS_CSV in told and "level=departement" in told
    with pytest.raises(CommandError, match="1\xa0désaccord"):
        call_command("check_figures", release.name, stdout=StringIO())


def test_what_is_planted_in_print_in_fiches_and_in_cubes_is_found(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(rendering, "render", without_its_figures)
        assert any("absent du PDF" in line for line in of_the_rhone(release))
    with monkeypatch.context() as patch:
        patch.setattr(composition, "_card", of_another_year)
        told = of_the_rhone(release)
        assert told and all(line.startswith("fiche ") and "budget_total" in line for line in told)
        # Whose answer it is stays in the fiche.
        assert not any("«" in line for line in told)
    path = release.directory / "cube-departement.json"
    cube = json.loads(path.read_text(encoding="utf-8"))
    place = next(i for i, value in enumerate(cube["value"]) if value)
    cube["value"][place] += 1
    path.chmod(0o644)
    path.write_text(json.dumps(cube), encoding="utf-8")
    (told_line,) = of_the_rhone(release)
    assert "cube-departement.json" in told_line


def without_its_figures(template: str, document: Any, **more: Any) -> bytes:
    """A template that would drop what is written in digits."""
    return drawn(template, blanked(document), **more)


def blanked(part: Any) -> Any:
    if isinstance(part, str):
        return "sans chiffre" if part[:1].isdigit() else part
    if isinstance(part, dict):
        return {name: inner if name in {"svg", "alt"} else blanked(inner) for name, inner in part.items()}
    return [blanked(inner) for inner in part] if isinstance(part, list | tuple) else part


def of_another_year(indicator: Any, years: Any, breaks: Any) -> Any:
    """A card that would print a budget that the table has not."""
    if indicator.code == "budget_total":
        value = years[-1].figures[indicator.code]
        french.number(same_figure(value, value + 1))
    return card(indicator, years, breaks)


drawn, card = rendering.render, composition._card


def older(cell: Any) -> Any:
    """What a booklet made from other figures than the pages would print."""
    value = read_value(cell)
    return same_figure(value, value * 1.1) if isinstance(value, float) else value


def cut(value: Any, decimals: int | None = None) -> Decimal:
    """Digits left out in place of rounding."""
    places = 2 if decimals is None else decimals
    return Decimal(str(float(value))).quantize(Decimal(1).scaleb(-places), ROUND_DOWN)


read_value = printed_figures.read_value
PLANTED = {(printed_figures, "read_value"): older, (french, "rounded"): cut}


def with_one_more(lines: list[str]) -> Iterator[str]:
    """The file with one figure of the Rhône that is one too many."""
    wanted = next(
        n
        for n, line in enumerate(lines)
        if line.startswith("budget_total,sum,departement,69,") and ",secret," not in line
    )
    for n, line in enumerate(lines):
        cells = line.split(",")
        if n == wanted:
            place = next(i for i, text in enumerate(cells) if i > 3 and text.replace(".", "").isdigit())
            cells[place] = str(float(cells[place]) + 1)
        yield ",".join(cells)
