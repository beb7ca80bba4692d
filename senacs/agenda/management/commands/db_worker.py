"""`senacs db_worker`: the background work, with signs of life, the tasks of dead workers taken up, and `tick`."""

import os
from typing import Any

from django.core.management.base import CommandError
from django.db import connection
from django_tasks_db.management.commands import db_worker

from senacs.agenda.tasks import plan
from senacs.letters.tasks import resume
from senacs.lib import clock
from senacs.operation.metering import share_counts
from senacs.operation.models import Heartbeat
from senacs.operation.workers import Pulse


class Command(db_worker.Command):
    help = "Fait les travaux de fond trouvés dans la base, et reprend ceux d’un processus mort."

    def handle(self, *, worker_id: str, reload: bool, **options: Any) -> None:
        if reload and os.environ.get("RUN_MAIN") != "true":
            super().handle(worker_id=worker_id, reload=reload, **options)
            return
        if Heartbeat._meta.db_table not in connection.introspection.table_names():
            raise CommandError("La base n’a pas encore ses tables : « senacs install » les crée.")
        share_counts("worker")
        pulse = Pulse(worker_id)
        pulse.start()
        # Letters whose act was committed by a process that died before it could ask for their delivery.
        resume()
        plan(clock.now())
        try:
            super().handle(worker_id=worker_id, reload=reload, **options)
        finally:
            pulse.stop()
