"""Delays asked by structures, under /suivi/ too."""

from django.urls import path

from senacs.web.correspondent import participation

urlpatterns = [path("<number:pk>/delai/<number:asked>/", participation.decide, name="suivi_extension")]
