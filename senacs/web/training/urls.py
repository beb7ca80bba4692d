"""The training ground, under /formation/."""

from django.urls import path

from senacs.web.training import views

urlpatterns = [
    path("", views.index, name="training"),
    path("recommencer/", views.restart, name="training_restart"),
    path("exercice/<slug:exercise>/", views.exercise, name="training_exercise"),
]
