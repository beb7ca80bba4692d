from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "senacs.web"
    verbose_name = "Site"
