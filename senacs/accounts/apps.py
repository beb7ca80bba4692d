from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "senacs.accounts"
    verbose_name = "Comptes et habilitations"
