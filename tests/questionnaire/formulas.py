"""Random well-typed formulas and environments over fixtures/kinds, for property tests."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from senacs.questionnaire.engine.values import NOT_CONCERNED

NUMBERS = ("n1", "n2", "n3", "part")
OPTIONS = ("z", "a", "m")
_FIRST_DAY = date(2025, 1, 1)

number_refs = st.builds(
    lambda name, suffix: name + suffix, st.sampled_from(NUMBERS), st.sampled_from(["", "", "[N-1]"])
)
literals = st.sampled_from(["0", "1", "2", "10", "0,1", "0.2", "2,5", "100"])
field_names = st.sampled_from([*NUMBERS, "b1", "choix", "multiple", "mot", "jour", "n1[N-1]", "choix[N-1]"])


def _numbers(inner: st.SearchStrategy[str], booleans: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    arguments = st.lists(inner, min_size=1, max_size=3).map("; ".join)
    return st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
        st.builds("-{}".format, inner),
        st.builds("{}({})".format, st.sampled_from(["SOMME", "MIN", "MAX", "MOYENNE"]), arguments),
        st.builds("ABS({})".format, inner),
        st.builds("ARRONDI({}; {})".format, inner, st.sampled_from("012")),
        st.builds("SI({}; {}; {})".format, booleans, inner, inner),
        st.builds("NB_RENSEIGNES({})".format, st.lists(field_names, min_size=1, max_size=3).map("; ".join)),
    )


comparisons = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
simple_booleans = st.one_of(
    st.sampled_from(["b1", "b2", "b1[N-1]", "oui", "faux", "b1 = oui", "b2 <> b1", "structure_qpv"]),
    st.builds("choix {} '{}'".format, st.sampled_from(["=", "<>"]), st.sampled_from(OPTIONS)),
    st.sampled_from(["choix[N-1] = 'a'", "choix = choix[N-1]", "choix parmi ('z'; 'm')", "n1 parmi (0; 1; 2,5)"]),
    st.sampled_from(["structure_type = 'CS'", "mot = 'oui'"]),
    st.builds("multiple contient '{}'".format, st.sampled_from(OPTIONS)),
    st.builds("jour {} '2025-01-03'".format, comparisons),
    st.builds("{} est {}".format, field_names, st.sampled_from(["vide", "non vide", "non concerné"])),
)  # fmt: skip
simple_numbers = st.one_of(number_refs, literals)
flat_booleans = st.one_of(simple_booleans, st.builds("{} {} {}".format, simple_numbers, comparisons, simple_numbers))
numbers = st.recursive(simple_numbers, lambda inner: _numbers(inner, flat_booleans), max_leaves=6)
booleans = st.recursive(
    st.one_of(simple_booleans, st.builds("({} {} {})".format, numbers, comparisons, numbers)),
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(["et", "ou"]), inner),
        st.builds("(non {})".format, inner.map("({})".format)),
        st.builds("(si {} alors {})".format, inner, inner),
    ),
    max_leaves=5,
)

whole = st.one_of(st.integers(0, 12), st.integers(0, 2_000_000))
hundredths = st.integers(-500, 100_000).map(lambda n: Decimal(n) / 100)


def _environment(values: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    optional = {name: st.one_of(value, value, st.just(NOT_CONCERNED)) for name, value in values.items()}
    return st.fixed_dictionaries({}, optional=optional)


environments = _environment(
    {
        "n1": whole,
        "n2": whole,
        "n3": hundredths,
        "part": st.integers(0, 1000).map(lambda n: Decimal(n) / 10),
        "b1": st.booleans(),
        "b2": st.booleans(),
        "choix": st.sampled_from(OPTIONS),
        "multiple": st.sets(st.sampled_from(OPTIONS)).map(lambda s: tuple(o for o in OPTIONS if o in s)),
        "mot": st.sampled_from(["oui", "non"]),
        "jour": st.integers(0, 5).map(lambda n: _FIRST_DAY + timedelta(days=n)),
    }
)
contexts = st.fixed_dictionaries(
    {},
    optional={
        "structure_type": st.sampled_from(["CS", "EVS", ""]),
        "structure_qpv": st.sampled_from([True, False, None]),
    },
)
