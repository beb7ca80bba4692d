from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "senacs.exchange"
    verbose_name = "Échanges"
