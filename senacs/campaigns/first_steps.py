"""What a new site needs before its first campaign, in order: what is done, what is left."""

from collections.abc import Iterator
from dataclasses import dataclass

from senacs.accounts.enums import INSTITUTIONS, STRUCTURE_ROLES, Role, Side
from senacs.accounts.models import Invitation, Mandate
from senacs.accounts.queries import current_charte
from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign
from senacs.campaigns.queries import current_campaign
from senacs.lib.french import number, plural
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.structures.models import Caf, Federation, Structure
from senacs.territories.models import Commune, LoadedVintage


@dataclass(frozen=True, slots=True)
class FirstStep:
    """`name` is what pages link to; `told` says how far it is."""

    name: str
    title: str
    is_done: bool
    told: str


def first_steps() -> list[FirstStep]:
    """Every step in order; a constant number of queries."""
    return list(_steps())


def _steps() -> Iterator[FirstStep]:
    yield _team()
    communes = Commune.objects.count()
    vintage = LoadedVintage.objects.filter(dataset="decoupage-administratif").values_list("vintage", flat=True).first()
    told = f"{plural(communes, 'commune')}, {vintage}" if communes else ""
    yield FirstStep("territoires", "Territoires", bool(communes), told)
    cafs, federations = Caf.objects.count(), Federation.objects.count()
    told = f"{cafs} Caf, {plural(federations, 'fédération')}" if cafs else ""
    yield FirstStep("institutions", "Caf et fédérations", bool(cafs and federations), told)
    charte = current_charte()
    yield FirstStep("charte", "Charte", charte is not None, f"version {charte.number} publiée" if charte else "")
    version = QuestionnaireVersion.objects.defer("document").order_by("-year", "code").first()
    yield FirstStep("questionnaire", "Version du questionnaire", version is not None, version.title if version else "")
    structures = Structure.objects.active().count()
    told = plural(structures, "structure agréée", "structures agréées") if structures else ""
    yield FirstStep("registre", "Registre des structures", bool(structures), told)
    campaign = current_campaign()
    yield FirstStep("campagne", "Campagne", campaign is not None, str(campaign) if campaign else "")
    yield _people(structures)
    yield _opening(campaign)


def _team() -> FirstStep:
    sides = set(Mandate.objects.current().filter(role=Role.NATIONAL).values_list("side", flat=True))
    present = [name for side, name in INSTITUTIONS.items() if side in sides]
    invited = Invitation.objects.pending().filter(role=Role.NATIONAL).exists()
    told = " et ".join(present) + (", invitation en attente de réponse" if invited else "")
    return FirstStep("equipe", "Équipe nationale des deux institutions", len(sides) == len(Side), told)


def _people(structures: int) -> FirstStep:
    """Everyone invited: a responsable or an invitation for each structure."""
    held = Mandate.objects.current().filter(role__in=STRUCTURE_ROLES).values("structure")
    asked = Invitation.objects.pending().filter(role__in=STRUCTURE_ROLES).values("structure")
    without = Structure.objects.active().exclude(pk__in=held).exclude(pk__in=asked).count()
    reached = structures - without
    told = f"{number(reached)} sur {plural(structures, 'structure')}" if structures else ""
    return FirstStep("personnes", "Invitation des personnes", bool(structures) and not without, told)


def _opening(campaign: Campaign | None) -> FirstStep:
    is_open = campaign is not None and campaign.phase != Phase.PREPARATION
    told = campaign.get_phase_display() if campaign and is_open else ""
    return FirstStep("ouverture", "Ouverture de la saisie", is_open, told)
