from django.apps import AppConfig


class CollectionConfig(AppConfig):
    name = "senacs.collection"
    verbose_name = "Collecte"
