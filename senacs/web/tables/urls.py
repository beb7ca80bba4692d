"""Tables of a territory before and after publication, and the raw data of those in charge, under /tables/."""

from django.urls import path

from senacs.web.tables import groupings, preparation, views

urlpatterns = [
    path("", views.home, name="tables"),
    path("territoire/<word:level>/<word:code>/", views.show_territory, name="tables_territory"),
    path(
        "territoire/<word:level>/<word:code>/tableaux.xlsx", views.territory_workbook, name="tables_territory_workbook"
    ),
    path("<word:code>/", views.show, name="tables_departement"),
    path("<word:code>/tableaux.xlsx", views.workbook, name="tables_workbook"),
    path("<word:code>/regroupements/", groupings.show, name="groupings"),
    path("<word:code>/regroupements/<number:number>/clore/", groupings.close, name="grouping_close"),
    path("<word:code>/preparation/", preparation.show, name="preparation"),
    path("<word:code>/preparation/nommer/", preparation.name, name="preparation_name"),
    path(
        "<word:code>/preparation/invitation/<number:invitation>/reprendre/",
        preparation.withdraw,
        name="preparation_withdraw",
    ),
    path("<word:code>/preparation/<number:mandate>/terminer/", preparation.end, name="preparation_end"),
    path("<word:code>/donnees/", preparation.extracts, name="extracts"),
]
