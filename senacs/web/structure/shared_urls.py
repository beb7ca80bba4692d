"""Fiches that structures share by a link, under /fiche/."""

from django.urls import path

from senacs.web.structure import fiche

urlpatterns = [
    path("<word:token>/", fiche.shared, name="shared_fiche"),
    path("<word:token>/fiche.pdf", fiche.shared_paper, name="shared_fiche_pdf"),
]
