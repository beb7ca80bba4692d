from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "senacs.audit"
    verbose_name = "Journal des actes"
