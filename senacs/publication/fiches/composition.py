"""Composition of a fiche synthétique: identity, cycle, trajectories, place among the peers, for screen and paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings

from senacs.lib import clock, french
from senacs.observatory.models import Release
from senacs.publication.charts import Chart, LineSeries, Point, Quantiles, TimeAxis, Unit, lines, quantile_strip
from senacs.publication.charts.bars import WIDTH
from senacs.publication.fiches.history import AnsweredYear, Ruptures, breaks_of, read_years
from senacs.publication.fiches.indicators import FicheIndicator, Number, fiche_indicators
from senacs.publication.fiches.peers import MINIMUM_PEERS, Bands, Group, PeerIndex, index_for
from senacs.publication.models import FicheText
from senacs.publication.richtext import parse
from senacs.questionnaire.comparability import Rupture
from senacs.structures.enums import Gestion, StructureKind
from senacs.structures.models import Agrement, Structure
from senacs.territories.queries import FRANCE, Territory, get_territory

Printed = dict[str, object]
KIND_WORDS = {"CS": ("centre social", "centres sociaux"), "EVS": ("espace de vie sociale", "espaces de vie sociale")}
OWN = "La structure"
TRAJECTORY_HEIGHT = 104.0


@dataclass(frozen=True, slots=True)
class Place:
    """The structure among the peers of one territory, for one indicator."""

    bands: Bands
    territory: Territory
    year: AnsweredYear


@dataclass(frozen=True, slots=True)
class Standing:
    """The last figure of a structure for one indicator, and its places, closest territory first (maybe none)."""

    indicator: FicheIndicator
    year: int
    value: Number
    unit: Unit
    places: tuple[Place, ...]


class FicheMaker:
    """Composes fiches, beside the peers of one release (none: without them). Reads shared by a batch are kept."""

    def __init__(self, release: Release | None) -> None:
        self.release = release
        self.index: PeerIndex | None = index_for(release) if release else None
        self._ruptures = Ruptures()
        self._territories: dict[tuple[str, str], Territory | None] = {}

    def compose(self, structure: Structure) -> Printed:
        """The fiche as plain data. Only of the structure itself: who may read it is the matter of the services."""
        years = read_years(structure)
        ruptures = self._ruptures.of([year.campaign.version for year in years])
        text = FicheText.objects.filter(structure=structure).values_list("text", flat=True).first() or ""
        indicators = fiche_indicators()
        known = [i for i in indicators if any(year.figures.get(i.code) is not None for year in years)]
        groups = self._groups(structure, years)
        rows = [self._row(i, n, years, ruptures, groups, structure) for n, i in enumerate(known)]
        last = years[-1].data_year if years else None
        return {
            "title": "Fiche synthétique",
            "structure": self._identity(structure),
            "cycle": _cycle(structure),
            "edition": f"Données {years[0].data_year}–{last}" if len(years) > 1 else f"Données {last}" if last else "",
            "cards": [_card(i, years, breaks_of(i.code, years, ruptures)) for i in known],
            "text": parse(text),
            "rows": rows,
            "missing": [i.label for i in indicators if i not in known],
            "gaps": _gaps(years),
            "table": _table(known, years),
            "changes": _changes(known, years, ruptures),
            "definitions": [[i.label, i.definition] for i in known],
            "method": self._method(groups, years),
            "has_trajectory": len(years) > 1,
            "footer": f"SENACS · {structure.name} · fiche synthétique établie pour la structure",
            "demo": "Données de démonstration : ce document est fictif." if settings.DEMO else "",
        }

    def standings(self, structure: Structure) -> list[Standing]:
        """Every indicator that the structure answered, beside the same bands as its fiche: a table tells no more."""
        years = read_years(structure)
        groups = self._groups(structure, years)
        found = []
        for indicator in fiche_indicators():
            places = self._places(indicator, years, groups, structure)
            answered = [year for year in years if year.figures.get(indicator.code) is not None]
            if answered:
                year = places[0].year if places else answered[-1]
                value = year.figures[indicator.code]
                assert value is not None
                found.append(Standing(indicator, year.data_year, value, _unit(indicator, [value]), tuple(places)))
        return found

    def _identity(self, structure: Structure) -> Printed:
        facts = [
            ("Type", str(StructureKind(structure.kind).label)),
            ("Commune", f"{structure.commune.name} ({structure.departement.name})"),
            ("Gestion", str(Gestion(structure.gestion).label) if structure.gestion else ""),
            ("Gestionnaire", structure.gestionnaire.name if structure.gestionnaire else ""),
            ("Caf", structure.caf.name if structure.caf else ""),
            ("Fédération", structure.federation.name if structure.federation else ""),
        ]
        return {"name": structure.name, "code": structure.code, "facts": [list(f) for f in facts if f[1]]}

    # Peers.

    def _groups(self, structure: Structure, years: Sequence[AnsweredYear]) -> list[tuple[Group, Territory]]:
        """The closest territory that has enough peers, then France."""
        if self.index is None:
            return []
        region = structure.departement.region_id
        places = (("departement", structure.departement_id), ("region", region), ("france", FRANCE))
        holder = self._holder(structure)
        found = []
        for level, code in places:
            group = Group(level, code, structure.kind)
            territory = self._territory(level, code)
            if territory and self.index.size(group, holder=holder) >= MINIMUM_PEERS:
                found.append((group, territory))
        return found[:1] + [pair for pair in found[1:] if pair[0].level == "france"]

    def _holder(self, structure: Structure) -> str:
        assert self.index is not None
        key = f"G{structure.gestionnaire_id}" if structure.gestionnaire_id else f"S{structure.pk}"
        return self.index.holder(structure.code, key)

    def _territory(self, level: str, code: str) -> Territory | None:
        if (level, code) not in self._territories:
            self._territories[level, code] = get_territory(level, code)
        return self._territories[level, code]

    def _places(
        self,
        indicator: FicheIndicator,
        years: Sequence[AnsweredYear],
        groups: Sequence[tuple[Group, Territory]],
        structure: Structure,
    ) -> list[Place]:
        """Where the structure stands, with its figure of the peers' year, else its last one."""
        if self.index is None or self.release is None:
            return []
        answered = [year for year in years if year.figures.get(indicator.code) is not None]
        same = [year for year in answered if year.campaign.pk == self.release.campaign_id]
        found = []
        for group, territory in groups:
            bands = self.index.bands(group, indicator.code, holder=self._holder(structure))
            if bands and answered:
                found.append(Place(bands, territory, (same or answered)[-1]))
        return found

    # One indicator.

    def _row(
        self,
        indicator: FicheIndicator,
        number: int,
        years: Sequence[AnsweredYear],
        ruptures: Sequence[Rupture],
        groups: Sequence[tuple[Group, Territory]],
        structure: Structure,
    ) -> Printed:
        places = self._places(indicator, years, groups, structure)
        trajectory = strip = None
        if sum(year.figures.get(indicator.code) is not None for year in years) > 1:
            trajectory = _trajectory(indicator, years, breaks_of(indicator.code, years, ruptures), f"t{number}")
        if places:
            strip = self._strip(indicator, places[0], f"p{number}")
        return {
            "label": indicator.label,
            "trajectory": trajectory,
            "strip": strip,
            "positions": [self._position(indicator, place, structure) for place in places],
            "alone": "" if places else self._no_bands(groups),
        }

    def _strip(self, indicator: FicheIndicator, place: Place, prefix: str) -> Chart:
        value = place.year.figures[indicator.code]
        unit, b = _unit(indicator, [value]), place.bands
        return quantile_strip(
            f"{indicator.label} : la place de la structure ({place.territory.name})",
            Quantiles(q1=b.q1, median=b.median, q3=b.q3),
            prefix=prefix,
            marker=(OWN, None if value is None else float(french.rounded(value, unit.decimals or 0))),
            unit=Unit(unit.name),  # bounds are whole: they carry no decimals of their own
            has_caption=False,
        )

    def _position(self, indicator: FicheIndicator, place: Place, structure: Structure) -> str:
        value = place.year.figures[indicator.code]
        assert value is not None and self.release is not None
        words = KIND_WORDS[structure.kind][1]
        peers_year = self.release.campaign.data_year
        when = "" if place.year.data_year == peers_year else f" (repères {peers_year})"
        among = f"{place.territory.name}, {french.number(place.bands.peers)} autres {words}"
        # As it is printed on the strip beside this sentence.
        shown = french.rounded(value, _unit(indicator, [value]).decimals or 0)
        return f"{among}{when} : {place.bands.position(float(shown))}."

    def _no_bands(self, groups: Sequence[tuple[Group, Territory]]) -> str:
        if not groups:
            return "Pas encore de repères publiés pour cette structure." if self.index is None else _TOO_FEW
        return "Pas de repère : trop peu de réponses, ou des réponses trop semblables, pour n’en dévoiler aucune."

    def _method(self, groups: Sequence[tuple[Group, Territory]], years: Sequence[AnsweredYear]) -> list[str]:
        sent = [year for year in years if not year.is_validated]
        notes = [
            "Les figures de cette fiche sont les réponses de la structure à l’enquête SENACS ; elle seule les voit, et "
            "ceux à qui elle donne son lien."
        ]
        if sent:
            listed = french.joined([str(year.data_year) for year in sent])
            notes.append(f"Données {listed} : réponse envoyée, pas encore validée par la Caf et la fédération.")
        if groups and self.release:
            notes.append(
                f"Les repères (données {self.release.campaign.data_year}) décrivent les autres structures du même type "
                "dont la réponse est validée. La structure et celles de son gestionnaire en sont retirées. "
                f"Il en faut au moins {MINIMUM_PEERS} gestionnaires ; une limite est la moyenne de plusieurs "
                "réponses, arrondie à deux chiffres : aucune n’est la réponse de quelqu’un."
            )
        return notes


