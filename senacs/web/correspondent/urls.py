"""Follow-up by the correspondents, under /suivi/."""

from django.urls import path

from senacs.web.correspondent import queries, questions, views

urlpatterns = [
    path("", views.home, name="suivi"),
    path("questions/", questions.index, name="suivi_questions"),
    path("questions/<number:pk>/<word:act>/", questions.act, name="suivi_question"),
    path("relances/", views.remind, name="suivi_remind"),
    path("demandes/", queries.index, name="suivi_queries"),
    path("demandes/<number:pk>/<word:act>/", queries.act, name="suivi_query_act"),
    path("validation/", queries.validate_chosen, name="suivi_validate_chosen"),
    path("signalement/<number:pk>/lever/", queries.waive, name="suivi_waive"),
    path("signalement/<number:pk>/passer/", queries.pass_over, name="suivi_pass"),
    path("<number:pk>/reponse/<slug:code>/", queries.cell, name="suivi_cell"),
    path("<number:pk>/", views.show, name="suivi_response"),
    path("<number:pk>/historique/<slug:code>/", views.history, name="suivi_history"),
    path("<number:pk>/<word:act>/", views.act_on_response, name="suivi_act"),
    path("signalement/<number:pk>/<word:act>/", views.judge_flag, name="suivi_judge"),
]
