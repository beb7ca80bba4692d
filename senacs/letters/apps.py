from django.apps import AppConfig


class LettersConfig(AppConfig):
    name = "senacs.letters"
    verbose_name = "Lettres"
