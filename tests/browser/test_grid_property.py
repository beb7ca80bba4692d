"""Whatever is done by the keyboard in a grid, the stored document is the one of the model, and so is the page."""

import random
import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from senacs.collection.models import Response
from senacs.lib import clock
from senacs.questionnaire.engine.values import Value
from senacs.structures.enums import StructureKind
from tests import real_year
from tests.browser.conftest import Visit
from tests.browser.grid_model import Cell, Grid
from tests.browser.test_keyboard import PASTE
from tests.real_year import RealYear, as_stored

SECONDS = 8.0  # of acts in each grid, and two rounds at least
ACTS = 40  # between two comparisons
NAMES = {
    "type": 9, "erase": 1, "Tab": 3, "Shift+Tab": 2, "Enter": 3, "Shift+Enter": 1, "ArrowUp": 1, "ArrowDown": 2,
    "ArrowLeft": 2, "ArrowRight": 2, "Escape": 2, "paste": 1,
}  # fmt: skip
TYPED = ("1", "2", "7", "12", "30", "0", "2,5", "7h30", "nc", "x", " ", "1 ", "1234")
# No line of words alone, which would be taken for titles and left aside.
PASTED = ("", "3", "45", "2,5", "nc", "x1", "1 500")
LEAVING = {"Tab": 1, "Shift+Tab": -1, "Enter": 1, "Shift+Enter": -1}
ARROWS = {"ArrowUp": -1, "ArrowDown": 1, "ArrowLeft": -1, "ArrowRight": 1}


@pytest.mark.parametrize(("section", "question"), [("emplois", "effectifs"), ("activites", "secteurs")])
def test_any_sequence_of_keys_leaves_the_document_of_the_model(
    transactional_db: None, visit: Visit, section: str, question: str
) -> None:
    year = real_year.make_real_year(StructureKind.CENTRE_SOCIAL)
    page = visit(year.cast.responsable)
    page.clock.install()
    page.goto(f"/saisie/{year.response.pk}/rubrique/{section}/")
    # The pause after which what is being typed is saved never comes: the rhythm of the machine decides nothing.
    page.clock.pause_at(clock.now().replace(year=clock.now().year + 1))
    grid = _grid_of(year, question)
    done: list[str] = []
    until, number = time.monotonic() + SECONDS, 0
    while number < 2 or time.monotonic() < until:
        chance = random.Random(f"{question} {number}")
        page.focus(f"#champ-{grid.cell.definition.code}")
        grid.enter(grid.row, grid.column)
        for _ in range(ACTS):
            done.append(_act(page, grid, chance))
            assert _focused(page) == grid.cell.definition.code, done[-ACTS:]
        page.evaluate("document.activeElement.blur()")
        grid.cell.send()
        _settle(page)
        assert _read(page, grid) == [cell.text for cell in grid.cells], done
        assert _held(year, grid) == _model(grid), done
        number += 1


def _grid_of(year: RealYear, question: str) -> Grid:
    shape = real_year.questionnaire().questions[question].grid
    assert shape is not None
    rows = [[code for code in row if code and not year.fields[code].is_computed] for row in shape.cells]
    return Grid([[Cell(year.fields[code]) for code in row] for row in rows if row])


def _act(page: Page, grid: Grid, chance: random.Random) -> str:
    """One act on the page and on the model; what was done, for whoever reads a failure."""
    name = chance.choices(list(NAMES), list(NAMES.values()))[0]
    must_settle = not grid.cell.is_settled
    if name == "type":
        text = chance.choice(TYPED)
        page.keyboard.type(text)
        grid.write(text)
        return f"{name} {text!r}"
    if name == "paste":
        block = [["8", "9"], *([chance.choice(PASTED) for _ in range(2)] for _ in range(chance.randint(0, 2)))]
        page.evaluate(PASTE, [f"champ-{grid.cell.definition.code}", "\n".join("\t".join(line) for line in block)])
        grid.paste(block)
        _settle(page)
        return f"{name} {block}"
    if name in LEAVING:
        is_inside = grid.step(LEAVING[name]) if name.endswith("Tab") else grid.down(LEAVING[name])
        if not is_inside:
            return f"({name})"
    elif name in ("ArrowUp", "ArrowDown"):
        grid.move(grid.row + ARROWS[name], grid.column)
    elif name in ARROWS:
        grid.sideways(ARROWS[name])
    elif name == "Escape":
        grid.escape()
    else:
        grid.erase()
    page.keyboard.press("Backspace" if name == "erase" else name)
    if must_settle:
        # Its text is about to be written as the server writes it, or refused: known before it is read again.
        _settle(page)
    return name


def _settle(page: Page) -> None:
    expect(page.locator("[data-status=saving], [data-status=waiting]")).to_have_count(0)


def _focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id")).removeprefix("champ-")


def _read(page: Page, grid: Grid) -> list[str]:
    codes = [cell.definition.code for cell in grid.cells]
    shown: list[str] = page.evaluate(
        "codes => codes.map(code => document.getElementById(`champ-${code}`).value)", codes
    )
    return shown


def _held(year: RealYear, grid: Grid) -> dict[str, Any]:
    values = Response.objects.get(pk=year.response.pk).values
    codes = [cell.definition.code for cell in grid.cells]
    return {code: values[code]["valeur"] for code in codes if code in values}


def _model(grid: Grid) -> dict[str, Value | None]:
    return {cell.definition.code: as_stored(cell.definition, cell.held) for cell in grid.cells if cell.held is not None}
