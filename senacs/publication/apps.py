from django.apps import AppConfig


class PublicationConfig(AppConfig):
    name = "senacs.publication"
    verbose_name = "Publications"
