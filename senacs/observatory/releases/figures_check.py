"""One quantity, one value: asked of a candidate before it may be signed, with what was found kept beside it.

Who reads the pages and the documents stands above (`web.one_value`), and lays its reading here.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from senacs.lib import clock
from senacs.lib.french import percent, plural
from senacs.lib.refusals import Refused
from senacs.observatory import frozen_files
from senacs.observatory.models import FiguresCheck, Release
from senacs.observatory.releases.places import find_place
from senacs.observatory.releases.reader import reader_for
from senacs.territories.queries import Territory

# Disagreements that are kept in words.
KEPT = 100


@dataclass(frozen=True, slots=True)
class HeldTogether:
    """What was read of a release: how many writings, of how many figures, and those that disagree, in French."""

    writings: int
    figures: int
    several: int  # figures written at least twice
    disagreements: tuple[str, ...]


# Receives how many of how many readings are done.
Progress = Callable[[int, int], None]
Reading = Callable[[Release, Sequence[Territory], Progress], HeldTogether]
_laid: list[Reading] = []


def lay(reading: Reading) -> None:
    """Declares who reads every writing of a release (of some places only, if any are given)."""
    _laid[:] = [reading]


def read_seal(release: Release) -> str:
    """The files whose figures are read; an explanation written in the method note changes none of them."""
    read = [[one["name"], one["sha256"]] for one in release.files if one["name"] != frozen_files.METHODOLOGY]
    return hashlib.sha256(json.dumps(sorted(read)).encode()).hexdigest()


def check_of(release: Release) -> FiguresCheck | None:
    """The reading of these very files, done or under way."""
    return FiguresCheck.objects.filter(release=release, seal=read_seal(release)).first()


def run_check(
    release: Release, places: Sequence[tuple[str, str]] = (), progress: Progress | None = None
) -> HeldTogether:
    """Reads every writing of a built release, or of some places (level, code) only, and keeps what it finds.

    Raises FileNotFoundError when the release is not built. A reading that was killed is begun again.
    """
    check, _ = FiguresCheck.objects.update_or_create(
        release=release,
        defaults={
            "seal": read_seal(release),
            "places": [f"{level}:{code}" for level, code in places],
            "progress": 0,
            "started_at": clock.now(),
            "checked_at": None,
            "disagreements": [],
            "disagreeing": 0,
        },
    )
    reader = reader_for(release)
    found_places = [place for level, code in places if (place := find_place(level, code, reader))]

    def report(done: int, total: int) -> None:
        reached = 100 * done // max(total, 1)
        if reached > check.progress:
            check.progress = reached
            check.save(update_fields=["progress"])
        if progress is not None:
            progress(done, total)

    held = _laid[0](release, found_places, report)
    check.progress, check.checked_at = 100, clock.now()
    check.writings, check.figures = held.writings, held.figures
    check.disagreements, check.disagreeing = list(held.disagreements[:KEPT]), len(held.disagreements)
    check.save()
    return held


def refuse_unchecked(release: Release) -> None:
    """Raises Refused unless every writing of these very files was read, and none disagrees with another."""
    check = check_of(release)
    if check is None:
        raise Refused("Les écritures de cette publication n’ont pas été relues : faites-le avant de signer.")
    if not check.is_done:
        raise Refused(
            f"Les écritures de cette publication sont en cours de relecture ({percent(check.progress)}) : attendez sa "
            "fin, ou relancez-la, avant de signer."
        )
    if check.disagreeing:
        told = plural(
            check.disagreeing, "chiffre n’a pas partout la même valeur", "chiffres n’ont pas partout la même valeur"
        )
        raise Refused(f"{told} : cette publication ne peut pas être signée.", details=check.disagreements)
