"""Tables of a territory before and after publication, and the raw data of those in charge, under /tables/."""

from django.urls import path

from senacs.web.tables import groupings, preparation, views

urlpatterns = [
    path("", views.home, name="tables"),
    path("territoire/<str:level>/<str:code>/", views.show_territory, name="tables_territory"),
    path("territoire/<str:level>/<str:code>/tableaux.xlsx", views.territory_workbook, name="tables_territory_workbook"),
    path("<str:code>/", views.show, name="tables_departement"),
    path("<str:code>/tableaux.xlsx", views.workbook, name="tables_workbook"),
    path("<str:code>/regroupements/", groupings.show, name="groupings"),
    path("<str:code>/regroupements/<int:number>/clore/", groupings.close, name="grouping_close"),
    path("<str:code>/preparation/", preparation.show, name="preparation"),
    path("<str:code>/preparation/nommer/", preparation.name, name="preparation_name"),
    path("<str:code>/preparation/<int:mandate>/terminer/", preparation.end, name="preparation_end"),
    path("<str:code>/donnees/", preparation.extracts, name="extracts"),
]
