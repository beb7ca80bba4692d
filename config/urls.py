"""The URLs of the whole site, by audience."""

from django.urls import URLPattern, URLResolver, include, path

from senacs.web import measures

handler400 = "senacs.web.errors.bad_request"
handler500 = "senacs.web.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    # First what is asked most, on the last evening of a campaign.
    path("", include("senacs.web.structure.urls")),
    path("", include("senacs.web.public.urls")),
    path("", include("senacs.web.account.public_urls")),
    path("", include("senacs.web.account.urls")),
    path("", include("senacs.web.agenda.urls")),
    path("guide/", include("senacs.web.guide.urls")),
    path("metriques", measures.show, name="measures"),
    path("api/", include("senacs.web.api.urls")),
    path("questionnaire/", include("senacs.web.questionnaire.urls")),
    path("suivi/", include("senacs.web.correspondent.urls")),
    path("formation/", include("senacs.web.training.urls")),
    path("enquetes/", include("senacs.web.enquiries.urls")),
    path("mandats/", include("senacs.web.mandates.urls")),
    path("registre/", include("senacs.web.register.urls")),
    path("tables/", include("senacs.web.tables.urls")),
    path("national/", include("senacs.web.national.urls")),
    path("copil/", include("senacs.web.copil.urls")),
]
