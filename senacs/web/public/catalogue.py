"""/catalogue.jsonld: the published releases as DCAT-AP, for portals of open data."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from senacs.observatory.models import Release
from senacs.observatory.releases.formats import dcat
from senacs.observatory.releases.reader import published_releases


@login_not_required
@require_safe
def catalogue(request: HttpRequest) -> JsonResponse:
    home = request.build_absolute_uri(reverse("publications"))

    def file_url(release: Release, name: str) -> str:
        arguments = {"year": release.campaign.year, "number": release.number, "name": name}
        return request.build_absolute_uri(reverse("release_file", kwargs=arguments))

    document = dcat.catalogue(
        published_releases(), home=home, dataset_url=lambda r: f"{home}#publication-{r.name}", file_url=file_url
    )
    return JsonResponse(
        document, content_type="application/ld+json", json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
