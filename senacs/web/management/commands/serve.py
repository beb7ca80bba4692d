"""`senacs serve`: the site and its background worker on one machine, kept running and stopped together."""

import os
import socket
from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from senacs.operation import programs
from senacs.operation.supervision import FailedToStart, Say, Supervisor


class Command(BaseCommand):
    """It never opens the database: what it starts opens its own."""

    # The worker, which is started at once, makes them; here they would load the whole site for nothing.
    requires_system_checks = []
    help = "Sert le site (granian) avec un processus pour les travaux de fond ; relance celui qui s’arrête."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--address", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=2, help="processus qui servent les pages")
        parser.add_argument("--threads", type=int, default=4, help="fils d’exécution par processus")
        parser.add_argument(
            "--sans-travail-de-fond",
            action="store_true",
            help="le site seul : d’autres machines, ou « senacs db_worker », font les travaux de fond",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        address, port = options["address"], options["port"]
        if not programs.is_free(address, port):
            raise CommandError(f"Le port {port} de {address} est déjà pris ou interdit : choisissez-en un avec --port.")
        if not programs.are_assets_built():
            raise CommandError(
                f"Les feuilles de style manquent dans {settings.VAR_DIR} : « senacs install » les construit."
            )
        if settings.DEMO:
            # Letters of a demonstration lead where it is served.
            os.environ.setdefault("SENACS_PUBLIC_URL", f"http://{address}:{port}")
        run = [programs.web(address=address, port=port, workers=options["workers"], threads=options["threads"])]
        if settings.SITE == "complet" and not options["sans_travail_de_fond"]:
            run.append(programs.worker())
        announce = _Announcement(address, port, self._say)
        try:
            Supervisor(run, say=self._say, meanwhile=announce).run()
        except FailedToStart as failure:
            raise CommandError(str(failure)) from failure

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()


class _Announcement:
    """Says where the site answers, once it does."""

    def __init__(self, address: str, port: int, say: Say) -> None:
        self._where, self._say, self._made = (address, port), say, False

    def __call__(self) -> None:
        if self._made:
            return
        with suppress(OSError), socket.create_connection(self._where, timeout=1):
            self._made = True
            self._say(f"SENACS écoute sur http://{self._where[0]}:{self._where[1]}/")
            if settings.DEMO:
                self._say("Démonstration : les identifiants sont affichés sur la page de connexion.")
