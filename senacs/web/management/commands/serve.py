"""`senacs serve`: the site and its background worker on one machine, stopped together."""

import subprocess
import sys
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from granian import Granian
from granian.constants import Interfaces

from senacs.lib.background import reap_abandoned_tasks


class Command(BaseCommand):
    help = "Sert le site (granian) avec un processus pour les travaux de fond."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--address", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=2)
        parser.add_argument("--threads", type=int, default=4, help="fils d'exécution par processus")

    def handle(self, *args: Any, **options: Any) -> None:
        # This command is the machine's only worker: whatever is still marked RUNNING was killed with it.
        reaped = reap_abandoned_tasks(older_than=timedelta(0))
        if reaped:
            self.stdout.write(f"{reaped} travaux interrompus reprennent.")
        worker = subprocess.Popen([sys.executable, "-m", "config.cli", "db_worker", "--no-reload"])
        self.stdout.write(self.style.SUCCESS(f"SENACS écoute sur http://{options['address']}:{options['port']}/"))
        if settings.DEMO:
            self.stdout.write("Démonstration : les identifiants sont affichés sur la page de connexion.")
        try:
            Granian(
                "config.wsgi:application",
                address=options["address"],
                port=options["port"],
                interface=Interfaces.WSGI,
                workers=options["workers"],
                blocking_threads=options["threads"],
                respawn_failed_workers=True,
            ).serve()
        finally:
            worker.terminate()
            worker.wait(timeout=30)
