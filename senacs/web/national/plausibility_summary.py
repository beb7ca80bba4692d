"""What stops the signature of a candidate, in a few lines at the top of its page."""

from collections.abc import Mapping

from senacs.observatory.models import Release
from senacs.observatory.plausibility.explanations import standing_stops, still_hiding
from senacs.observatory.plausibility.gate import Stop
from senacs.observatory.plausibility.reading import read_plausibility
from senacs.observatory.releases.plausibility_in_words import ToldStop, place_names, told_stop
from senacs.observatory.releases.reader import reader_for
from senacs.observatory.services import unvalidated_in_words

_FIRST_STOPS = 8


def plausibility_summary(release: Release) -> dict[str, object] | None:
    """The first figures that stop a signature, for the page of the release; None when plausibility was not kept."""
    plausibility = read_plausibility(release.name)
    if plausibility is None:
        return None
    found = standing_stops(release)
    names = place_names()
    return {
        "stops": [told(release, stop, names) for stop in found[:_FIRST_STOPS]],
        "hiding": still_hiding(release),
        "unvalidated": unvalidated_in_words(release.campaign),
        "count": len(found),
        "more": max(len(found) - _FIRST_STOPS, 0),
        "responses": len({code for stop in found for code in stop.structures}),
    }


def told(release: Release, stop: Stop, names: Mapping[tuple[str, str], str]) -> ToldStop:
    return told_stop(stop, reader_for(release).indicators, names)
