"""Figures of a local plaquette: worked out for those who agreed, and kept."""

from django.db import transaction

from senacs.accounts.enums import AccessAction
from senacs.accounts.models import User
from senacs.accounts.services import log_access
from senacs.campaigns.models import Campaign
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused
from senacs.observatory.earlier_figures import EarlierFigures
from senacs.observatory.ledger import local_figures_of, record_local
from senacs.observatory.local_figures import measure_local
from senacs.observatory.releases.reader import ReleaseReader, reader_for
from senacs.publication.editions.agreements import agreed, too_few
from senacs.publication.editions.composing import trame_of
from senacs.publication.models import Edition, LocalFigures, LocalGroup, LocalMeasure
from senacs.publication.permissions import can_compose
from senacs.publication.trames import Trame
from senacs.structures.models import Structure

PUBLISHED = "published"
BROKEN = "Le calcul s’est arrêté sur une erreur, que les journaux du serveur détaillent : recommencez."


@transaction.atomic
def ask_measure(*, edition: Edition, by: User) -> LocalMeasure:
    """Has the figures worked out in the background, or gives the work under way. Raises NotAllowed, Refused."""
    group, _, _ = _measurable(edition, by)
    LocalGroup.objects.select_for_update().get(pk=group.pk)
    under_way = group.measures.filter(ended_at__isnull=True).first()
    return under_way or LocalMeasure.objects.create(group=group, asked_at=clock.now(), asked_by=by)


def run_measure(measure_id: int) -> LocalMeasure:
    """Works out the figures that were asked for; begun again after a kill, it gives the same ones."""
    related = ("group__edition__release__campaign__version", "group__departement", "asked_by")
    measure = LocalMeasure.objects.select_related(*related).get(pk=measure_id)
    if measure.ended_at is not None:
        return measure
    measure.refusal = BROKEN
    try:
        measure_edition(edition=measure.group.edition, by=measure.asked_by)
        measure.refusal = ""
    except Refused as refusal:
        measure.refusal = " ".join([refusal.message, *refusal.details])
    finally:
        measure.ended_at = clock.now()
        measure.save(update_fields=["ended_at", "refusal"])
    return measure


def last_measure(edition: Edition) -> LocalMeasure | None:
    """The last asking for the figures of an edition, under way or ended."""
    return edition.group.measures.first() if edition.group else None


def hidden_count(figures: LocalFigures | None) -> int:
    """How many figures secrecy hides."""
    return sum(cell["status"] != PUBLISHED for cell in figures.cells) if figures else 0


def _measurable(edition: Edition, by: User) -> tuple[LocalGroup, list[str], list[str]]:
    """The group, those who agree, those who do by name. Raises NotAllowed, Refused."""
    if not can_compose(by, *edition.home):
        raise NotAllowed("Vous ne composez pas les publications de ce territoire.")
    if edition.group is None or not edition.is_editable:
        raise Refused("Les chiffres se calculent tant que la plaquette est en rédaction.")
    if reason := too_few(edition):
        raise Refused(reason)
    members, named = agreed(edition.group)
    return edition.group, members, named


def measure_edition(*, edition: Edition, by: User) -> LocalFigures:
    """Works out the figures of those who agree today, from the release of the edition. Raises NotAllowed, Refused.

    Whose answers were counted, by whom and why is in the ledger that the structures read (charte 3.2).
    """
    group, members, named = _measurable(edition, by)
    trame = trame_of(edition)
    # The same question has one answer: asked again, it is the one already given.
    same = LocalFigures.objects.filter(group=group, release=edition.release).order_by("pk")
    found = next((f for f in same if f.members == members and f.named_members == named), None)
    given = local_figures_of(group.campaign)
    if found is None:
        reader = reader_for(edition.release)
        measured = measure_local(
            edition.release,
            members=members,
            named=named,
            named_indicators=_named_indicators(trame),
            wanted=_printed(trame, reader),
            given=given,
        )
    with transaction.atomic():
        Campaign.objects.select_for_update().get(pk=group.campaign_id)
        stored = Edition.objects.select_for_update(of=("self",)).select_related("group").get(pk=edition.pk)
        if (
            not stored.is_editable
            or agreed(group) != (members, named)
            or len(local_figures_of(group.campaign)) != len(given)
        ):
            raise Refused("Un accord ou d’autres chiffres ont changé pendant le calcul : recommencez.")
        if found is None:
            found = LocalFigures.objects.create(
                group=group,
                release=edition.release,
                members=members,
                named_members=named,
                cells=measured.cells,
                named=measured.named,
                respondents=measured.respondents,
                made_at=clock.now(),
                made_by=by,
            )
            record_local(shown_by(found), release=edition.release, shown_to=f"qui compose « {group.name} »"[:120])
            log_access(
                user=by,
                action=AccessAction.LOCAL,
                structures=Structure.objects.filter(code__in=members),
                purpose=f"« {group.name} » : {group.purpose}",
                departement=group.departement,
            )
        stored.figures = found
        stored.revision += 1
        stored.updated_at = clock.now()
        stored.save(update_fields=["figures", "revision", "updated_at"])
    edition.refresh_from_db()
    return found


def _printed(trame: Trame, reader: ReleaseReader) -> set[str]:
    """What the trame may print: its indicators and the key ones."""
    return set(trame.indicators) | {code for code, indicator in reader.indicators.items() if indicator.is_key}


def _named_indicators(trame: Trame) -> set[str]:
    return {code for block in trame.blocks if block.kind == "structures_nommees" for code in block.figures}


def shown_by(figures: LocalFigures) -> EarlierFigures:
    """What whoever asked for these figures has."""
    return EarlierFigures(
        name=f"locale {figures.pk}",
        release=figures.release.name,
        members=frozenset(figures.members),
        cells=frozenset((c["indicator"], c["modality"]) for c in figures.cells if c["status"] == PUBLISHED),
        named=frozenset(
            (structure, indicator)
            for structure, values in figures.named.items()
            for indicator, value in values.items()
            if value is not None
        ),
    )