_TOO_FEW = "Trop peu de structures semblables ont répondu pour donner un repère."


def _trajectory(indicator: FicheIndicator, years: Sequence[AnsweredYear], breaks: list[Any], prefix: str) -> Chart:
    figures = {year.data_year: year.figures.get(indicator.code) for year in years}
    span = range(min(figures), max(figures) + 1)
    values = [figures.get(year) for year in span]
    return lines(
        f"{indicator.label} : la trajectoire",
        TimeAxis([str(year) for year in span], breaks),
        [LineSeries(indicator.label, [Point(value) for value in values])],
        prefix=prefix,
        unit=_unit(indicator, values),
        size=(WIDTH, TRAJECTORY_HEIGHT),
    )


def _unit(indicator: FicheIndicator, values: Sequence[Number | None]) -> Unit:
    """ETP and hours keep a decimal while they are small; a unit told in full letters stays with the label."""
    largest = max((abs(float(value)) for value in values if value is not None), default=0.0)
    decimals = indicator.decimals
    if indicator.unit in {"ETP", "heures"} and largest < 100:
        decimals = max(decimals, 1)
    return Unit(indicator.unit if len(indicator.unit) <= 3 else "", decimals)


def _card(indicator: FicheIndicator, years: Sequence[AnsweredYear], breaks: Sequence[Any]) -> Printed:
    known = [
        (year.data_year, year.figures[indicator.code]) for year in years if year.figures.get(indicator.code) is not None
    ]
    year, value = known[-1]
    unit = _unit(indicator, [value])
    is_late = year != years[-1].data_year
    return {
        "label": indicator.label,
        "value": unit.short(value),
        "note": f"en {year}" if is_late else _change(indicator, known, bool(breaks)),
    }


