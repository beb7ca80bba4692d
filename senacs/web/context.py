"""What every template finds under `site`: demonstration marks, navigation by role, whether accounts exist here."""

from django.conf import settings
from django.http import HttpRequest

from senacs.web.navigation import Site


def site(request: HttpRequest) -> dict[str, object]:
    return {"site": Site(request, demo=settings.DEMO, accounts=settings.SITE == "complet")}
