"""What happens to releases: build, restart, sign, publish, set aside."""

import shutil
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.urls import reverse

from senacs.accounts.enums import Role, Side
from senacs.accounts.models import User
from senacs.accounts.notices import News, tell_plainly
from senacs.accounts.permissions import can_manage_campaigns, can_sign_release, holders_of
from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.lib import clock
from senacs.lib.french import plural
from senacs.lib.refusals import Refused
from senacs.observatory import frozen_files, ledger, states, tasks
from senacs.observatory.answers import microdata
from senacs.observatory.answers.waivers import taken_back
from senacs.observatory.enums import ReleaseState
from senacs.observatory.models import FiguresCheck, Release, ReleaseSignature
from senacs.observatory.plausibility.explanations import standing_stops, still_hiding
from senacs.observatory.releases.attack_gate import refuse_leaking
from senacs.observatory.releases.figures_check import read_seal, refuse_unchecked

SIGNATORIES = {Side.CAF: "Cnaf", Side.FEDERATION: "Fcsf"}
# Answers still change: figures of such a day would be nobody's.
ENTRY_OPEN = frozenset({Phase.PREPARATION, Phase.SAISIE})


def campaigns_to_build() -> QuerySet[Campaign]:
    """Those whose entry is over, of which somebody has validated answers and nothing is in construction."""
    counted = Response.objects.filter(campaign=OuterRef("pk"), state=ResponseState.VALIDATED)
    begun = Release.objects.filter(campaign=OuterRef("pk"), state=ReleaseState.BUILDING)
    return Campaign.objects.exclude(phase__in=ENTRY_OPEN).filter(Exists(counted), ~Exists(begun))


@transaction.atomic
def create_release(*, campaign: Campaign, by: User | None, reason: str = "") -> Release:
    """The next number of the campaign, to be built. Raises Refused.

    A correction, once a number is published, says what it corrects in `reason`.
    """
    Campaign.objects.select_for_update().get(pk=campaign.pk)
    releases = Release.objects.filter(campaign=campaign)
    if by is not None and not can_manage_campaigns(by):
        raise Refused("Seule l’équipe nationale construit une publication.")
    refuse_open_entry(campaign)
    if releases.filter(state=ReleaseState.BUILDING).exists():
        raise Refused(f"Une publication de la campagne {campaign.year} est déjà en construction.")
    if not Response.objects.filter(campaign=campaign, state=ResponseState.VALIDATED).exists():
        raise Refused(f"La campagne {campaign.year} n’a encore aucune réponse validée.")
    if releases.published().exists() and not reason.strip():
        raise Refused("Une publication existe déjà pour cette campagne : indiquez ce que la nouvelle corrige.")
    last = releases.order_by("-number").first()
    return Release.objects.create(
        campaign=campaign,
        number=last.number + 1 if last else 1,
        reason=reason,
        created_at=clock.now(),
        created_by=by,
        step="En attente",
    )


def build_release(*, campaign: Campaign, by: User | None, reason: str = "") -> Release:
    """Creates the next release of the campaign and has it built in the background. Raises Refused."""
    release = create_release(campaign=campaign, by=by, reason=reason)
    tasks.build.enqueue(release.pk)
    return release


def restart_build(*, release: Release, by: User) -> Release:
    """Builds a failed release again, from the answers as they are now."""
    if not can_manage_campaigns(by):
        raise Refused("Seule l’équipe nationale relance une construction.")
    refuse_open_entry(release.campaign)
    if release.name in ledger.readings_of(release.campaign):
        raise Refused("Des tableaux de cette publication ont été lus : ses réponses restent. Construisez la suivante.")
    states.apply(release, "restart")
    shutil.rmtree(microdata.folder(release.name), ignore_errors=True)
    tasks.build.enqueue(release.pk)
    return release


def ask_figures_check(*, release: Release, by: User) -> None:
    """Has the writings of a candidate read again in the background. Raises Refused."""
    if not can_manage_campaigns(by):
        raise Refused("Seule l’équipe nationale fait relire une publication.")
    if release.state != ReleaseState.CANDIDATE:
        raise Refused("Seule une publication candidate se relit.")
    FiguresCheck.objects.update_or_create(
        release=release,
        defaults={"seal": read_seal(release), "progress": 0, "started_at": clock.now(), "checked_at": None},
    )
    transaction.on_commit(lambda: tasks.check_figures.enqueue(release.pk))


@transaction.atomic
def sign_release(*, release: Release, side: Side, by: User, seal: str) -> ReleaseSignature:
    """One of the two national signatures on a candidate, whose files are checked first (design §2). Raises Refused.

    `seal` is that of the release as the signatory saw it: what changed since is read again before it is signed. Figures
    that unexplained doubtful answers move cannot be signed (plausibility.gate), nor those that do not read the same
    everywhere (releases.figures_check), nor those of which an outsider finds anything (releases.attack_gate).
    """
    if not can_sign_release(by, side):
        raise Refused(f"Seule une personne mandatée par la {SIGNATORIES[side]} signe pour elle.")
    stored = Release.objects.select_for_update().get(pk=release.pk)
    if stored.state != ReleaseState.CANDIDATE:
        raise Refused("Seule une publication candidate se signe.")
    refuse_altered(stored)
    refuse_taken_back(stored)
    if seal != stored.seal:
        raise Refused("Cette publication a changé depuis que la page a été ouverte : relisez-la avant de signer.")
    refuse_leaking(stored)
    refuse_implausible(stored)
    refuse_unchecked(stored)
    if stored.signatures.filter(side=side).exists():
        raise Refused(f"La {SIGNATORIES[side]} a déjà signé cette publication.")
    signature = ReleaseSignature.objects.create(release=stored, side=side, by=by, at=clock.now(), seal=seal)
    missing = missing_signatures(stored)
    told = "Il ne manque plus que votre signature." if missing else "Elle peut être publiée."
    people = [person for other in missing or Side for person in holders_of(Role.NATIONAL, side=other)]
    _tell(stored, people, f"signée par la {SIGNATORIES[side]}", told, by)
    return signature


