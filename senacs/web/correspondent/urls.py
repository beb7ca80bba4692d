"""Follow-up by the correspondents, under /suivi/."""

from django.urls import path

from senacs.web.correspondent import queries, questions, views

urlpatterns = [
    path("", views.home, name="suivi"),
    path("questions/", questions.index, name="suivi_questions"),
    path("questions/<int:pk>/<str:act>/", questions.act, name="suivi_question"),
    path("relances/", views.remind, name="suivi_remind"),
    path("demandes/", queries.index, name="suivi_queries"),
    path("demandes/<int:pk>/<str:act>/", queries.act, name="suivi_query_act"),
    path("validation/", queries.validate_chosen, name="suivi_validate_chosen"),
    path("signalement/<int:pk>/lever/", queries.waive, name="suivi_waive"),
    path("signalement/<int:pk>/passer/", queries.pass_over, name="suivi_pass"),
    path("<int:pk>/reponse/<slug:code>/", queries.cell, name="suivi_cell"),
    path("<int:pk>/", views.show, name="suivi_response"),
    path("<int:pk>/historique/<slug:code>/", views.history, name="suivi_history"),
    path("<int:pk>/<str:act>/", views.act_on_response, name="suivi_act"),
    path("signalement/<int:pk>/<str:act>/", views.judge_flag, name="suivi_judge"),
]
