"""What every template finds under `frame`: demonstration marks, navigation by role, whether accounts exist here."""

from django.conf import settings
from django.http import HttpRequest

from senacs.web.navigation import Frame


def frame(request: HttpRequest) -> dict[str, object]:
    # Not « site »: allauth's pages put the domain under that name.
    return {"frame": Frame(request, demo=settings.DEMO, accounts=settings.SITE == "complet")}
