from django.apps import AppConfig

from senacs.operation.forks import protect_forks


class OperationConfig(AppConfig):
    name = "senacs.operation"
    verbose_name = "Exploitation"

    def ready(self) -> None:
        protect_forks()
        # Models of the queue are known once every application is.
        from senacs.operation.metering import watch_locks
        from senacs.operation.queue import watch_tasks

        watch_locks()
        watch_tasks()
