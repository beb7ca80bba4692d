from django.apps import AppConfig


class AgendaConfig(AppConfig):
    name = "senacs.agenda"
    verbose_name = "Agenda"
