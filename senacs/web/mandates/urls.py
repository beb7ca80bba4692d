"""Mandates given by the institutions, under /mandats/."""

from django.urls import path

from senacs.web.mandates import people, views

urlpatterns = [
    path("", views.index, name="mandates"),
    path("liste/", views.bulk, name="mandates_list"),
    path("liste/a-remplir.csv", views.to_fill, name="mandates_list_to_fill"),
    path("recherche/", people.search, name="mandates_search"),
    path("confirmer/", people.reaffirm, name="mandates_reaffirm"),
    path("<slug:kind>/<number:pk>/", views.desk, name="mandates_desk"),
    path("<number:mandate>/", views.show, name="mandate"),
    path("<number:mandate>/transmettre/", views.transmit, name="mandate_hand_over"),
    path("<number:mandate>/prolonger/", views.renew, name="mandate_renew"),
    path("<number:mandate>/terminer/", views.end, name="mandate_end"),
    path("invitations/<number:invitation>/retirer/", views.withdraw, name="mandates_withdraw"),
]
