from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "senacs.demo"
    verbose_name = "Démonstration"
