"""The worked system at the top of the module says true."""

from senacs.disclosure.exact_audit import Weakness, exact_disclosures
from senacs.disclosure.system import System


def worked_system(others: int) -> System:
    """A published total, two hidden parts, a holder's centre and (when not 0) the other centres."""
    system = System()
    total, centres, spaces = system.add(12, 4), system.add(3 + others, 3), system.add(9 - others, 1)
    own = system.add(3, 1, "holder")
    relations = [{total: 1, centres: -1, spaces: -1}, {centres: 1, own: -1}]
    system.latent = {own}
    if others:
        column = system.add(others, 2)
        relations[1][column] = -1
        system.latent.add(column)
    system.relations = relations
    system.primary = {centres, spaces}
    return system


def test_direction_of_the_worked_system_protects_both_cells() -> None:
    assert exact_disclosures(worked_system(others=2), {1, 2, 3, 4}) == []


def test_holder_alone_in_a_cell_computes_the_other_one() -> None:
    weak = exact_disclosures(worked_system(others=0), {1, 2, 3})

    assert Weakness(2, 0, "holder") in weak
    assert all(found.attacker == "holder" for found in weak)
