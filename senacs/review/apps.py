from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "senacs.review"
    verbose_name = "Contrôle de cohérence"
