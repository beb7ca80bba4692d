"""`senacs first_admin EMAIL`: the link that opens the first national account; everything after is in the browser."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from senacs.accounts.beginning import invite_first
from senacs.accounts.enums import INSTITUTIONS, Side
from senacs.lib.refusals import Refused

SIDES = {name.lower(): side for side, name in INSTITUTIONS.items()}


class Command(BaseCommand):
    help = "Donne le lien qui ouvre le premier compte national d’un site vide ; la suite se fait dans le navigateur."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", metavar="COURRIEL", help="adresse de la personne")
        parser.add_argument("--institution", choices=sorted(SIDES), default=INSTITUTIONS[Side.CAF].lower())

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            invitation, link = invite_first(email=options["email"], side=SIDES[options["institution"]])
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"Lien d’une seule fois pour {invitation.email}, valable {settings.INVITATION_DAYS} jours :")
        self.stdout.write(link)
        self.stdout.write("Aucune lettre n’est partie : transmettez-le. Il donne le rôle à qui l’ouvre.")
