"""Writes docs/states.md from the tables of states."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from senacs.web.state_tables import document


class Command(BaseCommand):
    help = "Écrit docs/states.md à partir des tables d’états."

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / "docs" / "states.md"
        path.write_text(document(), encoding="utf-8")
        self.stdout.write(f"{path.relative_to(settings.BASE_DIR)} écrit.")
