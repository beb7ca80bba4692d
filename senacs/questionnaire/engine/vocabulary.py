"""The codes that formulas may name: context names about the structure, and the fields of a questionnaire."""

from collections.abc import Iterable

from senacs.questionnaire.engine.schema import Field, Kind
from senacs.questionnaire.engine.typecheck import Base, Type

# About the structure, from the register's snapshot at the invitation; they have no N-1.
CONTEXT: dict[str, Type] = {
    "structure_type": Type(Base.CHOICE, ("CS", "EVS"), has_previous=False),
    "structure_gestion": Type(Base.CHOICE, ("associatif", "collectivite", "caf", "autre"), has_previous=False),
    "structure_territoire": Type(Base.CHOICE, ("urbain", "rural"), has_previous=False),
    "structure_qpv": Type(Base.BOOLEAN, has_previous=False),
    "structure_fcsf": Type(Base.BOOLEAN, has_previous=False),
}

# What the register may know of a structure in the place of a question (`register: …`), in the same snapshot.
REGISTER: dict[str, Base] = {
    "statut": Base.CHOICE,
    "territoire": Base.CHOICE,
    "taille": Base.CHOICE,
    "geographie": Base.CHOICE,
    "population": Base.NUMBER,
    "lieux": Base.NUMBER,
    "familles": Base.BOOLEAN,
    "multi_sites": Base.BOOLEAN,
    "itinerante": Base.BOOLEAN,
    "gens_du_voyage": Base.BOOLEAN,
    **{f"axe_{number}": Base.TEXT for number in range(1, 6)},
}

_BASES = {
    Kind.INTEGER: Base.NUMBER,
    Kind.AMOUNT: Base.NUMBER,
    Kind.DECIMAL: Base.NUMBER,
    Kind.PERCENT: Base.NUMBER,
    Kind.YES_NO: Base.BOOLEAN,
    Kind.CHOICE: Base.CHOICE,
    Kind.MULTIPLE: Base.MULTIPLE,
    Kind.TEXT: Base.TEXT,
    Kind.LONG_TEXT: Base.TEXT,
    Kind.DATE: Base.DATE,
}


def base_of(kind: Kind) -> Base:
    return _BASES[kind]


def types_of(fields: Iterable[Field]) -> dict[str, Type]:
    """The type of every name that a formula on these fields may use, context names included."""
    types = dict(CONTEXT)
    for field in fields:
        options = tuple(option.code for option in field.options)
        types[field.code] = Type(_BASES[field.kind], options, has_previous=field.previous_code is not None)
    return types
