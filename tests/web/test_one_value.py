"""The check of a whole release: nothing in a truthful one, and whatever is planted in one of its surfaces."""

import gzip
from collections.abc import Iterator
from decimal import ROUND_DOWN, Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from senacs.lib import french
from senacs.lib.printed_marks import same_figure
from senacs.observatory import frozen_files
from senacs.observatory.models import Release
from senacs.publication.documents import plaquettes, printed_figures
from senacs.publication.trames import load_trame
from senacs.territories.queries import get_territory
from senacs.web.one_value import check_release
from tests.web.public.conftest import folders, make_survey, publish
from tests.web.public.test_two_kinds import TRAME

pytestmark = pytest.mark.slow


@pytest.fixture
def release(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Release:
    folders(settings, tmp_path)
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
