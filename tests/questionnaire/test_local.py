"""What follows from a few answers is the same as evaluating the whole questionnaire."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from senacs.questionnaire.engine.evaluation import compile_questionnaire
from senacs.questionnaire.engine.loader import load_directory
from senacs.questionnaire.engine.local import Local
from senacs.questionnaire.engine.schema import Field, Kind
from senacs.questionnaire.engine.values import NOT_CONCERNED, Value, from_json

ROOT = Path(__file__).parents[2]
CONTEXTS = (
    {"structure_type": "CS", "structure_gestion": "associatif", "structure_territoire": "urbain"},
    {"structure_type": "EVS", "structure_gestion": "collectivite", "structure_qpv": True},
)


@cache
def local_2026() -> Local:
    return Local(compile_questionnaire(load_directory(ROOT / "data" / "questionnaires" / "2026")))


def value_of(field: Field, seed: int) -> Value:
    """Some value that the field may hold."""
    if field.allows_not_concerned and seed % 7 == 0:
        return NOT_CONCERNED
    if field.kind is Kind.YES_NO:
        return bool(seed % 2)
    if field.kind is Kind.CHOICE:
        return field.options[seed % len(field.options)].code
    if field.kind is Kind.MULTIPLE:
        return tuple(option.code for index, option in enumerate(field.options) if seed >> index & 1)
    if field.kind in {Kind.TEXT, Kind.LONG_TEXT}:
        return f"texte {seed}"
    if field.kind is Kind.DATE:
        return from_json(field, f"2025-01-{1 + seed % 28:02}")
    return from_json(field, str(seed) if field.kind in {Kind.DECIMAL, Kind.PERCENT} else seed)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_part_of_the_questionnaire_agrees_with_the_whole(data: st.DataObject) -> None:
    local = local_2026()
    compiled = local.compiled
    fields = [field for field in compiled.questionnaire.fields.values() if not field.is_computed]
    codes = data.draw(st.sets(st.sampled_from([field.code for field in fields]), max_size=300))
    shift = data.draw(st.integers(0, 50))
    env = {f.code: value_of(f, shift + index) for index, f in enumerate(fields) if f.code in codes}
    previous = {f.code: value_of(f, 2 * index + shift) for index, f in enumerate(fields)}
    context = data.draw(st.sampled_from(CONTEXTS))
    changed = data.draw(st.sets(st.sampled_from([field.code for field in fields]), min_size=1, max_size=4))

    def read(asked: Iterable[str]) -> dict[str, Value]:
        return {code: env[code] for code in asked if code in env}

    follows = local.consequences(changed, read, context, previous)
    whole = compiled.complete(env, context, previous)
    visible = compiled.visible(env, context, previous)
    assert follows.computed == {code: whole.get(code) for code in compiled.affected(changed).computed}
    assert follows.visible == {code: code in visible for code in compiled.affected(changed).conditioned}
    moved = {rule.code for rule in (*compiled.affected(changed).rules, *compiled.text_rules(changed))}
    typing = compiled.check_while_typing(env, context, previous)
    assert follows.findings == [finding for finding in typing if finding.rule.code in moved]
    assert local.progress(env, read, context, previous) == compiled.progress(env, context, previous)


def test_a_field_without_consequence_reads_nothing() -> None:
    local = local_2026()
    [lone, *_] = [
        field.code
        for field in local.compiled.questionnaire.fields.values()
        if not field.is_computed
        and field.kind not in {Kind.TEXT, Kind.LONG_TEXT}
        and local.compiled.affected([field.code]) == (frozenset(), frozenset(), ())
    ]
    asked: list[str] = []

    def read(codes: Iterable[str]) -> dict[str, Value]:
        asked.extend(codes)
        return {}

    follows = local.consequences([lone], read, {}, {})
    assert (follows.computed, follows.visible, follows.findings, asked) == ({}, {}, [], [])
