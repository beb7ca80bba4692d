"""`senacs tick`: what is due at its date, for a machine whose cron or timer calls it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from senacs.agenda.tick import run_tick


class Command(BaseCommand):
    help = "Fait ce qui est dû à sa date : phases, lettres du jour, fins de mandat, durées de conservation."

    def handle(self, *args: Any, **options: Any) -> None:
        passage = run_tick()
        for job in passage.jobs:
            for sentence in job["told"]:
                self.stdout.write(f"{job['job']} : {sentence}")
        if not passage.did_something:
            self.stdout.write("Rien n’était dû.")
        if passage.has_failed:
            raise CommandError("Un travail au moins n’a pas pu se faire ; les autres sont faits.")
