"""What happens to publications: a plaquette is built from a release."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from senacs.lib import clock
from senacs.lib.pdf import rendering
from senacs.lib.refusals import Refused
from senacs.observatory.models import Release
from senacs.observatory.releases.reader import ReleaseReader, reader_for
from senacs.observatory.releases.series import series_ending_with
from senacs.publication.documents import composition
from senacs.publication.documents.addresses import qr_code, territory_url
from senacs.publication.documents.making import Making
from senacs.publication.documents.printed_register import Register, basemap_of, map_source, read_register
from senacs.publication.documents.typesetting import write_whole
from senacs.publication.models import Plaquette
from senacs.publication.trames import Trame, load_trame
from senacs.territories.queries import Territory, get_territory

TEMPLATE = "publication/typst/plaquette.typ"
TRAMES = {"departement": "departementale", "region": "regionale", "france": "nationale"}


def compose_plaquette(
    *, release: Release, level: str, code: str, trame: Trame | None = None, logos: Sequence[Mapping[str, str]] = ()
) -> dict[str, object]:
    """The working document of a territory as plain data: computed, signed by nobody, marked so. Raises Refused.

    Without a trame: that of the level, its obligatory blocks alone.
    """
    territory = get_territory(level, code)
    if territory is None or (trame is None and level not in TRAMES):
        raise Refused(f"Aucune plaquette ne se construit pour « {level} {code} ».")
    register = read_register(campaign=release.campaign, territory=territory)
    source = Source(release, opened(release), territory, register)
    return {**compose(source, trame=trame or whole_trame(level), logos=logos), "draft": True}


@dataclass(frozen=True)
class Source:
    """What a document is made from: a release and its reader, a territory and its register.

    whose, counted, named: of a local plaquette (see `Making`).
    """

    release: Release
    reader: ReleaseReader
    territory: Territory
    register: Register
    whose: str = ""
    counted: int = 0
    named: Mapping[str, Mapping[str, float | None]] = field(default_factory=dict)


def opened(release: Release) -> ReleaseReader:
    """Its reader. Raises Refused when it has no files."""
    try:
        return reader_for(release)
    except FileNotFoundError as error:
        raise Refused(str(error)) from error


def compose(source: Source, *, trame: Trame, logos: Sequence[Mapping[str, str]] = ()) -> dict[str, object]:
    """The document as plain data."""
    release, territory = source.release, source.territory
    # The map of a département shows its région; that of a région too.
    map_level = "region" if territory.level == "france" else "departement"
    place = territory if territory.level in TRAMES else territory.parents[-1]
    making = Making(
        trame=trame,
        reader=source.reader,
        territory=territory,
        register=source.register,
        basemap=basemap_of(source.register.areas, level=map_level),
        map_source=map_source(map_level),
        year=release.campaign.year,
        data_year=release.campaign.data_year,
        series=series_ending_with(release),
        has_demo_data=settings.DEMO,
        address=qr_code(territory_url(place.level, place.code)),
        logos=[dict(logo) for logo in logos],
        whose=source.whose,
        counted=source.counted,
        named=source.named,
    )
    return composition.compose(making)


def trame_for(level: str) -> Trame:
    return load_trame(Path(settings.DATA_DIR) / "trames" / f"{TRAMES[level]}.yaml")


def has_booklet(level: str) -> bool:
    """Whether an installation has a trame for the territories of a level."""
    if level not in TRAMES:
        return False
    try:
        trame_for(level)
    except FileNotFoundError:
        return False
    return True


def whole_trame(level: str) -> Trame:
    """The trame of a level as it stands before a Copil touches it."""
    trame = trame_for(level)
    return trame.obligatory()


def build_plaquette(*, release: Release, level: str, code: str) -> Plaquette:
    """Composes, typesets and stores the plaquette of a territory, in place of an earlier build. Raises Refused.

    Dated by the release, so that the same release gives the same bytes; the row says when the file was made.
    """
    trame = whole_trame(level) if level in TRAMES else None
    document = compose_plaquette(release=release, level=level, code=code, trame=trame)
    content = rendering.render(
        TEMPLATE,
        document,
        title=edition_title(document),
        keywords=["SENACS"],
        at=release.published_at or release.created_at,
    )
    path = Path("plaquettes") / release.name / f"{level}-{code}.pdf"
    write_whole(Path(settings.MEDIA_ROOT) / path, content)
    with transaction.atomic():
        plaquette, _ = Plaquette.objects.update_or_create(
            release=release,
            level=level,
            code=code,
            defaults={
                "trame": trame.code if trame else "",
                "path": str(path),
                "checksum": hashlib.sha256(content).hexdigest(),
                "pages": rendering.page_count(content),
                "built_at": clock.now(),
            },
        )
    return plaquette


def edition_title(document: Mapping[str, Any]) -> str:
    return f"{document['title']} : {document['territory']}, {document['edition']}"
