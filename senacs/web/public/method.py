"""The method note of a release, as the page /methode/ reads it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from senacs.lib import french
from senacs.observatory.definitions.indicators import THEMES
from senacs.observatory.releases.reader import IndicatorInfo, ReleaseReader, ResponseRate, kept_with_reader
from senacs.territories.models import Region
from senacs.web.public.estimates import Quality, national_estimates

_LEVELS = {
    "france": "France",
    "region": "régions",
    "departement": "départements",
    "epci": "intercommunalités",
    "groupement": "regroupements de communes",
}


@dataclass(frozen=True, slots=True)
class SuppressionRow:
    """Cells of one kind of table: how many, how many hidden."""

    table: str
    cells: int
    hidden: int
    percent: float


@dataclass(frozen=True, slots=True)
class Profile:
    """Structures of one sort in France: those asked, those who answered; None where that is a secret."""

    group: str
    name: str
    invited: int
    validated: int | None

    @property
    def silent(self) -> int | None:
        return None if self.validated is None else self.invited - self.validated

    @property
    def percent(self) -> float | None:
        return None if self.validated is None else 100 * self.validated / self.invited


@dataclass(frozen=True, slots=True)
class OutsiderFindings:
    """What the attacker from outside found in the files of the release; see `releases.outside_attack`."""

    figures: int
    within: tuple[int, ...]
    intruders: tuple[dict[str, Any], ...]
    # What any combination of figures gives, and how many times.
    found: tuple[tuple[str, int], ...]

    @property
    def is_clean(self) -> bool:
        lines = [(one["exact"], one["fixed"], *one["within"]) for one in self.intruders]
        return not any(n for _, n in self.found) and not any(n for line in lines for n in line)


@dataclass(frozen=True, slots=True)
class MethodPage:
    """`rules` and the rest are French sentences or rows ready for the page."""

    rules: dict[str, Any]
    dominance: tuple[str, ...]
    rates: tuple[tuple[str, ResponseRate, ResponseRate | None, ResponseRate | None], ...]
    profiles: tuple[Profile, ...]
    suppression: tuple[SuppressionRow, ...]
    total: dict[str, object]
    attack: OutsiderFindings | None
    # The second contributor must miss the first by that much, in percent; None where nothing asks it.
    p_percent: float | None
    themes: tuple[tuple[str, tuple[tuple[IndicatorInfo, float | None], ...]], ...]
    estimates: tuple[Quality, ...]
    # By rule, for how many responses (« reason » in a note of before, never shown); None: a release that did not tell.
    rule_waivers: tuple[tuple[str, int], ...] | None
    changes: dict[str, object]
    waivers: tuple[str, ...]
    reason: str


def _rule_waivers(entries: Sequence[dict[str, Any]]) -> tuple[tuple[str, int], ...]:
    """What was written of each is for those who signed it: a text may name a structure."""
    counts: Counter[str] = Counter()
    for entry in entries:
        counts[entry["rule"]] += entry.get("responses", 1)
    return tuple(sorted(counts.items()))


@kept_with_reader(1)
def method_of(reader: ReleaseReader) -> MethodPage:
    note = reader.methodology
    rules = note["plan"]["rules"]
    dimensions = {code: french.inside(entry["label"]) for code, entry in note["plan"]["dimensions"].items()}
    by_dimension = note["suppression"]["by_dimension"]
    return MethodPage(
        rules=rules,
        dominance=tuple(_dominance(count, share) for count, share in rules["dominance"]),
        rates=_rates(reader),
        profiles=tuple(_profiles(reader)),
        suppression=tuple(
            SuppressionRow(
                " × ".join([_LEVELS[table["level"]], *(dimensions[code] for code in table["by"])]),
                counts["cells"],
                counts["cells"] - counts["published"],
                counts["hidden_percent"],
            )
            for table in note["plan"]["tables"]
            if (counts := by_dimension.get(f"{table['level']}:{'_'.join(table['by'])}"))
        ),
        total=note["suppression"]["all"],
        attack=_attack(reader.attack),
        p_percent=rules.get("p_percent"),
        themes=tuple(
            (
                title,
                tuple((i, note["item_response"].get(i.code)) for i in reader.indicators.values() if i.theme == code),
            )
            for code, title in THEMES.items()
            if any(i.theme == code for i in reader.indicators.values())
        ),
        estimates=national_estimates(reader),
        rule_waivers=_rule_waivers(note["rule_waivers"]) if "rule_waivers" in note else None,
        changes=note["changes"],
        waivers=tuple(waiver["name"] for waiver in note.get("waivers", ())),
        reason=note["reason"],
    )


def _attack(found: dict[str, Any] | None) -> OutsiderFindings | None:
    if found is None:
        return None
    told = (
        ("sums_of_too_few", "Sommes exactes de trop peu de gestionnaires, par addition ou soustraction de chiffres"),
        ("counts_of_too_few", "Nombres de réponses de trop peu de gestionnaires, de même"),
        ("shown_on_too_few", "Chiffres montrés sur trop peu de réponses qui ne sont pas nulles"),
        ("shown_too_close", "Chiffres montrés d’où un gestionnaire en estimerait un autre"),
    )
    return OutsiderFindings(
        found["figures"],
        tuple(found["within_percent"]),
        tuple(found["intruders"]),
        tuple((words, found[key]) for key, words in told),
    )


def _profiles(reader: ReleaseReader) -> Iterator[Profile]:
    """Who answers and who does not, kind by kind then as the register tells them."""
    dimensions = reader.methodology["plan"]["dimensions"]
    for code, label in dimensions.get("kind", {}).get("modalities", {}).items():
        rate = reader.response_rates.get(("france", "FR", code))
        if rate is not None:
            yield Profile(dimensions["kind"]["label"], label, rate.invited, rate.validated)
    for entry in reader.methodology.get("who_answers", ()):
        dimension = dimensions.get(entry["dimension"])
        if dimension is not None:
            name = dimension["modalities"].get(entry["modality"], entry["modality"])
            yield Profile(dimension["label"], name, entry["invited"], entry["validated"])


def _dominance(count: int, share: float) -> str:
    who = "un seul gestionnaire" if count == 1 else f"{count} gestionnaires"
    return f"{who} y pèse{'nt' if count > 1 else ''} plus de {french.with_unit(share, '%')} du total"


def _rates(
    reader: ReleaseReader,
) -> tuple[tuple[str, ResponseRate, ResponseRate | None, ResponseRate | None], ...]:
    names = dict(Region.objects.order_by("name").values_list("code", "name"))
    rates = reader.response_rates
    places = [("france", "FR", "France"), *(("region", code, name) for code, name in names.items())]
    return tuple(
        (name, rates[level, code, ""], rates.get((level, code, "CS")), rates.get((level, code, "EVS")))
        for level, code, name in places
        if (level, code, "") in rates
    )
