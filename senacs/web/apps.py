from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.urls import register_converter

from senacs.web.incoming import CONVERTERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from senacs.observatory.models import Release
    from senacs.observatory.releases.figures_check import HeldTogether, Progress
    from senacs.territories.queries import Territory


class WebConfig(AppConfig):
    name = "senacs.web"
    verbose_name = "Site"

    def ready(self) -> None:
        for name, converter in CONVERTERS.items():
            register_converter(converter, name)
        # What they do is known once every model is.
        from senacs.observatory.releases.figures_check import lay
        from senacs.web.jobs import lay_kinds
        from senacs.web.security_events import watch_accounts

        lay_kinds()
        watch_accounts()
        lay(_read_release)


def _read_release(release: "Release", places: "Sequence[Territory]", progress: "Progress") -> "HeldTogether":
    # Every page and document is made there: whoever starts the site for another end does without them.
    from senacs.web.one_value import check_release

    return check_release(release, places, progress)
