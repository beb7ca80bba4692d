"""Entry by a structure, under /saisie/."""

from django.urls import path

from senacs.web.structure import (
    agreements,
    asking,
    fiche,
    hints,
    ledger,
    queries,
    secrecy,
    sending,
    tables,
    team,
    views,
)

urlpatterns = [
    path("", views.home, name="saisie"),
    path("aide/", views.help_page, name="saisie_help"),
    path("accords/", agreements.index, name="saisie_agreements"),
    path("accords/<int:agreement>/", agreements.answer, name="saisie_agreement"),
    path("equipe/", team.show, name="saisie_team"),
    path("equipe/<int:structure>/inviter/", team.invite, name="saisie_team_invite"),
    path("equipe/retirer/<int:mandate>/", team.remove, name="saisie_team_remove"),
    path("<int:pk>/", views.show_dashboard, name="saisie_dashboard"),
    path("<int:pk>/preparation/", views.preparation, name="saisie_preparation"),
    path("<int:pk>/rubrique/<slug:code>/", views.section, name="saisie_section"),
    path("<int:pk>/question/<slug:code>/", asking.ask, name="saisie_ask"),
    path("<int:pk>/demandes/", queries.index, name="saisie_queries"),
    path("demandes/<int:pk>/<str:act>/", queries.act, name="saisie_query_act"),
    path("points/<int:pk>/confirmer/", queries.confirm, name="saisie_confirm"),
    path("<int:pk>/valeurs/", views.autosave, name="saisie_autosave"),
    path("<int:pk>/pistes/", hints.show, name="saisie_hints"),
    path("<int:pk>/verifier/", sending.review, name="saisie_review"),
    path("<int:pk>/envoyee/", sending.confirmation, name="saisie_sent"),
    path("<int:pk>/reponses/", sending.answers, name="saisie_answers"),
    path("<int:pk>/copie.<str:format>", sending.copy, name="saisie_copy"),
    path("<int:pk>/acces/", ledger.show, name="saisie_ledger"),
    path("<int:pk>/secret/", secrecy.show, name="saisie_secrecy"),
    path("<int:pk>/tableaux/", tables.show, name="saisie_tables"),
    path("<int:pk>/tableaux.xlsx", tables.workbook, name="saisie_tables_xlsx"),
    path("<int:pk>/fiche/", fiche.show, name="fiche"),
    path("<int:pk>/fiche/fiche.pdf", fiche.paper, name="fiche_pdf"),
    path("<int:pk>/fiche/texte/", fiche.write, name="fiche_text"),
    path("<int:pk>/fiche/liens/", fiche.share, name="fiche_share"),
    path("<int:pk>/fiche/liens/<int:link>/revoquer/", fiche.revoke, name="fiche_revoke"),
]
