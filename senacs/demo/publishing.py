"""What the demonstration publishes: releases of past campaigns, signed by both sides, and some booklets."""

from collections.abc import Callable

from senacs.accounts.enums import Side
from senacs.accounts.models import User
from senacs.campaigns.models import Campaign
from senacs.demo.cast import DOMAIN
from senacs.demo.correcting import correct_left_over, explain_the_rest
from senacs.demo.editions import write_editions
from senacs.observatory.answers.groupings import LEAST_STRUCTURES, CommuneChoice, communes_to_choose, draw_grouping
from senacs.observatory.models import Release
from senacs.observatory.releases.build import run_build
from senacs.observatory.releases.figures_check import run_check
from senacs.observatory.services import create_release, publish_release, sign_release
from senacs.publication.documents.plaquettes import build_plaquette
from senacs.territories.models import Departement

Progress = Callable[[str, int, int], None]
# A large département, a middling one, a small one, one overseas: what booklets have to bear.
BOOKLETS = ("59", "69", "48", "974")
# Whose writings are read before the demonstration signs: all of them would take longer than all the rest.
READ = (("france", "FR"), ("region", "84"), *(("departement", code) for code in BOOKLETS))


def publish_demo(campaigns: list[Campaign], *, releases: int, progress: Progress) -> Release | None:
    """Releases the last closed campaigns, oldest first; returns the last release."""
    _draw_groupings()
    cnaf, fcsf = (User.objects.get(email=f"{name}@{DOMAIN}") for name in ("cnaf", "fcsf"))
    release = None
    for campaign in (campaigns[:-1] or campaigns)[-releases:]:
        title = f"Publication {campaign.year}"
        correct_left_over(campaign)
        release = create_release(campaign=campaign, by=None)
        release = run_build(release.pk, _reporting(progress, title))
        explain_the_rest(release, cnaf=cnaf, fcsf=fcsf)
        run_check(release, READ)
        sign_release(release=release, side=Side.CAF, by=cnaf, seal=release.seal)
        sign_release(release=release, side=Side.FEDERATION, by=fcsf, seal=release.seal)
        release = publish_release(release=release, by=cnaf)
        progress(title, 100, 100)
    if release is not None:
        for number, code in enumerate(BOOKLETS, start=1):
            build_plaquette(release=release, level="departement", code=code)
            progress("Plaquettes", number, len(BOOKLETS) + 1)
        write_editions(release)
        progress("Plaquettes", len(BOOKLETS) + 1, len(BOOKLETS) + 1)
    return release


def _draw_groupings() -> None:
    """Two groupings of the Nord, each of two neighbouring intercommunalités in order of size, the largest one apart."""
    departement = Departement.objects.filter(pk=BOOKLETS[0]).first()
    member = User.objects.filter(email=f"copil-caf-{BOOKLETS[0]}@{DOMAIN}").first()
    if departement is None or member is None:
        return
    by_epci: dict[str, list[CommuneChoice]] = {}
    for choice in communes_to_choose(departement):
        by_epci.setdefault(choice.epci, []).append(choice)
    ranked = sorted(by_epci.values(), key=lambda own: (-sum(choice.structures for choice in own), own[0].epci))
    for pair in (ranked[1:3], ranked[3:5]):
        chosen = [choice for own in pair for choice in own]
        if sum(choice.structures for choice in chosen) >= LEAST_STRUCTURES:
            largest = max(chosen, key=lambda choice: choice.structures)
            codes = [choice.code for choice in chosen]
            draw_grouping(departement=departement, name=f"Bassin de {largest.name}", communes=codes, by=member)


def _reporting(progress: Progress, title: str) -> Callable[[int, str], None]:
    return lambda percent, _step: progress(title, percent, 100)
