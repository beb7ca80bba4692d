"""The disclosure ledger: every line of figures shown outside the correspondents, read whole by what protects the next.

Releases keep their cells in files; local figures say here whose answers they add up and which indicators they showed.
Lines are sealed in a chain: one that was altered or taken out in the database itself is found.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from senacs.campaigns.models import Campaign
from senacs.lib import clock
from senacs.lib.refusals import Refused
from senacs.observatory.earlier_figures import EarlierFigures
from senacs.observatory.enums import DisclosureKind, ReleaseState
from senacs.observatory.models import Disclosure, Release


def record_release(release: Release) -> Disclosure:
    """A release that everybody reads; its cells are its files."""
    return _append(
        Disclosure(
            kind=DisclosureKind.RELEASE,
            release=release,
            source=f"publication {release.name}",
            shown_to="tout le monde",
            shown_at=release.published_at or clock.now(),
        )
    )


def record_local(figures: EarlierFigures, *, release: Release, shown_to: str) -> Disclosure:
    """Figures of a few structures, given to who asked for them."""
    return _append(
        Disclosure(
            kind=DisclosureKind.LOCAL,
            release=release,
            source=figures.name,
            members=sorted(figures.members),
            cells=sorted(map(list, figures.cells)),
            named=sorted(map(list, figures.named)),
            shown_to=shown_to,
            shown_at=clock.now(),
        )
    )


def record_reading(release: Release, level: str, code: str, *, shown_to: str) -> None:
    """The tables of a candidate for one territory, which somebody reads before anybody decides to publish them.

    Once is enough: they are known from then on. A published release is on record whole.
    """
    if release.state != ReleaseState.CANDIDATE:
        return
    source = f"candidate {release.name}, {level} {code}"
    if Disclosure.objects.filter(source=source).exists():
        return
    line = Disclosure(
        kind=DisclosureKind.READ,
        release=release,
        source=source,
        places=[[level, code]],
        shown_to=shown_to[:120],
        shown_at=clock.now(),
    )
    try:
        _append(line)
    except Refused:
        # Two people opened them at the same time: they are on record.
        return


def readings_of(campaign: Campaign) -> dict[str, frozenset[tuple[str, str]]]:
    """By release that is not published, in order of number, the (level, code) whose tables somebody has read."""
    lines = Disclosure.objects.filter(kind=DisclosureKind.READ, release__campaign=campaign)
    found: dict[str, frozenset[tuple[str, str]]] = {}
    for line in (
        lines.exclude(release__state=ReleaseState.PUBLISHED)
        .select_related("release__campaign")
        .order_by("release__number", "pk")
    ):
        places = frozenset((level, code) for level, code in line.places)
        found[line.release.name] = found.get(line.release.name, frozenset()) | places
    return found


def local_figures_of(campaign: Campaign) -> list[EarlierFigures]:
    """Every local figure that somebody has of the answers of a campaign, oldest first."""
    lines = Disclosure.objects.filter(kind=DisclosureKind.LOCAL, release__campaign=campaign)
    return [
        EarlierFigures(
            name=line.source,
            release=line.release.name,
            members=frozenset(line.members),
            cells=frozenset((indicator, modality) for indicator, modality in line.cells),
            named=frozenset((structure, indicator) for structure, indicator in line.named),
        )
        for line in lines.select_related("release__campaign").order_by("pk")
    ]


@transaction.atomic
def _append(line: Disclosure) -> Disclosure:
    """The line, sealed with the one before, one at a time. Raises Refused when it is there already."""
    # The first release that ever was stands for the end of the chain: who writes a line waits for who writes another.
    Release.objects.select_for_update().order_by("pk").first()
    last = Disclosure.objects.order_by("-pk").first()
    if Disclosure.objects.filter(source=line.source).exists():
        raise Refused(f"« {line.source} » est déjà au registre de ce qui a été montré.")
    line.digest = digest_of(last.digest if last else "", line)
    line.save()
    return line


def digest_of(before: str, line: Disclosure) -> str:
    """SHA-256 of the line and of the digest of the one before, as 64 hexadecimal digits."""
    told = [line.kind, line.release_id, line.source, line.members, line.cells, line.named, line.shown_to]
    return sealed(before, [*told, line.places] if line.places else told, line.shown_at)


def sealed(before: str, told: Sequence[object], shown_at: datetime) -> str:
    content = json.dumps([before, *told, int(shown_at.timestamp())], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def broken_lines(lines: Iterable[Disclosure] | None = None) -> list[Disclosure]:
    """The lines whose seal is not that of what they say after the one before: none, or somebody wrote behind us."""
    found, before = [], ""
    for line in Disclosure.objects.order_by("pk") if lines is None else lines:
        if line.digest != digest_of(before, line):
            found.append(line)
        before = line.digest
    return found
