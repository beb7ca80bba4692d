"""The questionnaire itself, for everyone signed in, under /questionnaire/."""

from django.urls import path

from senacs.web.questionnaire import views

urlpatterns = [
    path("", views.index, name="questionnaires"),
    path("<slug:code>/changements/", views.changes, name="questionnaire_changes"),
    path("<slug:code>/<slug:stem>.xlsx", views.workbook, name="questionnaire_workbook"),
]
