"""Lines of the log say what the code chose, and nothing that a person typed."""

import json
import logging
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from senacs.lib.log_lines import JsonLines, numbered, request_number

SECRET = "camille.durand@exemple.fr"


def line(
    name: str, message: str, *args: object, error: BaseException | None = None, **facts: object
) -> dict[str, object]:
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord(name, logging.INFO, __file__, 12, message, args, info)
    if facts:
        record.facts = facts
    return json.loads(JsonLines().format(record))


def test_a_line_is_one_object_with_its_facts() -> None:
    text = JsonLines().format(logging.LogRecord("senacs.x", logging.WARNING, __file__, 1, "deux\nlignes", (), None))
    assert "\n" not in text
    found = line("senacs.requests", "", status=200, route="saisie/<number:pk>/")
    assert (found["logger"], found["status"], found["route"]) == ("senacs.requests", 200, "saisie/<number:pk>/")
    assert "message" not in found and str(found["at"]).endswith("+00:00")


def test_ours_are_read_whole_but_for_exceptions() -> None:
    assert line("senacs.letters", "server away: %s", OSError(SECRET))["message"] == "server away: OSError"
    assert line("senacs.operation.workers", "task %s, attempt %s", "a.b", 2)["message"] == "task a.b, attempt 2"


@pytest.mark.parametrize("name", ["django.request", "allauth.account", "py.warnings", "typst"])
def test_a_library_tells_its_words_without_its_values(name: str) -> None:
    found = line(name, "Not Found: %s", f"/invitation/{SECRET}/")
    assert found["message"] == "Not Found: %s" and str(found["place"]).endswith("test_log_lines.py:12")
    assert "message" not in line(name, f"Invalid HTTP_HOST header: {SECRET}")


def test_an_exception_tells_its_kind_and_its_places() -> None:
    def fail(typed: str) -> None:
        raise ValueError(f"duplicate key ({typed})") from KeyError(typed)

    try:
        fail(SECRET)
    except ValueError:
        error = sys.exc_info()[1]
    found = line("django.request", "%s: %s", "x", SECRET, error=error)
    assert found["error"] == "ValueError"
    assert str(found["frames"][-1]).startswith("tests/lib/test_log_lines.py:") and " fail" in found["frames"][-1]
    assert SECRET not in json.dumps(found)


@settings(max_examples=60)
@given(typed=st.text(st.characters(codec="utf-8"), min_size=6, max_size=30))
def test_nothing_typed_is_ever_told(typed: str) -> None:
    typed = f"¤{typed}¤"  # no word of ours
    for name in ("django.db.backends", "senacs.letters"):
        found = line(name, "%s", RuntimeError(typed), error=LookupError(typed))
        assert typed not in json.dumps(found, ensure_ascii=False)
    assert typed not in json.dumps(line("django.security", typed), ensure_ascii=False)


def test_the_request_is_named_on_each_of_its_lines() -> None:
    token = request_number.set("abc-12345")
    try:
        assert line("senacs.x", "y")["request"] == "abc-12345"
    finally:
        request_number.reset(token)
    assert "request" not in line("senacs.x", "y")


@pytest.mark.parametrize(
    "given_number", ["0f8fad5b-d9cb-469f-a165-70867728950e", "req-2026-0042", "0123456789abcdef", "a.b_c-12"]
)
def test_a_proxy_may_number_requests(given_number: str) -> None:
    assert numbered(given_number) == given_number


@pytest.mark.parametrize(
    "given_number",
    ["", "court1", "Jean-Dupont", SECRET, "a1" * 40, "1234567\n8", "٣٣٣٣٣٣٣٣", "id=12345678", "12345678 "],
)
def test_what_is_no_number_is_replaced(given_number: str) -> None:
    assert numbered(given_number) != given_number and len(numbered(given_number)) == 32
