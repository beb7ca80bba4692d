"""`senacs check_answers`: every stored answer is one that its question can hold; no value is shown."""

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from senacs.collection.checking import impossible_answers
from senacs.lib.french import number, plural


class Command(BaseCommand):
    help = "Vérifie que chaque réponse gardée est possible pour sa question ; ne montre aucune valeur."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--annee", type=int, metavar="AAAA", help="une seule enquête, par son année")

    def handle(self, *args: Any, **options: Any) -> None:
        counts: Counter[tuple[int, str, str]] = Counter()
        responses = values = 0
        for checked in impossible_answers(year=options["annee"]):
            responses += 1
            values += checked.answers
            counts.update((checked.year, code, reason) for code, reason in checked.impossible.items())
        for (year, code, reason), found in sorted(counts.items()):
            self.stderr.write(f"{year}, {code} : {reason} ({plural(found, 'réponse')})")
        total = sum(counts.values())
        if total:
            raise CommandError(f"{plural(total, 'valeur impossible', 'valeurs impossibles')}.")
        self.stdout.write(
            f"{plural(responses, 'réponse vérifiée', 'réponses vérifiées')}, "
            f"{number(values)} valeurs : toutes sont possibles."
        )
