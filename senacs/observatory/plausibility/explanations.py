"""Doubtful answers explained by both national institutions: what lifts a stop, and goes into the method note."""

import json
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction

from senacs.accounts.models import User
from senacs.accounts.permissions import national_side
from senacs.campaigns.models import Campaign
from senacs.lib import clock
from senacs.lib.kept_files import kept
from senacs.lib.refusals import Refused
from senacs.observatory import frozen_files
from senacs.observatory.enums import ReleaseState
from senacs.observatory.models import DoubtExplanation, Release
from senacs.observatory.plausibility.gate import StillHiding, Stop, digest_of, hiding_in, stops
from senacs.observatory.plausibility.reading import Plausibility, read_plausibility
from senacs.observatory.plausibility.settings import PlausibilitySettings, load_plausibility
from senacs.structures.models import Structure

LEAST_WORDS = 3


def plausibility_settings() -> PlausibilitySettings:
    return load_plausibility(settings.DATA_DIR / "plausibility.yaml")


def standing_stops(release: Release) -> list[Stop]:
    """What stops the signature of a release today; nothing for one built before plausibility was kept."""
    plausibility = read_plausibility(release.name)
    if plausibility is None:
        return []
    return stops(plausibility, explained(release.campaign, plausibility), plausibility_settings())


def still_hiding(release: Release) -> StillHiding:
    """What unexplained doubtful values of a release hide today."""
    plausibility = read_plausibility(release.name)
    if plausibility is None:
        return StillHiding(0, ())
    return hiding_in(plausibility, explained(release.campaign, plausibility))


def explained(campaign: Campaign, plausibility: Plausibility) -> frozenset[str]:
    """Codes of the structures whose doubtful answers, as they are read here, both institutions have explained."""
    confirmed = DoubtExplanation.objects.filter(campaign=campaign, confirmed_at__isnull=False)
    digests = set(confirmed.values_list("structure__code", "digest"))
    return frozenset(
        code for code in doubtful_structures(plausibility) if (code, digest_of(plausibility.doubts_of(code))) in digests
    )


def doubtful_structures(plausibility: Plausibility) -> list[str]:
    return sorted({doubt.structure for doubt in plausibility.doubts})


def explanations_of(release: Release, plausibility: Plausibility) -> dict[str, DoubtExplanation]:
    """By structure code, the explanation that holds for what the release read, confirmed or not."""
    found = DoubtExplanation.objects.filter(
        campaign=release.campaign, structure__code__in=doubtful_structures(plausibility)
    )
    digests = {code: digest_of(plausibility.doubts_of(code)) for code in doubtful_structures(plausibility)}
    return {
        explanation.structure.code: explanation
        for explanation in found.select_related("structure", "written_by", "confirmed_by").order_by("pk")
        if digests[explanation.structure.code] == explanation.digest
    }


@transaction.atomic
def explain_doubts(*, release: Release, structures: Sequence[str], text: str, by: User) -> int:
    """One institution says why the doubtful answers of some structures are right; gives how many are now told.

    Replaces one's own explanation that waits. Raises Refused.
    """
    side = national_side(by)
    if not side:
        raise Refused("Seules la Cnaf et la Fcsf expliquent une réponse douteuse.")
    if len(text.split()) < LEAST_WORDS:
        raise Refused("Dites en une phrase ce qui explique ces valeurs.")
    plausibility = _open_to_explanations(release)
    known = Structure.objects.in_bulk(structures, field_name="code")
    for code in structures:
        doubts = plausibility.doubts_of(code)
        if not doubts or code not in known:
            raise Refused(f"La structure {code} n’a pas de réponse douteuse dans cette publication.")
        digest = digest_of(doubts)
        standing = DoubtExplanation.objects.select_for_update().filter(
            campaign=release.campaign, structure=known[code], digest=digest
        )
        if standing.filter(confirmed_at__isnull=False).exists():
            raise Refused(f"Les réponses de {known[code].name} sont déjà expliquées.")
        standing.delete()
        DoubtExplanation.objects.create(
            campaign=release.campaign,
            structure=known[code],
            digest=digest,
            text=text.strip(),
            side=side,
            written_by=by,
            written_at=clock.now(),
        )
    return len(structures)


@transaction.atomic
def confirm_explanations(*, release: Release, explanations: Sequence[int], by: User) -> int:
    """The other institution agrees; the method note of the release then tells it. Raises Refused."""
    side = national_side(by)
    if not side:
        raise Refused("Seules la Cnaf et la Fcsf confirment une explication.")
    _open_to_explanations(release)
    waiting = DoubtExplanation.objects.select_for_update().filter(
        pk__in=explanations, campaign=release.campaign, confirmed_at__isnull=True
    )
    told = list(waiting.order_by("pk"))
    if not told:
        raise Refused("Aucune explication n’attend votre confirmation.")
    if any(explanation.side == side for explanation in told):
        raise Refused("Une explication est confirmée par l’autre institution que celle qui l’a écrite.")
    waiting.update(confirmed_by=by, confirmed_at=clock.now())
    _write_down(release)
    return len(told)


def told_explanations(campaign: Campaign, name: str) -> list[dict[str, Any]]:
    """What the method note says of explained doubts: the figures they touch and why, never the structure."""
    plausibility = read_plausibility(name)
    if plausibility is None:
        return []
    lifted = explained(campaign, plausibility)
    told = []
    for explanation in (
        DoubtExplanation.objects.filter(campaign=campaign, structure__code__in=lifted, confirmed_at__isnull=False)
        .select_related("structure")
        .order_by("written_at", "pk")
    ):
        doubts = plausibility.doubts_of(explanation.structure.code)
        if digest_of(doubts) == explanation.digest:
            indicators = sorted({code for doubt in doubts for code in doubt.indicators})
            told.append({"text": explanation.text, "indicators": indicators})
    return told


def _open_to_explanations(release: Release) -> Plausibility:
    stored = Release.objects.select_for_update().get(pk=release.pk)
    if stored.state != ReleaseState.CANDIDATE:
        raise Refused("Seule une publication candidate s’explique.")
    if stored.signatures.exists():
        raise Refused("Une institution a déjà signé cette publication telle qu’elle est.")
    plausibility = read_plausibility(stored.name)
    if plausibility is None:
        raise Refused("Les réponses de cette publication ne se lisent plus : construisez la suivante.")
    return plausibility


def _write_down(release: Release) -> None:
    """Brings the method note and the manifest of a candidate to date: what is signed says what was explained."""
    stored = Release.objects.select_related("campaign").get(pk=release.pk)
    path = stored.directory / frozen_files.METHODOLOGY
    with kept(f"la méthode de la publication {stored.name}"):
        document = json.loads(path.read_text(encoding="utf-8"))
    document["explanations"] = told_explanations(stored.campaign, stored.name)
    frozen_files.write_json(document, path)
    stored.manifest = {**stored.manifest, "files": frozen_files.fingerprints(stored.directory)}
    noted = {key: stored.manifest[key] for key in ("release", "files", "changes") if key in stored.manifest}
    frozen_files.write_json(noted, stored.directory / frozen_files.MANIFEST)
    stored.save(update_fields=["manifest"])
    release.refresh_from_db()