def _change(indicator: FicheIndicator, known: Sequence[tuple[int, Any]], has_break: bool) -> str:
    if len(known) < 2:
        return ""
    if has_break:
        return "définition changée"
    (first_year, first), (_, last) = known[0], known[-1]
    if indicator.unit == "%":
        points = int(french.rounded(last, 0) - french.rounded(first, 0))
        text = "stable" if not points else f"{'+' if points > 0 else french.MINUS}{french.plural(abs(points), 'point')}"
    elif not first:
        return ""
    else:
        percent = french.rounded(100 * (last / first - 1), 0)
        text = "stable" if not percent else f"{'+' if percent > 0 else french.MINUS}{french.percent(abs(percent))}"
    return f"{text} depuis {first_year}"


def _cycle(structure: Structure) -> Printed | None:
    """The agrément in force (else the last one), and how far it is."""
    today = clock.today()
    agrements = list(Agrement.objects.filter(structure=structure).order_by("starts_on"))
    if not agrements:
        return None
    current = next((a for a in agrements if a.starts_on <= today <= a.ends_on), agrements[-1])
    length = (current.ends_on - current.starts_on).days
    gone = min(max((today - current.starts_on).days, 0), length)
    return {
        "starts": french.long_date(current.starts_on),
        "ends": french.long_date(current.ends_on),
        "share": round(100 * gone / length),
        "state": _cycle_state(current, today),
        "first": f"Premier agrément : {structure.first_agrement_on.year}" if structure.first_agrement_on else "",
        "number": french.plural(len(agrements), "agrément connu", "agréments connus"),
    }


def _cycle_state(agrement: Agrement, today: date) -> str:
    if today > agrement.ends_on:
        return "Agrément échu"
    if today < agrement.starts_on:
        return "Agrément à venir"
    year = (today - agrement.starts_on).days // 365 + 1
    total = max(round((agrement.ends_on - agrement.starts_on).days / 365), 1)
    return f"Année {min(year, total)} sur {total}"


def _gaps(years: Sequence[AnsweredYear]) -> str:
    if not years:
        return "Aucune réponse envoyée pour l’instant : la fiche se remplira avec la première."
    if len(years) == 1:
        return "C’est la première année de réponse : les trajectoires commenceront avec la suivante."
    answered = {year.data_year for year in years}
    absent = [str(y) for y in range(min(answered), max(answered) + 1) if y not in answered]
    return f"Pas de réponse envoyée pour {french.joined(absent)}." if absent else ""


def _table(indicators: Sequence[FicheIndicator], years: Sequence[AnsweredYear]) -> Printed:
    rows = []
    for indicator in indicators:
        values = [year.figures.get(indicator.code) for year in years]
        label = f"{indicator.label} ({indicator.unit})" if len(indicator.unit) > 3 else indicator.label
        rows.append([label, *(_unit(indicator, values).full(value) for value in values)])
    return {"headers": ["Indicateur", *(str(year.data_year) for year in years)], "rows": rows}


def _changes(
    indicators: Sequence[FicheIndicator], years: Sequence[AnsweredYear], ruptures: Sequence[Rupture]
) -> list[list[str]]:
    return [
        [indicator.label, one.x, one.note]
        for indicator in indicators
        for one in breaks_of(indicator.code, years, ruptures)
    ]