def _tell(release: Release, people: Iterable[User], done: str, told: str, by: User | None) -> None:
    tell_plainly(
        people,
        News(
            subject=f"SENACS, publication {release.name} : {done}",
            told=f"La publication {release.name} est {done}. {told}",
            to_do="La publication",
            page=reverse("national_release", args=[release.name]),
            by=by,
        ),
    )


def publish_release(*, release: Release, by: User | None) -> Release:
    """Opens a candidate that Cnaf and Fcsf have signed to the public; its files become read-only. Raises Refused."""
    if by is not None and not can_manage_campaigns(by):
        raise Refused("Seule l’équipe nationale publie.")
    missing = missing_signatures(release)
    if missing:
        raise Refused(f"Il manque la signature de : {', '.join(SIGNATORIES[side] for side in missing)}.")
    refuse_altered(release)
    refuse_taken_back(release)
    if any(signature.seal != release.seal for signature in release.signatures.all()):
        raise Refused("Cette publication a changé depuis qu’elle a été signée : écartez-la et construisez la suivante.")
    with transaction.atomic():
        states.apply(release, "publish")
        ledger.record_release(release)
    frozen_files.freeze(release.directory)
    _tell(release, holders_of(Role.NATIONAL), "publiée", "Ses chiffres sont ouverts à tous.", by)
    return release


def reject_release(*, release: Release, by: User, reason: str) -> Release:
    """Sets a candidate aside; its number is never used again. Raises Refused."""
    if not can_manage_campaigns(by):
        raise Refused("Seule l’équipe nationale écarte une publication.")
    return states.apply(release, "reject", reason=reason)


def missing_signatures(release: Release) -> list[Side]:
    signed = set(release.signatures.values_list("side", flat=True))
    return [side for side in SIGNATORIES if side not in signed]


def refuse_open_entry(campaign: Campaign) -> None:
    """Raises Refused while structures still answer; says what would not be counted."""
    phase = Campaign.objects.values_list("phase", flat=True).get(pk=campaign.pk)
    if phase in ENTRY_OPEN:
        left = unvalidated_in_words(campaign)
        raise Refused(
            f"La saisie de la campagne {campaign.year} n’est pas close : elle l’est avant toute publication."
            + (f" Ne seraient pas comptées : {left}." if left else "")
        )


def unvalidated_in_words(campaign: Campaign) -> str:
    """What a release of today would leave out: « 12 réponses envoyées et non validées, … »; empty for nothing."""
    counts = dict(Response.objects.filter(campaign=campaign).values_list("state").annotate(n=Count("pk")))
    silent = campaign.invited.count() - sum(counts.values()) + counts.get(ResponseState.DRAFT, 0)
    told = (
        (counts.get(ResponseState.SUBMITTED, 0), "réponse envoyée et non validée", "réponses envoyées et non validées"),
        (counts.get(ResponseState.RETURNED, 0), "réponse retournée", "réponses retournées"),
        (silent, "structure sans réponse envoyée", "structures sans réponse envoyée"),
    )
    return ", ".join(plural(count, one, many) for count, one, many in told if count)


def refuse_taken_back(release: Release) -> None:
    """Raises Refused when a structure whose waiver the release uses has withdrawn it since."""
    names = taken_back(release.campaign, release.manifest.get("waivers", ()))
    if names:
        raise Refused(
            f"Secret demandé à nouveau depuis la construction : {', '.join(names)}. Écartez cette publication et "
            "construisez la suivante.",
            details=names,
        )


def refuse_implausible(release: Release) -> None:
    """Raises Refused while unexplained doubtful answers move a figure that readers will quote."""
    found = standing_stops(release)
    if found:
        structures = {code for stop in found for code in stop.structures}
        raise Refused(
            f"{plural(len(found), 'chiffre clé tient', 'chiffres clés tiennent')} à "
            f"{plural(len(structures), 'réponse douteuse', 'réponses douteuses')} : faites-les corriger, ou "
            "expliquez-les à deux, avant de signer."
        )
    hiding = still_hiding(release)
    if hiding.structures:
        raise Refused(
            f"{hiding.in_words} : une valeur douteuse n’est pas un secret, faites-la corriger ou expliquez-la à deux."
        )


def refuse_altered(release: Release) -> None:
    """Raises Refused when a file is no longer what was built and attacked."""
    names = frozen_files.altered(release.directory, release.files)
    if names:
        raise Refused(f"Fichiers modifiés depuis la construction : {', '.join(names)}.", details=names)
