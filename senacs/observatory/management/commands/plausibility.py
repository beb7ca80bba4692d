"""`senacs plausibility RELEASE`: what a candidate’s figures owe to doubtful answers; ends in 1 while it waits."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from senacs.lib.french import plural
from senacs.observatory.models import Release
from senacs.observatory.plausibility.explanations import explained, plausibility_settings
from senacs.observatory.plausibility.gate import hiding_in, stops
from senacs.observatory.plausibility.reading import read_plausibility
from senacs.observatory.releases.plausibility_in_words import place_names, told_stop
from senacs.observatory.releases.reader import reader_for
from senacs.observatory.services import unvalidated_in_words


class Command(BaseCommand):
    help = "Dit quels chiffres clés d’une publication tiennent à des réponses douteuses ; sort en 1 s’il y en a."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("release", metavar="PUBLICATION", help="par exemple 2025-1")
        parser.add_argument("--structures", action="store_true", help="nomme les structures en cause")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["release"]
        releases = {release.name: release for release in Release.objects.select_related("campaign")}
        if name not in releases:
            raise CommandError(f"Aucune publication {name}.")
        plausibility = read_plausibility(name)
        if plausibility is None:
            raise CommandError(
                f"La vraisemblance de la publication {name} n’a pas été gardée : construisez-la de nouveau."
            )
        release = releases[name]
        told_away = explained(release.campaign, plausibility)
        found = stops(plausibility, told_away, plausibility_settings())
        hiding = hiding_in(plausibility, told_away)
        indicators, names = reader_for(release).indicators, place_names()
        for stop in found:
            told = told_stop(stop, indicators, names)
            line = f"{told.place}, {told.label} : {told.value} ; {told.without} {told.without_whom}"
            if options["structures"]:
                line += f" ({', '.join(told.structures)})"
            self.stdout.write(line)
        doubtful = {code for stop in found for code in stop.structures}
        self.stdout.write(
            f"{plural(len(found), 'chiffre clé tient', 'chiffres clés tiennent')} à "
            f"{plural(len(doubtful), 'réponse douteuse', 'réponses douteuses')}."
        )
        if hiding.structures:
            who = f" ({', '.join(hiding.structures)})" if options["structures"] else ""
            self.stdout.write(f"{hiding.in_words}{who}.")
        if left := unvalidated_in_words(release.campaign):
            self.stdout.write(f"Non comptées : {left}.")
        if found or hiding.structures:
            sys.exit(1)
