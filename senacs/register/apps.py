from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "senacs.register"
    verbose_name = "Vie du registre"
