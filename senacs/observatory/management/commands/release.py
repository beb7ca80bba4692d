"""`senacs release YEAR`: builds the release of a campaign, here or in the background; can sign and publish it."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import Progress

from senacs.accounts.enums import Side
from senacs.accounts.models import User
from senacs.campaigns.models import Campaign
from senacs.lib.french import percent, plural
from senacs.lib.refusals import Refused
from senacs.observatory import services
from senacs.observatory.enums import ReleaseState
from senacs.observatory.models import Release
from senacs.observatory.releases.build import BuildError, run_build
from senacs.observatory.releases.figures_check import run_check


class Command(BaseCommand):
    help = "Construit la publication d’une campagne : indicateurs, secret statistique, fichiers et empreintes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("year", type=int, metavar="ANNÉE", help="année de la campagne")
        parser.add_argument("--reason", default="", metavar="MOTIF", help="ce que corrige une nouvelle publication")
        parser.add_argument("--background", action="store_true", help="confie la construction aux tâches de fond")
        parser.add_argument("--publish", action="store_true", help="publie la candidate une fois construite")
        parser.add_argument("--cnaf", metavar="COURRIEL", help="signe pour la Cnaf au nom de cette personne")
        parser.add_argument("--fcsf", metavar="COURRIEL", help="signe pour la Fcsf au nom de cette personne")

    def handle(self, *args: Any, **options: Any) -> None:
        campaign = Campaign.objects.filter(year=options["year"]).first()
        if campaign is None:
            raise CommandError(f"Aucune campagne {options['year']}.")
        try:
            if options["background"]:
                self._enqueue(campaign, options)
                return
            given = ((Side.CAF, options["cnaf"]), (Side.FEDERATION, options["fcsf"]))
            signatories = [(side, self._signatory(email)) for side, email in given if email]
            release = self._build(campaign, options["reason"])
            if signatories:
                run_check(release)
            for side, signatory in signatories:
                services.sign_release(release=release, side=side, by=signatory, seal=release.seal)
            if options["publish"]:
                services.publish_release(release=release, by=None)
        except (Refused, BuildError) as error:
            raise CommandError(str(error)) from error
        self._show(release)

    def _enqueue(self, campaign: Campaign, options: dict[str, Any]) -> None:
        if options["cnaf"] or options["fcsf"] or options["publish"]:
            raise CommandError("Une publication se signe et se publie une fois construite : retirez --background.")
        release = services.build_release(campaign=campaign, by=None, reason=options["reason"])
        self.stdout.write(f"Publication {release.name} : en construction, suivie sur /national/publications/.")

    def _build(self, campaign: Campaign, reason: str) -> Release:
        """A build left unfinished by a kill goes on under its number."""
        waiting = Release.objects.filter(campaign=campaign, state=ReleaseState.BUILDING).first()
        release = waiting or services.create_release(campaign=campaign, by=None, reason=reason)
        with Progress(console=Console(file=sys.stdout), transient=True) as progress:
            bar = progress.add_task(f"Publication {release.name}", total=100)

            def report(done: int, step: str) -> None:
                progress.update(bar, completed=done, description=step)

            return run_build(release.pk, report)

    def _signatory(self, email: str) -> User:
        signatory = User.objects.filter(email__iexact=email).first()
        if signatory is None:
            raise CommandError(f"Aucun compte {email}.")
        return signatory

    def _show(self, release: Release) -> None:
        counts = release.manifest["suppression"]
        self.stdout.write(f"Publication {release.name} : {release.get_state_display().lower()}.")
        self.stdout.write(f"{plural(counts['cells'], 'chiffre')}, dont {percent(counts['hidden_percent'], 1)} masqués.")
        for entry in release.files:
            self.stdout.write(f"  {entry['sha256']}  {release.directory / entry['name']}")
