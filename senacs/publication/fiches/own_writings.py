"""Whether each own figure of a fiche has one value wherever the fiche writes it, and in its PDF."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from django.conf import settings

from senacs.collection.enums import ResponseState
from senacs.lib.printed_marks import Collection, Occurrence, disagreements
from senacs.observatory.models import Release
from senacs.publication.fiches.composition import FicheMaker
from senacs.publication.fiches.services import printable, render_fiche
from senacs.publication.printed_text import unprinted
from senacs.structures.models import Structure

# Structures whose fiche is made, spread over the register.
FICHES = 20


def wrong_writings(release: Release, collection: Collection) -> Iterator[str]:
    """In French, fiches that write one figure in two ways, or that their PDF lacks; never what the figure is."""
    if not (Path(settings.DATA_DIR) / "fiche.yaml").exists():
        return  # an installation that makes no fiche
    maker = FicheMaker(release)
    for structure in _chosen(release):
        everything = collection.found if collection.found is not None else []
        start = len(everything)
        document = maker.compose(structure)
        written = everything[start:]
        # Own figures are nobody else's: they are held together here, and their values told to nobody.
        del everything[start:]
        wrong = [one for one, _ in disagreements(written)]
        wrong += unprinted(render_fiche(document), printable(document), written)
        for indicator in dict.fromkeys(_indicator(one) for one in wrong):
            yield f"fiche {structure.code}, {indicator} : deux écritures d’une même réponse"


def _chosen(release: Release) -> Iterator[Structure]:
    answered = Structure.objects.filter(
        responses__campaign=release.campaign, responses__state=ResponseState.VALIDATED
    ).select_related("departement__region", "commune", "gestionnaire", "caf", "federation")
    step = max(answered.count() // FICHES, 1)
    return islice(answered.order_by("code").iterator(), 0, None, step)


def _indicator(one: Occurrence) -> str:
    return str(one.identity[2]) if isinstance(one.identity, tuple) else str(one.identity)
