"""Follow-up by the correspondents, under /suivi/."""

from django.urls import path

from senacs.web.correspondent import demandes, participation, questions, reminders, views

urlpatterns = [
    path("", views.home, name="suivi"),
    path("questions/", questions.index, name="suivi_questions"),
    path("questions/<number:pk>/<word:act>/", questions.act, name="suivi_question"),
    path("relances/", reminders.index, name="suivi_remind"),
    path("relances/<number:pk>/retirer/", reminders.take_back, name="suivi_remind_take_back"),
    path("demandes/", demandes.index, name="suivi_queries"),
    path("demandes/<number:pk>/<word:act>/", demandes.act, name="suivi_query_act"),
    path("validation/", demandes.validate_chosen, name="suivi_validate_chosen"),
    path("signalement/<number:pk>/lever/", demandes.waive, name="suivi_waive"),
    path("signalement/<number:pk>/passer/", demandes.pass_over, name="suivi_pass"),
    path("<number:pk>/reponse/<slug:code>/", demandes.cell, name="suivi_cell"),
    path("<number:pk>/", views.show, name="suivi_response"),
    path("<number:pk>/historique/<slug:code>/", views.history, name="suivi_history"),
    path("<number:pk>/delai/<number:asked>/", participation.decide, name="suivi_extension"),
    path("<number:pk>/<word:act>/", views.act_on_response, name="suivi_act"),
    path("signalement/<number:pk>/<word:act>/", views.judge_flag, name="suivi_judge"),
]
