"""Follow-up by the correspondents, under /suivi/."""

from django.urls import path

from senacs.web.correspondent import questions, views

urlpatterns = [
    path("", views.home, name="suivi"),
    path("questions/", questions.index, name="suivi_questions"),
    path("questions/<int:pk>/<str:act>/", questions.act, name="suivi_question"),
    path("relances/", views.remind, name="suivi_remind"),
    path("<int:pk>/", views.show, name="suivi_response"),
    path("<int:pk>/historique/<slug:code>/", views.history, name="suivi_history"),
    path("<int:pk>/<str:act>/", views.act_on_response, name="suivi_act"),
    path("signalement/<int:pk>/<str:act>/", views.judge_flag, name="suivi_judge"),
]
