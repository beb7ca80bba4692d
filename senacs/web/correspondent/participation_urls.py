"""Delays asked by structures, under /suivi/ too."""

from django.urls import path

from senacs.web.correspondent import participation

urlpatterns = [path("<int:pk>/delai/<int:asked>/", participation.decide, name="suivi_extension")]
