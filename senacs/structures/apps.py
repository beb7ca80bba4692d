from django.apps import AppConfig


class StructuresConfig(AppConfig):
    name = "senacs.structures"
    verbose_name = "Structures"
