"""`senacs check_words`: kept texts that seem to designate a person, and why each was kept; no text is shown whole."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from senacs.accounts.words import naming_rows
from senacs.lib.french import joined, plural


class Command(BaseCommand):
    help = "Cherche dans les textes gardés ce qui désigne une personne ; dit le motif donné, ne montre aucun texte."

    def handle(self, *args: Any, **options: Any) -> None:
        unexplained = 0
        for column, pk, found, reason in naming_rows():
            unexplained += not reason
            self.stderr.write(f"{column}, ligne {pk} : {joined(found)} ({reason or 'sans motif'})")
        if unexplained:
            raise CommandError(f"{plural(unexplained, 'texte')} sans motif.")
        self.stdout.write("Aucun texte gardé sans motif ne semble désigner une personne.")
