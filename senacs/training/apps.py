from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "senacs.training"
    verbose_name = "Terrain d’exercice"
