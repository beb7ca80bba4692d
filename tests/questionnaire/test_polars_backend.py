"""Polars gives the verdicts of the Python closures, on random formulas and whole questionnaires."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from senacs.questionnaire.engine import polars_backend
from senacs.questionnaire.engine.compile_python import compile_tree
from senacs.questionnaire.engine.evaluation import Verdict, compile_questionnaire
from senacs.questionnaire.engine.language import parse
from senacs.questionnaire.engine.loader import field_types, load_directory
from senacs.questionnaire.engine.typecheck import Base
from senacs.questionnaire.engine.values import NOT_CONCERNED
from tests.questionnaire import formulas

FIXTURES = Path(__file__).parent / "fixtures"
KINDS = load_directory(FIXTURES / "kinds")
COMPILED = compile_questionnaire(KINDS)
TYPES = field_types(KINDS)
RESULTS = {Verdict.PASS: True, Verdict.FAIL: False, Verdict.UNVERIFIABLE: None}
DTYPES: dict[Base, Any] = {
    Base.NUMBER: pl.Float64,
    Base.BOOLEAN: pl.Boolean,
    Base.CHOICE: pl.String,
    Base.MULTIPLE: pl.List(pl.String),
    Base.TEXT: pl.String,
    Base.DATE: pl.Date,
}
Case = tuple[dict[str, Any], dict[str, Any], dict[str, Any]]
cases = st.lists(st.tuples(formulas.environments, formulas.contexts, formulas.environments), min_size=1, max_size=6)


def frame_of(rows: list[Case]) -> pl.DataFrame:
    """Every column of the fixture, whatever its rules read."""
    series: list[pl.Series] = []
    for name, kind in TYPES.items():
        if name not in KINDS.fields:
            series.append(pl.Series(name, [_known(row[1].get(name)) for row in rows], dtype=DTYPES[kind.base]))
            continue
        for suffix, position in (("", 0), ("__n1", 2)):
            values = [row[position].get(name) for row in rows]
            series.append(pl.Series(name + suffix, [_plain(v) for v in values], dtype=DTYPES[kind.base], strict=False))
            series.append(pl.Series(f"{name}{suffix}__nc", [v is NOT_CONCERNED for v in values], dtype=pl.Boolean))
    return pl.DataFrame(series)


def _known(value: Any) -> Any:
    return None if value == "" else value


def _plain(value: Any) -> Any:
    if value is NOT_CONCERNED:
        return None
    if isinstance(value, Decimal):
        return float(value)
    return list(value) if isinstance(value, tuple) else value


def agree(text: str, rows: list[Case]) -> None:
    expression = parse(text).check(TYPES)
    run = compile_tree(expression.tree)
    (column,) = polars_backend.compile_expressions([expression], KINDS, knows_previous_not_concerned=True)
    got = frame_of(rows).select(column.alias("r"))["r"].to_list()
    if len(got) == 1 < len(rows):  # a formula without any field gives one row
        got = got * len(rows)
    for (env, context, previous), polars_result in zip(rows, got, strict=True):
        known = {k: v for k, v in context.items() if v not in ("", None)}
        python_result = run({**env, **known}, previous)
        if isinstance(python_result, bool) or python_result is None or polars_result is None:
            assert polars_result == python_result, (text, env, previous)
        else:
            assert polars_result == pytest.approx(float(python_result), rel=1e-9, abs=1e-9), (text, env, previous)


@settings(max_examples=60, deadline=None)
@given(formulas.booleans, cases)
def test_verdicts_are_the_same(text: str, rows: list[Case]) -> None:
    agree(text, rows)


@pytest.mark.slow
@settings(max_examples=1500, deadline=None)
@given(formulas.booleans, cases)
def test_verdicts_are_the_same_over_many_formulas(text: str, rows: list[Case]) -> None:
    agree(text, rows)


@settings(max_examples=40, deadline=None)
@given(formulas.numbers, cases)
def test_numbers_are_the_same(text: str, rows: list[Case]) -> None:
    agree(text, rows)


@pytest.mark.parametrize(
    "text",
    ["n3 + 0.2 = 0.3", "n1 / 9 * 9 = n1", "n1 / n2 > 1", "ARRONDI(n3 * 12.5; 1) = 1.3", "SOMME(n1; n2; n3)",
     "multiple contient 'z'", "1 / (n1 / 3 * 3 - n1) > 0", "MAX(n1; n2)", "oui", "1 + 1 = 2"],
)  # fmt: skip
def test_known_corners_agree(text: str) -> None:
    agree(
        text,
        [
            ({"n1": 7, "n2": 0, "n3": Decimal("0.1"), "multiple": ("a",)}, {}, {}),
            ({"n1": NOT_CONCERNED, "n3": Decimal("0.1"), "multiple": ()}, {}, {}),
            ({}, {}, {}),
        ],
    )


@pytest.mark.parametrize(
    "text",
    ["n1 = n2", "n1 > n2", "n1 + n2 > n1 + n2 - 1", "n1 * n1 > n2 * n2", "n1 / n2 = 1", "n3 - n1 = 0,99", "n3 <> n1",
     "n3 = 0,1 + 0,2", "part + 0,2 = n3", "n1 - n1[N-1] = 0", "SOMME(n1[N-1]; n2[N-1]) > 0", "MOYENNE(n1; n2) > n2",
     "SI(n1 > n2; SI(n3 > 0; SI(part = 0,1; 1; 2); 3); 4) = 1", "n1 est non concerné et n2 + n1 = 0",
     "n1 parmi (999999999999; 3)", "si n1[N-1] est vide alors n2 > n1 ou n3 < 1", "n1 / (n2 - n2) > 1"],
)  # fmt: skip
def test_large_numbers_and_empty_answers_agree(text: str) -> None:
    big = 10**12 - 1
    agree(
        text,
        [
            ({"n1": big, "n2": big - 1, "n3": Decimal("0.3"), "part": Decimal("0.1")}, {}, {"n1": big}),
            ({"n1": 99_999, "n2": 1, "n3": Decimal("99999.99")}, {}, {"n1": NOT_CONCERNED, "n2": 4}),
            ({"n1": NOT_CONCERNED, "n2": NOT_CONCERNED, "n3": NOT_CONCERNED}, {}, {"n1": NOT_CONCERNED}),
            ({}, {}, {}),
        ],
    )


def test_without_the_column_last_years_not_concerned_is_unanswered() -> None:
    (column,) = polars_backend.compile_expressions([parse("n1 + n1[N-1]").check(TYPES)], KINDS)
    column = column.alias("r")
    frame = pl.DataFrame({"n1": [1, 1], "n1__nc": [False, False], "n1__n1": [2, None]})
    assert frame.select(column)["r"].to_list() == [3.0, None]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.fixed_dictionaries(
                {},
                optional={
                    "clas": st.booleans(),
                    "clas_enfants": st.one_of(st.integers(0, 9), st.just(NOT_CONCERNED)),
                    "clas_seances": st.one_of(st.integers(0, 99), st.just(NOT_CONCERNED)),
                    "clas_charge": st.just(Decimal("7.5")),
                    "jardin": st.booleans(),
                    "jardin_m2": st.integers(0, 9),
                },
            ),
            st.fixed_dictionaries({}, optional={"structure_type": st.sampled_from(["CS", "EVS"])}),
            st.fixed_dictionaries({}, optional={"jardin_m2": st.one_of(st.integers(0, 9), st.just(NOT_CONCERNED))}),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_a_whole_questionnaire_agrees(rows: list[Case]) -> None:
    compiled = compile_questionnaire(load_directory(FIXTURES / "conditions"))
    frame = polars_backend.frame_of(compiled, rows)
    found = polars_backend.verdicts(compiled, frame)
    completed = polars_backend.complete(compiled, frame.lazy()).collect()
    for index, row in enumerate(rows):
        expected = {f.rule.code: RESULTS[f.verdict] for f in compiled.check(*row, verdicts=True)}
        assert found.row(index, named=True) == expected
        charge = compiled.complete(*row).get("charge_totale")
        assert completed["charge_totale"][index] == (None if charge is None else pytest.approx(float(charge)))
