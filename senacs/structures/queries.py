"""Reads over the register, which is public: filtered lists, counts by territory."""

from collections import defaultdict

from django.db.models import Count, Q

from senacs.lib.text import search_key
from senacs.structures.enums import StructureKind
from senacs.structures.models import Structure, StructureQuerySet
from senacs.territories.search import communes_named

LEVEL_FIELDS = {
    "region": "departement__region_id",
    "departement": "departement_id",
    "epci": "commune__epci_id",
    "commune": "commune_id",
}


def register_list(
    *,
    kind: str = "",
    region: str = "",
    departement: str = "",
    name: str = "",
    city: str = "",
    descending: bool = False,
) -> StructureQuerySet:
    """Active structures by name, with commune and département at hand, ready for a paginator.

    `name` and `city` are parts of a name, capitals and accents apart; `city` may be the start of a postcode.
    """
    found = Structure.objects.active().select_related("commune", "departement")
    if kind:
        found = found.filter(kind=kind)
    if region:
        found = found.filter(departement__region_id=region)
    if departement:
        found = found.filter(departement_id=departement)
    if key := search_key(name):
        for word in key.split():
            found = found.filter(search_name__contains=word)
    if city.strip():
        found = found.filter(_in_city(city))
    return found.order_by("-search_name", "-code") if descending else found.order_by("search_name", "code")


def _in_city(city: str) -> Q:
    """In the commune that the words lead to; else in those whose name holds them, or under that start of postcode."""
    named = communes_named(city)
    if named.exists():
        return Q(commune__in=named.values("pk"))
    key = search_key(city)
    return Q(commune__search_name__contains=key) | Q(postal_code__startswith=key.replace(" ", ""))


def structures_in(level: str, code: str) -> StructureQuerySet:
    """Active structures of a territory; level « france » takes any code. Raises ValueError for an unknown level.

    A commune includes its municipal arrondissements.
    """
    active = Structure.objects.active()
    if level == "france":
        return active
    if level not in LEVEL_FIELDS:
        raise ValueError(f"unknown level {level!r}")
    if level == "commune":
        return active.filter(Q(commune_id=code) | Q(commune__parent_id=code))
    return active.filter(**{LEVEL_FIELDS[level]: code})


def counts_by(level: str) -> dict[str, dict[StructureKind, int]]:
    """Active structures by kind in each territory of a level that has any. Raises ValueError for an unknown level."""
    if level not in LEVEL_FIELDS:
        raise ValueError(f"unknown level {level!r}")
    field = LEVEL_FIELDS[level]
    counts: defaultdict[str, dict[StructureKind, int]] = defaultdict(lambda: dict.fromkeys(StructureKind, 0))
    rows = Structure.objects.active().values_list(field, "kind").annotate(count=Count("pk")).order_by()
    for code, kind, count in rows:
        if code is not None:
            counts[code][StructureKind(kind)] = count
    return dict(counts)
