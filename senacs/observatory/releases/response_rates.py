"""How many answered, by territory and type: counts protected and attacked like any other table.

The list of structures is public: « 1 réponse validée sur 1 » says who took part, and « 0 sur 2 » who did not.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from senacs.disclosure import tables
from senacs.observatory.definitions.publication_plan import FRANCE, Rules, Table
from senacs.observatory.figures.measures import as_units
from senacs.observatory.secrecy.masks import HIDDEN
from senacs.observatory.secrecy.memberships import GroupingKey, Label
from senacs.observatory.secrecy.protected_blocks import Block
from senacs.observatory.secrecy.verdict import Outcome

LEVELS = ("france", "region", "departement")
_CROSSINGS: tuple[tuple[str, ...], ...] = ((), ("kind",))
# What the register says of those who answer and of those who do not, for France alone.
PROFILES = ("gestion", "territory_type", "qpv", "fcsf")
_VALIDATED = "réponses validées"


def participation_block(invited: pl.DataFrame, rules: Rules) -> Block:
    """One row a structure asked, 1 where its response is validated. `invited`: see microdata.invited_frame."""
    frame = invited.with_columns(pl.lit(FRANCE).alias("france"))
    groupings: dict[GroupingKey, list[Label | None]] = {
        _name(level, by): list(frame.select(level, *by).iter_rows()) for level in LEVELS for by in _CROSSINGS
    }
    if set(PROFILES) <= set(invited.columns):
        told = as_units(invited).with_columns(pl.lit(FRANCE).alias("france"))
        groupings |= {_name("france", (code,)): list(told.select("france", code).iter_rows()) for code in PROFILES}
    return Block(
        holders=tuple(frame["structure"]),
        groupings=groupings,
        variables={_VALIDATED: frame["is_validated"].cast(pl.Int64).to_list()},
        rules=tables.Rules(threshold=rules.threshold, coalition=rules.coalition),
        margin=rules.margin,
        counted=True,
        title="Réponses validées",
    )


def respondents(rates: Sequence[Mapping[str, Any]]) -> int:
    """Validated responses in all, as the rates tell them; 0 where even that is a secret."""
    return next((rate["validated"] or 0 for rate in rates if (rate["level"], rate["kind"]) == ("france", "")), 0)


def response_rates(block: Block, outcome: Outcome) -> list[dict[str, object]]:
    """One entry a territory, all types ('') and by type; `validated` is None where it is a secret, `reason` says why.

    The structures asked are in the public register: their number is always told.
    """
    rates = []
    for level in LEVELS:
        for by in _CROSSINGS:
            column = block.groupings[_name(level, by)]
            for label, (invited, validated) in sorted(_counts(column, block.variables[_VALIDATED]).items(), key=str):
                fate = outcome.fates[_VALIDATED][_name(level, by), label]
                rates.append(
                    {
                        "level": level,
                        "territory": label[0],
                        "kind": label[1] if by else "",
                        "invited": invited,
                        "validated": validated if fate.is_published else None,
                        "reason": "" if fate.is_published else HIDDEN,
                    }
                )
    return rates


def who_answers(block: Block, outcome: Outcome) -> list[dict[str, object]]:
    """One entry a modality of each profile, for France: those asked, and those who answered or None for a secret."""
    found: list[dict[str, object]] = []
    for code in PROFILES:
        name = _name("france", (code,))
        if name not in block.groupings:
            continue
        counts = _counts(block.groupings[name], block.variables[_VALIDATED])
        for label, (invited, validated) in sorted(counts.items(), key=str):
            shown = outcome.fates[_VALIDATED][name, label].is_published
            entry = {"dimension": code, "modality": label[1], "invited": invited}
            found.append({**entry, "validated": validated if shown else None})
    return found


def _counts(column: Sequence[Label | None], values: Sequence[int | None]) -> Mapping[Label, tuple[int, int]]:
    found: dict[Label, tuple[int, int]] = {}
    for label, value in zip(column, values, strict=True):
        if label is not None:
            invited, validated = found.get(label, (0, 0))
            found[label] = (invited + 1, validated + (value or 0))
    return found


def _name(level: str, by: tuple[str, ...]) -> GroupingKey:
    return GroupingKey(Table(level, by).name)
