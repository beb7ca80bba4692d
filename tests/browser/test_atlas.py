"""The map of the atlas under a pointer, by the keyboard alone, larger and smaller; without scripts it is a page."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests import factories
from tests.web.public.conftest import draw_outlines

NAMES = {"26": "Drôme", "38": "Isère", "59": "Nord"}
PAGE = "/atlas/?avec=couverture"


@pytest.fixture(autouse=True)
def _land(transactional_db: None) -> None:
    """Three squares in a row, from the west to the east."""
    for code, name in NAMES.items():
        departement = factories.make_departement(code, name)
        factories.make_structures(1, commune=factories.make_commune(f"{code}001", "Ville", departement=departement))
    draw_outlines()


def test_map_is_travelled_and_enlarged(context: BrowserContext, errors: list[str]) -> None:
    page = context.new_page()
    page.goto(PAGE)
    page.locator('[data-atlas] path[data-code="38"]').first.hover()
    tip = page.locator(".sn-tip")
    expect(tip).to_contain_text("Isère : 0,02")
    assert page.locator("path.sn-lit").count() == 2  # on both maps
    # One stop of Tab for each map, then arrows.
    stops = page.locator('[data-atlas] a[tabindex="0"]')
    expect(stops).to_have_count(2)
    stops.first.focus()
    for key, name in (("ArrowRight", "Isère"), ("ArrowRight", "Nord"), ("ArrowLeft", "Isère"), ("End", "Nord")):
        page.keyboard.press(key)
        said = page.evaluate("document.activeElement.getAttribute('aria-label')")
        assert said.startswith(f"{name} : "), key
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    page.get_by_role("button", name="Agrandir").click()
    expect(page).to_have_url(re.compile(r"vue=[\d.]+_[\d.]+_1\.6$"))
    seen = page.locator("[data-atlas] > svg").first.get_attribute("viewBox")
    page.reload()
    expect(page.locator("[data-atlas] > svg").last).to_have_attribute("viewBox", seen or "")
    page.get_by_role("button", name="Voir toute la carte").click()
    expect(page).not_to_have_url(re.compile("vue="))
    # The form draws in place, and its state is the address.
    page.get_by_label("Territoires", exact=True).select_option("region")
    page.get_by_role("button", name="Dessiner").click()
    expect(page).to_have_url(re.compile("niveau=region"))
    expect(page.locator("[data-atlas] a")).to_have_count(2)
    page.go_back()
    expect(page.locator("[data-atlas] a")).to_have_count(6)
    assert errors == []


def test_map_without_scripts_is_links_and_a_form(new_context: Callable[..., BrowserContext]) -> None:
    page = new_context(java_script_enabled=False, viewport={"width": 390, "height": 850}).new_page()
    page.goto(PAGE)
    expect(page.get_by_role("link", name=re.compile("^Isère : 0,02"))).to_have_count(2)
    page.get_by_label("Territoires", exact=True).select_option("region")
    page.get_by_role("button", name="Dessiner").click()
    expect(page).to_have_url(re.compile("niveau=region"))
    expect(page.locator("[data-atlas] a")).to_have_count(2)
