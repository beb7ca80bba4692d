"""Where a fault costs most: the modules that are mutated, and the quick tests that answer for each."""

from dataclasses import dataclass
from typing import Literal

_STATE_TABLES = "tests/architecture/test_states.py"


@dataclass(frozen=True, slots=True)
class Target:
    """A module, what it decides, and the tests that concern it.

    how: `fork` puts a mutant in a process where all is imported, `import` in one that imports the mutant, several times
    longer, for tests that start threads.
    """

    theme: str
    module: str
    tests: tuple[str, ...]
    how: Literal["fork", "import"] = "fork"


TARGETS = (
    Target("seuils", "senacs.disclosure.primary_rules", ("tests/disclosure/test_primary_rules.py",)),
    Target(
        "seuils",
        "senacs.observatory.figures.significance",
        ("tests/observatory/figures/test_significance.py",),
    ),
    Target("arrondis", "senacs.lib.french", ("tests/lib/test_french.py",)),
    Target(
        "arrondis",
        "senacs.observatory.figures.cells",
        ("tests/observatory/figures/test_cells.py", "tests/specifications"),
        how="import",
    ),
    Target(
        "arrondis",
        "senacs.publication.charts.chart",
        ("tests/publication/charts/test_written.py", "tests/publication/charts/test_charts.py"),
    ),
    Target("arrondis", "senacs.disclosure.fates", ("tests/disclosure/test_fates.py",)),
    Target(
        "droits",
        "senacs.accounts.permissions",
        ("tests/accounts/test_permissions.py", "tests/accounts/test_national.py"),
    ),
    Target("droits", "senacs.publication.permissions", ("tests/publication/test_permissions.py",)),
    Target("droits", "senacs.review.permissions", ("tests/review/test_permissions.py",)),
    Target("états", "senacs.lib.states", (_STATE_TABLES, "tests/campaigns/test_states.py")),
    Target("états", "senacs.campaigns.states", (_STATE_TABLES, "tests/campaigns/test_states.py")),
    Target("états", "senacs.questionnaire.states", (_STATE_TABLES, "tests/questionnaire/test_services.py")),
    Target("états", "senacs.collection.states", (_STATE_TABLES, "tests/collection/test_states.py")),
    Target("états", "senacs.review.states", (_STATE_TABLES, "tests/review/test_services.py")),
    Target("lettres", "senacs.letters.mail", ("tests/letters/test_delivery.py", "tests/campaigns/test_services.py")),
    Target("lettres", "senacs.letters.states", (_STATE_TABLES, "tests/letters/test_delivery.py")),
    Target("lettres", "senacs.campaigns.services", ("tests/campaigns/test_services.py",)),
)

# What nobody can see: (module, fault) → why.
_SERVICES = "senacs.campaigns.services"
EQUIVALENT: dict[tuple[str, str], str] = {
    (_SERVICES, "BATCH = 500 → BATCH = 501"): "a size of batch",
    (
        _SERVICES,
        "invitations = [snapshot(campaign.pk, structure) for structure in asked.iterator(chunk_size=2000)] → "
        "invitations = [snapshot(campaign.pk, structure) for structure in asked.iterator(chunk_size=2001)]",
    ): "a size of batch",
    (
        "senacs.lib.french",
        "return Decimal(str(value)).quantize(Decimal(1).scaleb(-2 if decimals is None else -decimals), ROUND_HALF_UP)"
        " → "
        "return Decimal(str(value)).quantize(Decimal(2).scaleb(-2 if decimals is None else -decimals), ROUND_HALF_UP)",
    ): "quantize reads the exponent alone",
    (
        "senacs.publication.permissions",
        "if mandate.role in _OF_DEPARTEMENT and mandate.departement_id: → "
        "if mandate.role in _OF_DEPARTEMENT or mandate.departement_id:",
    ): "these roles have a département (mandate_scope_matches_role), and no other is given one (EXPECTED_SCOPES)",
    (
        "senacs.publication.permissions",
        "if mandate.role == Role.REGIONAL and mandate.region_id: → "
        "if mandate.role == Role.REGIONAL or mandate.region_id:",
    ): "this role has a région (mandate_scope_matches_role), and no other is given one (EXPECTED_SCOPES)",
}
