"""Counts of responses: told where they name nobody, hidden where they would, attacked like the rest."""

import polars as pl

from senacs.observatory.definitions.publication_plan import Rules
from senacs.observatory.releases.response_rates import participation_block, response_rates
from senacs.observatory.secrecy.release_attack import audit_release
from senacs.observatory.secrecy.verdict import solve


def invited(*groups: tuple[str, str, int, int]) -> pl.DataFrame:
    """(département, type, structures asked, responses validated)."""
    rows = [
        (f"{departement}-{kind}-{i}", kind, departement, "84", i < validated)
        for departement, kind, asked, validated in groups
        for i in range(asked)
    ]
    return pl.DataFrame(rows, schema=["structure", "kind", "departement", "region", "is_validated"], orient="row")


def test_a_lone_structure_is_not_said_to_have_answered() -> None:
    block = participation_block(
        invited(("01", "CS", 1, 1), ("01", "EVS", 9, 6), ("26", "CS", 20, 15), ("26", "EVS", 20, 19)), Rules()
    )
    outcome = solve(block)
    rates = {(r["territory"], r["kind"]): r for r in response_rates(block, outcome)}
    lone = rates["01", "CS"]
    assert (lone["invited"], lone["validated"], lone["reason"]) == (1, None, "secret statistique")
    # The département less its EVS would give it back, and so would the région less the other département.
    assert rates["01", "EVS"]["validated"] is None or rates["01", ""]["validated"] is None
    assert (rates["FR", ""]["invited"], rates["FR", ""]["validated"]) == (50, 41)
    audit = audit_release([block], [outcome])
    assert audit.attacked >= 1
    assert not audit.failures
