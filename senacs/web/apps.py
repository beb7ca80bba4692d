from django.apps import AppConfig
from django.urls import register_converter

from senacs.web.incoming import CONVERTERS


class WebConfig(AppConfig):
    name = "senacs.web"
    verbose_name = "Site"

    def ready(self) -> None:
        for name, converter in CONVERTERS.items():
            register_converter(converter, name)
        # What they do is known once every model is.
        from senacs.observatory.releases.figures_check import lay
        from senacs.web.jobs import lay_kinds
        from senacs.web.one_value import check_release
        from senacs.web.security_events import watch_accounts

        lay_kinds()
        watch_accounts()
        lay(check_release)
