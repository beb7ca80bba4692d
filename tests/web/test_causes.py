"""Findings under their cause, each once."""

from senacs.web.causes import by_cause


def test_each_finding_stands_under_its_first_cause_or_alone() -> None:
    found = {"A": "a", "B": "b", "C": "c", "D": "d"}
    assert by_cause([("B", "A"), ("A", "C", "unknown"), ()], found) == ([["b", "a"], ["c"], []], ["d"])
    assert by_cause([], found) == ([], ["a", "b", "c", "d"])
