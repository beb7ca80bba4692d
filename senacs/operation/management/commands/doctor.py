"""`senacs doctor`: what stands wrong in this installation, and how to mend it."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from senacs.operation.diagnosis import examine_installation
from senacs.operation.health import Health

MARKS = {Health.WELL: "bien  ", Health.DEGRADED: "à voir", Health.DOWN: "PANNE "}


class Command(BaseCommand):
    requires_system_checks = []
    help = "Examine l’installation : réglages, dossiers, base, horloge, courrier, travaux de fond, sauvegardes."

    def handle(self, *args: Any, **options: Any) -> None:
        found = examine_installation()
        for one in found:
            self.stdout.write(f"{MARKS[one.health]}  {one.label} : {one.said}")
            if one.remedy:
                self.stdout.write(f"        → {one.remedy}")
        if any(one.health is Health.DOWN for one in found):
            sys.exit(1)
