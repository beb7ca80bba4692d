from django.apps import AppConfig


class TerritoriesConfig(AppConfig):
    name = "senacs.territories"
    verbose_name = "Territoires"
