"""What an edition is made from: its territory and register, its release, and the figures of a local plaquette."""

from senacs.lib import french
from senacs.lib.refusals import Refused
from senacs.observatory.models import Release
from senacs.observatory.releases.reader import Cell, ReleaseReader
from senacs.publication.documents.plaquettes import Source, opened
from senacs.publication.documents.printed_register import read_register
from senacs.publication.enums import LocalLevel
from senacs.publication.models import Edition, LocalFigures, LocalGroup
from senacs.territories.queries import Territory, get_territory


def territory_of(edition: Edition) -> Territory:
    """A local plaquette's own territory, in its département; that of the register otherwise."""
    group = edition.group
    if group is None:
        place = get_territory(edition.level, edition.code)
        if place is None:
            raise Refused(f"Le territoire « {edition.level} {edition.code} » n’existe plus.")
        return place
    departement = get_territory("departement", group.departement_id)
    own = get_territory(group.level, group.code) if group.code else None
    parents = (*departement.parents, departement) if departement else ()
    return Territory(edition.level, edition.code, group.name, own.population if own else None, parents)


def reader_of(edition: Edition, release: Release, territory: Territory) -> ReleaseReader:
    """What an edition reads: the release, and its own figures if it is local and they are of that release."""
    base, figures = opened(release), edition.figures
    if figures is None or figures.release_id != release.pk:
        return base
    return base.beside([Cell(level=territory.level, territory=territory.code, **cell) for cell in figures.cells])


def source_of(edition: Edition, release: Release) -> Source:
    """What an edition is made from, on its release or on another one. Raises Refused."""
    territory, group, figures = territory_of(edition), edition.group, edition.figures
    if group is None:
        register = read_register(campaign=release.campaign, territory=territory)
        return Source(release, opened(release), territory, register)
    own = figures if figures and figures.release_id == release.pk else None
    listed = _listed(group, own)
    register = read_register(campaign=release.campaign, territory=territory, structures=listed)
    counted = sum(own.respondents.values()) if own else 0
    return Source(
        release,
        reader_of(edition, release, territory),
        territory,
        register,
        whose=_whose(counted, len(listed)) if own else "Les chiffres ne sont pas encore calculés.",
        counted=counted,
        named=own.named if own else {},
    )


def _listed(group: LocalGroup, figures: LocalFigures | None) -> list[int]:
    """Who is in the list of the document: the register for a commune or an EPCI; in a group, only those who agreed."""
    asked = group.agreements.order_by("pk")
    if group.level == LocalLevel.GROUPE:
        asked = asked.filter(structure__code__in=figures.members if figures else ())
    return list(asked.values_list("structure", flat=True))


def _whose(counted: int, listed: int) -> str:
    have = "celle qui a accepté" if counted < 2 else "celles qui ont accepté"
    return (
        f"Chiffres de {french.plural(counted, 'structure')} sur {french.number(listed)} : {have} de paraître ensemble "
        "dans ce document, et dont la réponse à l’enquête est validée."
    )
