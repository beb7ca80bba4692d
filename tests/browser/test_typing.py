"""A whole response typed by the keyboard alone from a written sheet: what is stored is the sheet, value by value."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from senacs.collection.documents import write_entry
from senacs.collection.enums import Provenance
from senacs.collection.models import Response
from senacs.collection.queries import answers_of
from senacs.questionnaire.engine.schema import Field
from senacs.questionnaire.engine.values import Value
from senacs.structures.enums import StructureKind
from senacs.web.structure.entry.inputs import control_text
from tests import real_year
from tests.browser.conftest import Visit, sign_in
from tests.browser.typist import Typist, as_written
from tests.real_year import RealYear, as_stored

# `python -m bench keyboard` publishes the counts.
REPORT = os.environ.get("SENACS_TYPING_REPORT", "")


pytestmark = pytest.mark.both


@pytest.mark.parametrize("kind", [StructureKind.EVS, StructureKind.CENTRE_SOCIAL])
def test_whole_response_typed_by_keyboard_is_the_sheet(
    transactional_db: None, visit: Visit, kind: StructureKind
) -> None:
    year = real_year.make_real_year(kind, is_described=True)
    sheet = real_year.sheet_of(kind)
    page = visit(year.cast.responsable)
    typist = Typist(page, year.fields, sheet)
    began = time.monotonic()
    sections = real_year.questionnaire().sections
    page.goto(f"/saisie/{year.response.pk}/rubrique/{sections[0].code}/")
    while "/rubrique/" in page.url:
        typist.fill_section(takes_over=True)
    # What the register says and the sheet does not correct is no value of the document before it is sent.
    answers = answers_of(Response.objects.get(pk=year.response.pk))
    held = {code: as_stored(year.fields[code], value) for code, value in answers.items()}
    written = {code: as_stored(year.fields[code], value) for code, value in sheet.items()}
    assert differences(held, written) == {}
    typed = typist.typed
    if REPORT:
        _report(kind, {**vars(typed), "values": len(written), "seconds": time.monotonic() - began})
    assert typed.keys < 1.3 * typed.needed, vars(typed)


def differences(held: dict[str, Any], written: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """By code: what is stored and what the sheet says, where they are not the same."""
    missing = object()
    codes = held.keys() | written.keys()
    return {
        code: (held.get(code, "absent"), written.get(code, "absent"))
        for code in sorted(codes)
        if held.get(code, missing) != written.get(code, missing)
    }


def _report(kind: StructureKind, counts: dict[str, Any]) -> None:
    path = Path(REPORT)
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    path.write_text(json.dumps({**known, kind.value: counts}), encoding="utf-8")


@pytest.mark.parametrize("section", ["emplois", "partenariats"])
def test_section_filled_by_touch_on_a_phone_is_the_sheet(
    transactional_db: None, new_context: Callable[..., BrowserContext], live_server: object, section: str
) -> None:
    year = real_year.make_real_year(StructureKind.EVS)
    sheet = real_year.sheet_of(StructureKind.EVS)
    asked = [field for field in real_year.questionnaire().section(section).fields if field.code in sheet]
    others = sheet.keys() - {field.code for field in asked}
    _answer(year, {code: sheet[code] for code in others})
    context = new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    sign_in(context, year.cast.responsable, str(live_server))
    page = context.new_page()
    page.goto(f"/saisie/{year.response.pk}/rubrique/{section}/")
    small = page.locator("[data-field] button:visible").evaluate_all(
        "all => all.filter((one) => one.getBoundingClientRect().height < 32).map((one) => one.innerText)"
    )
    assert small == []
    for field in asked:
        _touch(page, field, sheet[field.code])
    page.locator("[data-continue]").tap()
    page.wait_for_url(lambda url: f"/{section}/" not in url)
    stored = Response.objects.get(pk=year.response.pk).values
    held = {code: entry["valeur"] for code, entry in stored.items() if code not in others}
    assert differences(held, {field.code: as_stored(field, sheet[field.code]) for field in asked}) == {}


def _answer(year: RealYear, values: dict[str, Value]) -> None:
    """The other sections, answered before: some questions follow from them."""
    year.response.values = {
        code: write_entry(year.fields[code], value, provenance=Provenance.DECLARED, revision=1)
        for code, value in values.items()
    }
    year.response.save()


def _touch(page: Page, field: Field, value: Value) -> None:
    """A tap, unless « suivant » has come here already; then what the phone's own keyboard types."""
    holder = page.locator(f"[data-field={field.code}]")
    control = holder.locator(f"[name='v-{field.code}']").first
    if control.get_attribute("type") in ("radio", "checkbox"):
        raw = control_text(field, value)
        for code in [raw] if isinstance(raw, str) else raw:
            holder.locator(f"input[value='{code}'] + label").tap()
        return
    if not control.evaluate("element => element === document.activeElement"):
        control.tap()
    page.keyboard.type(as_written(field, value))
    page.keyboard.press("Enter")
