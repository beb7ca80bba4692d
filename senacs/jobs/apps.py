from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "senacs.jobs"
    verbose_name = "Travaux demandés"
