from django.apps import AppConfig


class EnquiriesConfig(AppConfig):
    name = "senacs.enquiries"
    verbose_name = "Questions locales et enquêtes flash"
