"""What the key figures of an edition's place owe to doubtful answers, read before it is signed: the national rule."""

from dataclasses import dataclass

from senacs.lib.french import plural
from senacs.lib.refusals import Refused
from senacs.observatory.plausibility.explanations import explained, plausibility_settings
from senacs.observatory.plausibility.gate import Stop, stops
from senacs.observatory.plausibility.reading import read_plausibility
from senacs.publication.models import Edition


@dataclass(frozen=True, slots=True)
class PlaceReading:
    """`figures` were read; `stops` rest on doubtful answers that nobody explained; `explained` answers were."""

    figures: int
    stops: tuple[Stop, ...]
    explained: int

    @property
    def structures(self) -> list[str]:
        return sorted({code for stop in self.stops for code in stop.structures})


def read_place(edition: Edition) -> PlaceReading | None:
    """The reading of the place whose Copil signs; None for a release built before plausibility was kept."""
    plausibility = read_plausibility(edition.release.name)
    if plausibility is None:
        return None
    place = edition.home
    figures = [figure for figure in plausibility.figures if (figure.level, figure.territory) == place]
    known = explained(edition.release.campaign, plausibility)
    found = stops(plausibility, known, plausibility_settings())
    lifted = plausibility.rows_of(known)
    return PlaceReading(
        len(figures),
        tuple(stop for stop in found if (stop.figure.level, stop.figure.territory) == place),
        len({part.row for figure in figures for part in figure.doubtful} & lifted),
    )


def refuse_implausible(edition: Edition) -> None:
    """Raises Refused while a key figure of the place rests on doubtful answers that nobody explained."""
    reading = read_place(edition)
    if reading is not None and reading.stops:
        figures = plural(len(reading.stops), "chiffre clé", "chiffres clés")
        answers = plural(len(reading.structures), "réponse douteuse", "réponses douteuses")
        raise Refused(
            f"Cette publication ne se signe pas encore : {figures} de ce territoire, à cause de {answers} que rien "
            "n’explique. Elles se corrigent dans une nouvelle publication, ou s’expliquent par la Cnaf et la Fcsf."
        )
