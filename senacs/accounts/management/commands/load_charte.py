"""Publishes the versions of the charter found in data/reference."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from senacs.accounts.services import load_charte


class Command(BaseCommand):
    help = "Publie les versions de la charte (data/reference/charte-<numéro>.md)."

    def handle(self, *args: Any, **options: Any) -> None:
        for version in load_charte(directory=settings.DATA_DIR / "reference"):
            self.stdout.write(f"{version} : publiée le {version.published_at:%d/%m/%Y}")
