"""Search of a place by what people type: names of today and of before, postcodes, numbers, arrondissements, cedex."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from senacs.lib.text import search_key
from senacs.territories.models import Commune, Departement, Epci, FormerCommune, Region
from senacs.territories.places import arrondissement_of, city_of_delivery, read_postal_code, spellings_of, split_place
from senacs.territories.queries import FRANCE

MOST = 20
GUESSED = 8
SHORTEST_GUESS = 4  # letters: shorter words are near too many names
SHORTEST_PART = 3  # letters: « Y » is a commune, no part of a name


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A place that the words lead to; `kind` and `about` tell namesakes apart: « commune », « Drôme, 26 »."""

    level: str
    code: str
    name: str
    kind: str
    about: str = ""
    population: int | None = None


def find_places(query: str) -> list[FoundPlace]:
    """What bears the name first, the most populated first; then what begins with it; one place opens by itself.

    A single exact place stands alone unless a larger one begins with the same words: « Clermont » offers
    Clermont-Ferrand, « Die » is Die.
    """
    digits, name = _parts(query)
    key = search_key(name)
    if not key and not digits:
        return []
    if key == "france":
        return [FoundPlace("france", FRANCE, "France", "pays")]
    if digits:
        return _in_postcode(digits, key)
    exact = _exact(key)
    longer = _longer(key, is_whole=bool(exact)) if len(key) >= SHORTEST_PART else []
    if len(exact) == 1 and not _is_hidden_by(exact[0], longer):
        return exact
    return (exact + [place for place in longer if place not in exact])[:MOST]


def places_spelt_like(query: str) -> list[FoundPlace]:
    """Places whose names differ from the words by a letter or two, the nearest first.

    Two neighbours exchanged (« Lyno ») are one fault of the fingers, however short the name.
    """
    key = search_key(query)
    swapped = [key[:i] + key[i + 1] + key[i] + key[i + 2 :] for i in range(len(key) - 1)]
    exchanged = Commune.objects.filter(search_name__in=swapped, parent=None).select_related("departement")
    first = sorted(map(_of_commune, exchanged), key=lambda place: -(place.population or 0))
    if len(key) < SHORTEST_GUESS:
        return first
    # One end at least of what is mistyped is right.
    ends = Q(search_name__startswith=key[:3]) | Q(search_name__endswith=key[-4:])
    if " " in key:
        ends |= Q(search_name__startswith=key.split()[0] + " ")
    length = Length("search_name")
    near = (
        Commune.objects.filter(ends, parent=None)
        .alias(length=length)
        .filter(length__gte=len(key) - 2, length__lte=len(key) + 2)
    )
    communes = {commune.pk: commune for commune in near.select_related("departement")}
    wider = [_of_departement(one) for one in Departement.objects.all()]
    wider += [FoundPlace("region", one.code, one.name, "région", "", one.population) for one in Region.objects.all()]
    wider += [_of_epci(one) for one in Epci.objects.all()]
    places = [(search_key(place.name), place) for place in [*map(_of_commune, communes.values()), *wider]]
    alike = get_close_matches(key, sorted({name for name, _ in places}), n=8, cutoff=0.82)
    ranked = sorted(
        (place for name, place in places if name in alike),
        key=lambda place: (alike.index(search_key(place.name)), -(place.population or 0)),
    )
    return (first + [place for place in ranked if place not in first])[:GUESSED]


def communes_named(text: str) -> QuerySet[Commune]:
    """Communes that a whole name or a postcode leads to, longer names and arrondissements with them; none for a part.

    « Clermont » has Clermont-Ferrand with it, « Die » has not Dieppe.
    """
    digits, name = _parts(text)
    key = search_key(name)
    if digits:
        found = _of_postcode(digits, key)
    else:
        found = _bearing(key)
        if found.exists():
            found = Commune.objects.filter(Q(pk__in=found.values("pk")) | Q(search_name__startswith=f"{key} "))
    codes = set(found.values_list("pk", flat=True))
    return Commune.objects.filter(Q(pk__in=codes) | Q(parent__in=codes))


def _parts(query: str) -> tuple[str, str]:
    """The postcode that the words hold, and the rest: « 01 000 », « 01350 Béon », « Béon (01350) »."""
    stripped = " ".join(query.split())
    if re.fullmatch(r"[0-9]{2} ?[0-9]{3}", stripped):
        return read_postal_code(stripped)[0], ""
    typed, name = split_place(stripped)
    digits = read_postal_code(typed)[0]
    return (digits, name) if digits and re.search(r"[0-9]{2} ?[0-9]{3}", typed) else ("", stripped)


