"""What waits for a person, under /attente/, and how they are written to."""

from django.urls import path

from senacs.web.agenda import calendars, extensions, follow_up, kept_words, passages, views

urlpatterns = [
    path("attente/", views.index, name="waiting"),
    path("attente/nombre/", views.count, name="waiting_count"),
    path("avancement/", follow_up.show, name="follow_up"),
    path("avancement/avancement.xlsx", follow_up.workbook, name="follow_up_workbook"),
    path("calendrier/", calendars.index, name="calendar"),
    path("calendrier/adresse/", calendars.address, name="calendar_address"),
    path("calendrier/<word:key>.ics", calendars.feed, name="calendar_feed"),
    path("delais/", extensions.index, name="extensions"),
    path("passages/", passages.show, name="passages"),
    path("textes-gardes/", kept_words.index, name="kept_words"),
    path("compte/lettres/", views.notices, name="account_notices"),
]
