"""The life of the register, under /registre/."""

from django.urls import path

from senacs.web.register import views

urlpatterns = [
    path("", views.index, name="registry"),
    path("nouvelle/", views.create, name="registry_new"),
    path("au-jour/", views.day, name="registry_day"),
    path("au-jour/registre.csv", views.day_csv, name="registry_day_csv"),
    path("propositions/<number:proposal>/", views.proposal, name="registry_proposal"),
    path("propositions/<number:proposal>/refuser/", views.refuse_proposal, name="registry_refuse"),
    path("lieux/<number:site>/fermer/", views.site, name="registry_site"),
    path("<number:structure>/", views.entry, name="registry_entry"),
    path("<number:structure>/<slug:act>/", views.act, name="registry_act"),
]
