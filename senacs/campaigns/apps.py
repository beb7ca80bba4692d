from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "senacs.campaigns"
    verbose_name = "Campagnes"
