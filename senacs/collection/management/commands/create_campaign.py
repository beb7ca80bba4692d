"""`senacs create_campaign VERSION`: the year's campaign, every active structure invited, its response opened."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from senacs.campaigns.models import Campaign
from senacs.campaigns.services import create_campaign, invite_structures
from senacs.collection.services import open_responses
from senacs.lib.french import plural
from senacs.lib.refusals import Refused
from senacs.questionnaire.models import QuestionnaireVersion


class Command(BaseCommand):
    help = "Prépare la campagne d’une version du questionnaire et y invite les structures agréées."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("version", metavar="VERSION", help="code de la version, par exemple senacs-2026")
        for name, text in (("du", "ouverture"), ("au", "clôture"), ("controle", "fin du contrôle")):
            parser.add_argument(f"--{name}", required=True, type=date.fromisoformat, metavar="AAAA-MM-JJ", help=text)

    def handle(self, *args: Any, **options: Any) -> None:
        version = QuestionnaireVersion.objects.filter(code=options["version"]).first()
        if version is None:
            raise CommandError(f"Aucune version {options['version']} : chargez-la avec senacs load_questionnaire.")
        dates = {"opens_on": options["du"], "closes_on": options["au"], "review_ends_on": options["controle"]}
        try:
            with transaction.atomic():
                # Run again after the register was completed, it invites those who came since.
                campaign = Campaign.objects.filter(version=version).first()
                campaign = campaign or create_campaign(version=version, by=None, **dates)
                invited = invite_structures(campaign=campaign, by=None)
                open_responses(campaign=campaign)
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"{campaign} : {plural(invited, 'structure invitée', 'structures invitées')}.")
        self.stdout.write("L’équipe nationale ouvre la saisie sur /national/.")
