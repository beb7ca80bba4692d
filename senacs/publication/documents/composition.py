"""Composition of a plaquette: a trame filled with figures, sentences, drawings and lists, ready for the typesetter.

Everything comes from the release and the public register; nothing here can be typed in place of a figure.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from senacs.lib import french
from senacs.observatory.definitions.indicators import THEMES
from senacs.observatory.releases.reader import IndicatorInfo, ReleaseReader
from senacs.publication.charts import (
    SUPPRESSED_LEGEND,
    Bar,
    Basemap,
    Chart,
    Series,
    Unit,
    choropleth,
    horizontal_bars,
    locator,
    stacked_shares,
)
from senacs.publication.documents import drawings, method
from senacs.publication.documents import printed_figures as f
from senacs.publication.documents.printed_register import Register
from senacs.publication.documents.side_by_side import (
    KIND_WORDS,
    areas_table,
    coverage,
    indicator_map,
    map_sentences,
    named_table,
    territories_table,
)
from senacs.publication.richtext import parse
from senacs.publication.trames import Block, Trame
from senacs.structures.enums import Gestion, StructureKind
from senacs.territories.queries import Territory

LEVEL_WORDS = {
    "departement": "Département",
    "region": "Région",
    "france": "France entière",
    "epci": "Intercommunalité",
    "commune": "Commune",
    "groupe": "Groupe de structures",
}
AUTHOR_WORDS = {"caf": "La Caf", "federation": "La fédération"}
MAPPED = ("departement", "region", "france")
CARDS = 12
MAP_ROWS = 24
NO_THEME = "Cette publication n’a pas de chiffres sur ce thème : l’enquête de cette année-là ne l’abordait pas."
RESPONDENTS = ("structure répondante", "structures répondantes")
GESTION_WORDS = {
    Gestion.ASSOCIATIF: "Association",
    Gestion.COLLECTIVITE: "Collectivité",
    Gestion.CAF: "Caf",
    Gestion.AUTRE: "Autre",
}

Printed = dict[str, Any]


@dataclass
class Composer:
    """One plaquette in the making. `has_demo_data` marks every page as fictitious."""

    trame: Trame
    reader: ReleaseReader
    territory: Territory
    register: Register
    basemap: Basemap
    map_source: str
    year: int
    data_year: int
    has_demo_data: bool = False
    address: Printed | None = None  # {url, svg}: the QR code of the territory's page
    whose: str = ""  # whose figures these are, when they are not those of every structure of the territory
    counted: int = 0  # how many those are
    named: Mapping[str, Mapping[str, float | None]] = field(default_factory=dict)  # structure → indicator → own figure
    logos: Sequence[Printed] = ()
    _charts: int = 0
    _tables: list[Printed] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.figures = f.TerritoryFigures(self.reader, self.territory)

    def compose(self) -> Printed:
        """The document as plain data: {territory, year…, blocks: [{kind, …}]}, blocks without content left out."""
        builders: dict[str, Callable[[Block], Printed | None]] = {
            "couverture": self._cover,
            "editorial": self._editorial,
            "texte": self._text,
            "carte": self._map,
            "chiffres_cles": self._key_figures,
            "chapitre": self._chapter,
            "liste_structures": self._list,
            "methode": self._method,
            "fiche_nationale": self._national_sheet,
            "annexe": self._annex,
            "territoires": self._territories,
            "carte_indicateur": self._indicator_map,
            "portrait": self._portrait,
            "structures_nommees": self._by_name,
        }
        blocks = []
        for block in self.trame.blocks:
            content = builders[block.kind](block)
            if content is not None:
                head = {"kind": block.kind, "code": block.code, "title": block.title, "intro": parse(block.intro)}
                blocks.append({**head, **content})
        return {
            "title": self.trame.title,
            "subtitle": self.trame.subtitle,
            "territory": self.territory.name,
            "level": LEVEL_WORDS[self.territory.level],
            "edition": f"Enquête {self.year}, données {self.data_year}",
            "footer": f"SENACS {self.year} · {self.territory.name} · données déclarées pour {self.data_year}",
            "demo": "Données de démonstration : ce document est fictif." if self.has_demo_data else "",
            "signs": [
                ["s.", f"chiffre {SUPPRESSED_LEGEND} : moins de cinq répondants, ou un répondant trop reconnaissable"],
                ["–", "aucune réponse, ou question sans objet"],
                ["n", "nombre de structures qui ont répondu à la question ; chaque chiffre a le sien"],
            ],
            "address": self.address,
            "logos": list(self.logos),
            "blocks": blocks,
        }

    # Blocks.

    def _cover(self, block: Block) -> Printed:
        # A commune, an EPCI or a group has no outline: that of its département shows where it is.
        outlined = self.territory if self.territory.level in MAPPED else self.figures.wider[0]
        within = "parmi les départements voisins" if self.register.mine else "et ses territoires"
        chart = locator(
            f"Carte : {outlined.name}",
            self.basemap,
            prefix=self._prefix(),
            highlight=self.register.mine,
            description=f"{outlined.name} {within}.",
        )
        facts = [
            {"value": french.number(self.register.kinds.get(kind, 0)), "label": self._kind(kind)}
            for kind in StructureKind.values
        ]
        rate = self._rate("")
        if self.counted:
            facts.append({"value": french.number(self.counted), "label": "ont accepté de paraître ensemble"})
        elif rate:
            facts.append({"value": french.percent(rate), "label": "ont répondu à l’enquête"})
        around = "region" if self.territory.level in MAPPED else "departement"
        parent = next((place.name for place in self.figures.wider if place.level == around), "")
        return {"map": self._drawing(chart), "facts": facts, "parent": parent}

    def _editorial(self, block: Block) -> Printed:
        names = {"caf": self.register.cafs, "federation": self.register.federations}
        texts = [
            {
                "author": french.joined(list(names[text.author])) or AUTHOR_WORDS[text.author],
                "paragraphs": parse(text.text),
            }
            for text in block.texts
        ]
        return {"texts": texts, "rate": self._response_panel()}

    def _text(self, block: Block) -> Printed:
        columns = [{"title": text.title, "paragraphs": parse(text.text)} for text in block.texts]
        drawings = self._register_drawings() if block.shows_register else []
        return {"columns": columns, "visuals": drawings}

    def _map(self, block: Block) -> Printed | None:
        areas = self.register.areas
        if not self.basemap.shapes:
            return None
        unit = Unit("", 2)
        chart = choropleth(
            "Structures agréées pour 10 000 habitants",
            self.basemap,
            {area.code: area.density for area in areas},
            prefix=self._prefix(),
            unit=unit,
            highlight=self.register.mine,
            value_header="Structures pour 10 000 habitants",
        )
        return {
            "map": self._drawing(chart),
            "sentences": coverage(self.register, self.territory),
            "source": f"Source : registre public des agréments {self.year}. Contours : {self.map_source}.",
            "table": areas_table(self.register, unit),
        }

    def _key_figures(self, block: Block) -> Printed:
        key = [i for i in self.reader.indicators.values() if i.is_key and i.kind != "distribution"]
        cards = [card for i in key if (card := self._card(i))][:CARDS]
        return {"cards": cards, "notice": self._notice(cards) or self.whose, "source": self._source()}

    def _chapter(self, block: Block) -> Printed | None:
        cards = [card for code in block.figures if (i := self.figures.indicator(code)) and (card := self._card(i))][:4]
        drawn = [
            found for visual in block.visuals if (found := drawings.draw(visual, self.figures, prefix=self._prefix()))
        ]
        if not cards and not drawn:
            # A note without its theme says why; a plaquette does without one chapter.
            empty = {"cards": [], "visuals": [], "notice": NO_THEME, "source": "", "theme": THEMES[block.theme]}
            return empty if block.theme == self.trame.theme else None
        shown = [d for d in drawn if d.chart.has_figures]
        return {
            "cards": cards,
            "visuals": [self._visual(d) for d in shown],
            "notice": self._chapter_notice(any(d.is_known for d in shown) or any(c["known"] for c in cards)),
            "source": self._source([n for d in shown for n in d.respondents] + [c["n"] for c in cards if c["n"]]),
            "theme": THEMES[block.theme],
        }

    def _list(self, block: Block) -> Printed:
        groups = []
        for kind in StructureKind.values:
            rows = [
                [s.commune, s.name, GESTION_WORDS[Gestion(s.gestion)] if s.gestion else "–"]
                for s in self.register.structures
                if s.kind == kind
            ]
            if rows:
                groups.append({"title": french.plural(len(rows), *KIND_WORDS[kind]), "rows": rows})
        return {"headers": ["Commune", "Structure", "Gestion"], "groups": groups}

    def _method(self, block: Block) -> Printed:
        return {
            "sections": method.sections(
                self.reader.methodology, self.figures, data_year=self.data_year, whose=self.whose
            ),
            "rates": self._rates_table(),
        }

    def _national_sheet(self, block: Block) -> Printed:
        places = [self.territory, *self.figures.wider]
        groups = []
        for theme, title in THEMES.items():
            rows = []
            for indicator in self.reader.indicators.values():
                if indicator.theme != theme or indicator.kind == "distribution" or not self._in_sheet(indicator):
                    continue
                statistic = f.compared_statistic(indicator)
                shown = [self.figures.figure(indicator, statistic, of=place) for place in places]
                if any(figure.value is not None for figure in shown):
                    words = f.STATISTIC_WORDS.get(statistic, "")
                    label = f"{indicator.label}, {words}" if statistic in {"mean", "median"} else indicator.label
                    rows.append([label, *(figure.text for figure in shown)])
            if rows:
                groups.append({"title": title, "rows": rows})
        return {"headers": ["Indicateur", *(place.name for place in places)], "groups": groups}

    def _annex(self, block: Block) -> Printed | None:
        return {"tables": list(self._tables)} if self._tables else None

    def _territories(self, block: Block) -> Printed | None:
        return territories_table(self.reader, self.register.areas, block.figures, territory=self.territory)

    def _by_name(self, block: Block) -> Printed | None:
        return named_table(self.reader, self.register.structures, self.named, block.figures)

    def _indicator_map(self, block: Block) -> Printed | None:
        chart = indicator_map(
            self.reader, self.basemap, block, register=self.register, territory=self.territory, prefix=self._prefix()
        )
        if chart is None:
            return None
        # A short table stands under its map; a long one in the annex, with those of the drawings.
        is_short = len(chart.rows) <= MAP_ROWS
        return {
            "map": self._drawing(chart, is_in_annex=not is_short),
            "sentences": map_sentences(chart),
            "table": {"headers": list(chart.headers), "rows": [*map(list, chart.rows)] if is_short else []},
            "source": f"{self._source()} Contours : {self.map_source}.",
        }

    def _portrait(self, block: Block) -> Printed | None:
        if not block.text:
            return None
        return {"text": parse(block.text), "image": block.image}

    # Pieces.

    def _prefix(self) -> str:
        self._charts += 1
        return f"g{self._charts}"

    def _drawing(self, chart: Chart, *, is_in_annex: bool = False) -> Printed:
        if is_in_annex:
            self._tables.append(
                {"title": chart.title, "headers": list(chart.headers), "rows": [*map(list, chart.rows)]}
            )
        return {"svg": chart.svg, "alt": f"{chart.title}. {chart.description}"}

    def _visual(self, drawn: drawings.Drawn) -> Printed:
        return {
            "title": drawn.chart.title,
            "reading": drawn.reading,
            "note": drawn.note,
            **self._drawing(drawn.chart, is_in_annex=True),
        }

    def _card(self, indicator: IndicatorInfo) -> Printed | None:
        headline = self.figures.figure(indicator)
        if headline.value is None:
            return None
        statistic = f.compared_statistic(indicator)
        details = []
        if statistic != indicator.headline:
            mean = self.figures.figure(indicator, statistic)
            if mean.is_known:
                details.append(f"{_bare(mean, indicator)} {f.STATISTIC_WORDS[statistic]}")
        compared = [(place, self.figures.figure(indicator, statistic, of=place)) for place in self.figures.wider]
        details += [
            f"{place.name} : {_bare(figure, indicator)}" for place, figure in compared if figure.value is not None
        ]
        # « 96 453 personnes »: the number is set large, its unit beside it.
        value, _, unit = headline.text.partition(french.NBSP)
        return {
            "value": value,
            "unit": unit,
            "label": indicator.label,
            "details": details,
            "n": headline.n,
            "known": headline.is_known,
        }

    def _in_sheet(self, indicator: IndicatorInfo) -> bool:
        return indicator.is_key or indicator.code in self.trame.indicators

    def _source(self, respondents: Iterable[int] = ()) -> str:
        base = f"Source : SENACS {self.year}, données {self.data_year}"
        counts = list(respondents)
        if not counts:
            return f"{base}."
        if min(counts) == max(counts):
            return f"{base} ; {french.plural(counts[0], *RESPONDENTS)}."
        return f"{base} ; de {min(counts)} à {french.plural(max(counts), *RESPONDENTS)} selon la question."

    def _notice(self, cards: Sequence[Printed]) -> str:
        return "" if any(card["known"] for card in cards) else self._all_suppressed()

    def _chapter_notice(self, is_known: bool) -> str:
        if is_known:
            return ""
        wider = french.joined([place.name for place in self.figures.wider])
        return f"{self.territory.name} : chiffres masqués (secret statistique). Repères : {wider}."

    def _all_suppressed(self) -> str:
        wider = french.joined([place.name for place in self.figures.wider])
        beside = f" Les repères publiés ({wider}) restent donnés à côté." if wider else ""
        return (
            f"{self.territory.name} : trop peu de structures ont répondu pour que ces chiffres soient publiés sans "
            f"dévoiler la réponse de l’une d’elles. Ils sont masqués (secret statistique).{beside}"
        )

    def _kind(self, kind: str) -> str:
        singular, plural = KIND_WORDS[kind]
        return singular if self.register.kinds.get(kind, 0) < 2 else plural

    def _rate(self, kind: str, place: Territory | None = None) -> float | None:
        place = place or self.territory
        rate = self.reader.response_rates.get((place.level, place.code, kind))
        return rate.percent if rate else None

    def _response_panel(self) -> Printed | None:
        rate = self.reader.response_rates.get((self.territory.level, self.territory.code, ""))
        if rate is None:
            return None
        bars = [
            Bar(label, self._rate(kind), self._rate(kind, self.figures.reference) if self.figures.reference else None)
            for kind, label in (("", "Ensemble"), ("CS", "Centres sociaux"), ("EVS", "Espaces de vie sociale"))
            if self._rate(kind) is not None
        ]
        chart = horizontal_bars(
            "Taux de réponse à l’enquête",
            bars,
            prefix=self._prefix(),
            unit=Unit("%", 0),
            reference_label=self.figures.reference.name if self.figures.reference else "",
            label_header="Structures",
            value_header=self.territory.name,
        )
        return {
            "value": french.percent(rate.percent),
            "text": f"{french.plural(rate.validated, 'structure')} sur {french.number(rate.invited)} "
            f"{'a' if rate.validated < 2 else 'ont'} répondu, réponses relues et validées par la Caf et la fédération.",
            **self._drawing(chart, is_in_annex=True),
        }

    def _register_drawings(self) -> list[Printed]:
        bars = []
        for kind, label in StructureKind.choices:
            counts = self.register.gestions.get(kind, {})
            total = sum(counts.get(code, 0) for code in Gestion.values)
            if total:
                bars.append(Series(str(label), [100 * counts.get(code, 0) / total for code in Gestion.values]))
        if not bars:
            return []
        chart = stacked_shares(
            "Qui les gère ?",
            [str(label) for label in Gestion.labels],
            bars,
            prefix=self._prefix(),
            part_header="Gestion",
        )
        associative = sum(counts.get(Gestion.ASSOCIATIF, 0) for counts in self.register.gestions.values())
        known = sum(c.get(g, 0) for c in self.register.gestions.values() for g in Gestion.values)
        words = f.in_words(100 * associative / known)
        verb = "est gérée" if "une structure" in words else "sont gérées"
        reading = (
            f"{words[0].upper()}{words[1:]} {verb} par une association ({french.percent(100 * associative / known)})."
        )
        note = "Source : registre public des agréments."
        drawing = self._drawing(chart, is_in_annex=True)
        return [{"title": chart.title, "reading": reading, "note": note, **drawing}]

    def _rates_table(self) -> Printed:
        rows = []
        for kind, label in (("CS", "Centres sociaux"), ("EVS", "Espaces de vie sociale"), ("", "Ensemble")):
            rate = self.reader.response_rates.get((self.territory.level, self.territory.code, kind))
            if rate:
                wider = [french.percent(self._rate(kind, place)) for place in self.figures.wider]
                counts = [french.number(rate.invited), french.number(rate.validated), french.percent(rate.percent)]
                rows.append([label, *counts, *wider])
        headers = ["Structures", "Interrogées", "Réponses validées", "Taux", *(p.name for p in self.figures.wider)]
        return {"headers": headers, "rows": rows}


def _bare(figure: f.Figure, indicator: IndicatorInfo) -> str:
    """The figure without a unit in words, which the card has already given."""
    return figure.text.partition(french.NBSP)[0] if len(indicator.unit) > 3 else figure.text