def _of_postcode(digits: str, key: str) -> QuerySet[Commune]:
    there = Commune.objects.filter(postal_codes__code=digits)
    named = there.filter(_is_called(key)) if key else there
    return (named if named.exists() else there).distinct()


def _in_postcode(digits: str, key: str) -> list[FoundPlace]:
    found = list(_of_postcode(digits, key).select_related("departement").order_by("-population")[:MOST])
    if not found and key:
        # A cedex is no commune's postcode: the name decides, within the département that the digits tell.
        numbers = {"2A", "2B"} if digits.startswith("20") else {digits[:2], digits[:3]}
        found = list(_bearing(key).filter(departement__in=numbers).select_related("departement"))
    return [_of_commune(commune) for commune in found]


def _is_called(key: str) -> Q:
    """By its name, or by that of a commune that it has taken in."""
    plain = city_of_delivery(key)
    arrondissement, _ = arrondissement_of(plain)
    if arrondissement:
        return Q(pk=arrondissement)
    spellings = spellings_of(plain)
    former = FormerCommune.objects.filter(search_name__in=spellings).values("commune")
    return Q(search_name__in=spellings) | Q(pk__in=former)


def _bearing(key: str) -> QuerySet[Commune]:
    return Commune.objects.filter(_is_called(key)).distinct()


def _exact(key: str) -> list[FoundPlace]:
    regions = [one for one in Region.objects.all() if search_key(one.name) == key]
    departements = [one for one in Departement.objects.all() if search_key(one.name) == key or one.code.lower() == key]
    codes = {one.code for one in departements}
    found = [FoundPlace("region", one.code, one.name, "région", "", one.population) for one in regions]
    found += [
        FoundPlace("departement", one.code, one.name, "département", one.code, one.population) for one in departements
    ]
    formers = {former.commune_id: former.name for former in FormerCommune.objects.filter(search_name=key)}
    communes = _bearing(key).select_related("departement").order_by("-population")
    # Paris is its own département: one of the two is enough.
    found += [_of_commune(one, formers.get(one.pk, "")) for one in communes if one.departement_id not in codes]
    found += [_of_epci(one) for one in Epci.objects.all() if search_key(one.name) == key]
    return _by_size(found)


def _longer(key: str, *, is_whole: bool) -> list[FoundPlace]:
    """What begins with the words, or holds them among others; with a part of a word when nothing bears the whole."""
    words = f" {key}"
    found = [
        FoundPlace("region", one.code, one.name, "région", "", one.population)
        for one in Region.objects.all()
        if words in f" {search_key(one.name)}"
    ]
    found += [_of_departement(one) for one in Departement.objects.all() if words in f" {search_key(one.name)}"]
    begun = f"{key} " if is_whole else key
    communes = Commune.objects.filter(search_name__startswith=begun, parent=None).select_related("departement")
    chosen = communes.order_by("-population")[:MOST]
    found += [_of_commune(one) for one in chosen]
    found += [_of_epci(one) for one in Epci.objects.all() if f" {key} " in f" {search_key(one.name)} "]
    return _by_size(found)


def _is_hidden_by(exact: FoundPlace, longer: Iterable[FoundPlace]) -> bool:
    larger = (place for place in longer if place.level == "commune" and place != exact)
    return exact.level == "commune" and any((place.population or 0) > (exact.population or 0) for place in larger)


def _by_size(places: list[FoundPlace]) -> list[FoundPlace]:
    order = ("region", "departement", "commune", "epci")
    return sorted(places, key=lambda place: (order.index(place.level), -(place.population or 0), place.code))


def _of_commune(commune: Commune, former: str = "") -> FoundPlace:
    about = f"{commune.departement.name}, {commune.departement_id}"
    if former and search_key(former) != commune.search_name:
        about += f" ; {former} en fait partie"
    kind = "arrondissement" if commune.parent_id else "commune"
    return FoundPlace("commune", commune.pk, commune.name, kind, about, commune.population)


def _of_departement(departement: Departement) -> FoundPlace:
    code = departement.code
    return FoundPlace("departement", code, departement.name, "département", code, departement.population)


def _of_epci(epci: Epci) -> FoundPlace:
    return FoundPlace("epci", epci.pk, epci.name, "intercommunalité", "", epci.population)
