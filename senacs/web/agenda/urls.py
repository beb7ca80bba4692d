"""What waits for a person, under /attente/, and how they are written to."""

from django.urls import path

from senacs.web.agenda import calendars, extensions, follow_up, kept_words, passages, sessions, views

urlpatterns = [
    path("attente/", views.index, name="waiting"),
    path("attente/nombre/", views.count, name="waiting_count"),
    path("avancement/", follow_up.show, name="follow_up"),
    path("avancement/avancement.xlsx", follow_up.workbook, name="follow_up_workbook"),
    path("calendrier/", calendars.index, name="calendar"),
    path("calendrier/adresse/", calendars.address, name="calendar_address"),
    path("calendrier/<word:key>.ics", calendars.feed, name="calendar_feed"),
    path("delais/", extensions.index, name="extensions"),
    path("seances/", sessions.index, name="group_sessions"),
    path("seances/nouvelle/", sessions.propose, name="group_session_propose"),
    path("seances/<number:group_session>/", sessions.show, name="group_session"),
    path("seances/<number:group_session>/seance.ics", sessions.calendar_file, name="group_session_file"),
    path("seances/<number:group_session>/presences/", sessions.presence, name="group_session_presence"),
    path("seances/<number:group_session>/annulation/", sessions.cancel, name="group_session_cancel"),
    path("passages/", passages.show, name="passages"),
    path("textes-gardes/", kept_words.index, name="kept_words"),
    path("compte/lettres/", views.notices, name="account_notices"),
]
