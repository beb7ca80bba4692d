"""`senacs invite_people FILE`: the people of a list, each invited by a letter; roles held already are left alone."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from senacs.accounts.people_lists import COLUMNS, invite_list
from senacs.lib.french import plural
from senacs.lib.refusals import Refused


class Command(BaseCommand):
    help = "Invite des personnes d’après un fichier CSV : " + ", ".join(COLUMNS) + ". Tout est fait, ou rien."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FICHIER", help="CSV en UTF-8, séparé par des points-virgules")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            text = options["file"].read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{options['file']} ne se lit pas : {error}") from error
        try:
            report = invite_list(text=text, by=None)
        except Refused as refusal:
            raise CommandError("\n".join([refusal.message, *refusal.details])) from refusal
        self.stdout.write(f"{plural(report.invited, 'personne invitée', 'personnes invitées')}.")
        for told in report.held:
            self.stdout.write(told)
