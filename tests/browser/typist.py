"""A person who types a written sheet by the keyboard alone: looks where the focus is, types, goes on; counts the keys.

The keyboard is the only way in. Looking at the page (which field has the focus, what it offers) costs no key.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from playwright.sync_api import Page, expect

from senacs.questionnaire.engine.schema import Field
from senacs.questionnaire.engine.schema import Kind as FieldKind
from senacs.questionnaire.engine.values import NOT_CONCERNED, Value
from senacs.web.structure.entry.inputs import control_text

# What the eyes see of the control in focus.
LOOK = """() => {
  const at = document.activeElement;
  const holder = at.closest("[data-field]");
  const inputs = holder ? [...holder.querySelectorAll(`[name="v-${holder.dataset.field}"]`)] : [];
  return {
    id: at.id,
    type: at.tagName === "SELECT" ? "select" : at.type ?? at.tagName.toLowerCase(),
    text: at.textContent.trim(),
    code: holder && inputs.includes(at) ? holder.dataset.field : "",
    value: at.value ?? "",
    choices: at.tagName === "SELECT"
      ? [...at.options].map((option) => [option.value, option.text])
      : inputs.map((input) => [input.value, input.checked ? "x" : ""]),
    isContinue: at.matches("[data-continue]"),
    isTakeOver: at.matches("button[name=reprendre][value='*']"),
    isInside: Boolean(at.closest("main")),
  };
}"""


@dataclass
class Typed:
    """Keys pressed, and the characters that the answers need: their text, one for a choice, one to end each."""

    keys: int = 0
    needed: int = 0
    answers: int = 0
    passed: int = 0  # answers found as they should be, gone through with one key


@dataclass
class Typist:
    page: Page
    fields: Mapping[str, Field]
    sheet: Mapping[str, Value]
    typed: Typed = field(default_factory=Typed)

    def press(self, key: str) -> None:
        self.typed.keys += 1
        self.page.keyboard.press(key)

    def write(self, text: str) -> None:
        self.typed.keys += len(text)
        self.page.keyboard.type(text)

    def look(self) -> dict[str, Any]:
        seen: dict[str, Any] = self.page.evaluate(LOOK)
        return seen

    def fill_section(self, *, takes_over: bool) -> None:
        """From the page just opened to « Continuer », which is pressed."""
        self.enter()
        for _ in range(400):
            seen = self.look()
            if seen["isTakeOver"]:
                if takes_over:
                    self.take_over()
                else:
                    self.press("Tab")
            elif seen["isContinue"]:
                self.go_on()
                return
            elif seen["code"]:
                self.answer(seen)
            else:
                self.press("Tab")
        raise AssertionError("« Continuer » is not reached")

    def enter(self) -> None:
        """The link that skips the navigation, then the first thing of the section."""
        self.press("Tab")
        self.press("Enter")
        self.press("Tab")

    def take_over(self) -> None:
        with self.page.expect_navigation():
            self.press("Enter")
        self.enter()
        # « Tout reprendre » has nothing left to take: it is no longer there.

    def go_on(self) -> None:
        before = self.page.url
        self.press("Enter")
        self.page.wait_for_url(lambda url: url.partition("#")[0] != before.partition("#")[0])

    def answer(self, seen: dict[str, Any]) -> None:
        code = seen["code"]
        definition = self.fields[code]
        value = self.sheet.get(code)
        self.typed.answers += 1
        if self.says(seen, definition, value):
            self.typed.passed += 1
        elif value is None:
            raise AssertionError(f"{code} holds {seen['value']!r}, which the sheet does not say")
        elif seen["type"] in ("radio", "checkbox"):
            self.choose(seen, definition, value)
        elif seen["type"] == "select":
            self.choose_in_list(seen, definition, value)
        else:
            self.write_value(definition, value)
        # Enter leaves a group for the next question; Tab goes to the next cell.
        self.press("Enter" if seen["type"] in ("radio", "checkbox") else "Tab")

    def says(self, seen: dict[str, Any], definition: Field, value: Value | None) -> bool:
        raw = control_text(definition, value)
        if seen["type"] in ("radio", "checkbox"):
            ticked = [code for code, mark in seen["choices"] if mark]
            return sorted(ticked) == sorted([raw] if isinstance(raw, str) and raw else list(raw))
        return bool(seen["value"] == raw)

    def choose(self, seen: dict[str, Any], definition: Field, value: Value) -> None:
        raw = control_text(definition, value)
        wanted = [raw] if isinstance(raw, str) else list(raw)
        codes = [code for code, _ in seen["choices"]]
        ticked = [code for code, mark in seen["choices"] if mark]
        for code in [code for code in codes if (code in wanted) != (code in ticked)]:
            self.pick(codes, codes.index(code), is_radio=seen["type"] == "radio")
        self.typed.needed += len(wanted) + 1

    def pick(self, codes: list[str], index: int, *, is_radio: bool) -> None:
        if is_radio and codes[index] in ("oui", "non"):
            self.press(codes[index][0])
        elif index < 9:
            self.press(str(index + 1))
        else:
            self.write_far(codes, index)

    def write_far(self, codes: list[str], index: int) -> None:
        """Past the ninth answer, the arrow goes on from where the focus is."""
        here = self.look()["value"]
        for _ in range(index - codes.index(here)):
            self.press("ArrowDown")
        self.press("Space")

    def choose_in_list(self, seen: dict[str, Any], definition: Field, value: Value) -> None:
        """The initials, as many as it takes."""
        raw = control_text(definition, value)
        label = next(text for code, text in seen["choices"] if code == raw)
        for letter in _plain(label):
            self.press("Space" if letter == " " else letter)
            if self.look()["value"] == raw:
                break
        else:
            raise AssertionError(f"« {label} » is not reached by its letters")
        self.typed.needed += 2

    def write_value(self, definition: Field, value: Value) -> None:
        text = as_written(definition, value)
        self.write(text)
        self.typed.needed += len(text) + 1

    def settled(self) -> None:
        expect(self.page.locator("[data-status=saving], [data-status=waiting]")).to_have_count(0)


def as_written(definition: Field, value: Value) -> str:
    """What stands on the sheet: « 7,5 », « 61000 », « nc », « 01012024 » in a field of date."""
    if value is NOT_CONCERNED:
        return "nc"
    if isinstance(value, date):
        return value.strftime("%d%m%Y")
    raw = control_text(definition, value)
    assert isinstance(raw, str)
    if definition.kind in (FieldKind.TEXT, FieldKind.LONG_TEXT):
        return raw
    return raw.replace("\u202f", "").replace("\u00a0", "")


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)).lower()
