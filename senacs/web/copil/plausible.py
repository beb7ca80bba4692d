"""The plausibility of a place in words, beside the signatures of its plaquette; names for whoever follows them."""

from dataclasses import dataclass

from django.urls import reverse

from senacs.accounts.models import User
from senacs.collection.queries import responses_followed_by
from senacs.observatory.releases.plausibility_in_words import figure_in_words, place_in_words, place_names
from senacs.observatory.releases.reader import reader_for
from senacs.publication.editions.plausible import read_place
from senacs.publication.models import Edition


@dataclass(frozen=True, slots=True)
class ShownStop:
    """A figure that doubtful answers hold. What it would be without them tells of those answers: it is not shown."""

    label: str
    place: str
    value: str
    count: int
    links: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Shown:
    figures: int
    explained: int
    stops: list[ShownStop]


def plausibility_of(edition: Edition, user: User) -> Shown | None:
    """None where the release kept no reading."""
    reading = read_place(edition)
    if reading is None:
        return None
    rows = responses_followed_by(user).filter(campaign=edition.release.campaign, structure__code__in=reading.structures)
    links = {row.structure.code: (row.invited.name, reverse("suivi_response", args=[row.pk])) for row in rows}
    indicators = reader_for(edition.release).indicators
    names = place_names() if reading.stops else {}
    stops = [
        ShownStop(
            indicators[stop.figure.indicator].label,
            place_in_words(stop.figure, names),
            figure_in_words(stop.figure.value, indicators[stop.figure.indicator]),
            len(stop.structures),
            [links[code] for code in stop.structures if code in links],
        )
        for stop in reading.stops
    ]
    return Shown(reading.figures, reading.explained, stops)
