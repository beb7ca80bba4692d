from django.apps import AppConfig

from senacs.operation.forks import protect_forks


class OperationConfig(AppConfig):
    name = "senacs.operation"
    verbose_name = "Exploitation"

    def ready(self) -> None:
        protect_forks()
