"""Pages on the site itself, open to everyone on both kinds of site."""

from django.urls import path

from senacs.web import health
from senacs.web.account import own_data, views

urlpatterns = [
    path("charte/", views.charte, name="charte"),
    path("donnees-personnelles/", own_data.processing, name="processing"),
    path("accessibilite/", views.accessibility, name="accessibility"),
    path("a-propos/", views.about, name="about"),
    path("sante", health.show, name="health"),
    path("pret", health.ready, name="ready"),
]
