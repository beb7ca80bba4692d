from django.apps import AppConfig


class ObservatoryConfig(AppConfig):
    name = "senacs.observatory"
    verbose_name = "Observatoire"
