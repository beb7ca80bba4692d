"""Entry by a structure, under /saisie/."""

from django.urls import path

from senacs.web.structure import sending, views

urlpatterns = [
    path("", views.home, name="saisie"),
    path("<int:pk>/", views.show_dashboard, name="saisie_dashboard"),
    path("<int:pk>/preparation/", views.preparation, name="saisie_preparation"),
    path("<int:pk>/rubrique/<slug:code>/", views.section, name="saisie_section"),
    path("<int:pk>/valeurs/", views.autosave, name="saisie_autosave"),
    path("<int:pk>/verifier/", sending.review, name="saisie_review"),
    path("<int:pk>/envoyee/", sending.confirmation, name="saisie_sent"),
    path("<int:pk>/reponses/", sending.answers, name="saisie_answers"),
    path("<int:pk>/copie.<str:format>", sending.copy, name="saisie_copy"),
]
