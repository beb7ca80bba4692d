"""One search over all that the public pages hold, and the régions and départements that they list."""

from dataclasses import dataclass

from django.urls import reverse

from senacs.lib.text import search_key
from senacs.observatory.definitions.indicators import THEMES
from senacs.observatory.releases.reader import IndicatorInfo, ReleaseReader
from senacs.publication.editions.shelf import Shelved, shelf
from senacs.structures.models import Structure
from senacs.structures.queries import register_list
from senacs.territories.models import Departement, Region
from senacs.territories.search import FoundPlace, find_places, places_spelt_like
from senacs.web.public.asked_figures import FigureAnswer, answers_to, indicators_named, read_question
from senacs.web.public.glossary import GlossaryWord, glossary

STRUCTURES = 10
INDICATORS = 10


@dataclass(frozen=True, slots=True)
class Found:
    """What a search leads to, by kind. `are_places_guessed`: nothing bears the words, these are spelt nearly so."""

    figures: tuple[FigureAnswer, ...]
    places: tuple[FoundPlace, ...]
    are_places_guessed: bool
    structures: tuple[Structure, ...]
    structure_count: int
    indicators: tuple[IndicatorInfo, ...]
    themes: tuple[tuple[str, str], ...]
    editions: tuple[Shelved, ...]
    words: tuple[GlossaryWord, ...]
    year_without_release: int | None

    @property
    def is_empty(self) -> bool:
        others = self.structures or self.indicators or self.themes or self.editions or self.words
        return not (self.figures or self.places or others)

    @property
    def only_place(self) -> str:
        """The address of the one thing found, when it is a place; '' when there is a choice."""
        others = self.figures or self.structures or self.indicators or self.themes or self.editions or self.words
        if len(self.places) != 1 or self.are_places_guessed or others:
            return ""
        place = self.places[0]
        if place.level == "france":
            return reverse("territory_france")
        return reverse("territory", args=[place.level, place.code])


def search_site(query: str, reader: ReleaseReader | None) -> Found:
    """Everything that bears the words."""
    key = search_key(query)
    question = read_question(query)
    figures = answers_to(question)
    places = find_places(query)
    guessed = [] if places or figures else places_spelt_like(query)
    structures = register_list(name=query) if len(key) > 2 else Structure.objects.none()
    stranger = question.year if question.year and question.words and not figures else None
    return Found(
        figures=tuple(figures),
        places=tuple(places or guessed),
        are_places_guessed=bool(guessed),
        structures=tuple(structures[:STRUCTURES]),
        structure_count=structures.count(),
        indicators=tuple(indicators_named(reader, key.split())[:INDICATORS]) if reader and not places else (),
        themes=tuple((code, title) for code, title in THEMES.items() if _holds(title, key)),
        editions=tuple(s for s in shelf() if s.is_newest and _holds(f"{s.title} {s.territory}", key)),
        words=tuple(word for word in glossary() if any(_holds(text, key) for text in word.keys)),
        year_without_release=stranger,
    )


def _holds(text: str, key: str) -> bool:
    """Each word of the key begins a word of the text."""
    words = search_key(text).split()
    asked = key.split()
    return bool(asked) and len(key) > 1 and all(any(word.startswith(one) for word in words) for one in asked)


def all_territories() -> tuple[list[Region], list[Departement]]:
    """The régions and départements, collectivités d'outre-mer last."""
    regions = sorted(Region.objects.order_by("code"), key=lambda r: (r.is_com, search_key(r.name)))
    departements = sorted(Departement.objects.order_by("code"), key=lambda d: (d.is_com, d.code))
    return regions, departements
