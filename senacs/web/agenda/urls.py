"""What waits for a person, under /attente/, and how they are written to."""

from django.urls import path

from senacs.web.agenda import views

urlpatterns = [
    path("attente/", views.index, name="waiting"),
    path("attente/nombre/", views.count, name="waiting_count"),
    path("compte/lettres/", views.notices, name="account_notices"),
]
