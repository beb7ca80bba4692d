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
    path("accords/<number:agreement>/", agreements.answer, name="saisie_agreement"),
    path("equipe/", team.show, name="saisie_team"),
    path("equipe/<number:structure>/inviter/", team.invite, name="saisie_team_invite"),
    path("equipe/retirer/<number:mandate>/", team.remove, name="saisie_team_remove"),
    path("<number:pk>/", views.show_dashboard, name="saisie_dashboard"),
    path("<number:pk>/preparation/", views.preparation, name="saisie_preparation"),
    path("<number:pk>/rubrique/<slug:code>/", views.section, name="saisie_section"),
    path("<number:pk>/question/<slug:code>/", asking.ask, name="saisie_ask"),
    path("<number:pk>/demandes/", queries.index, name="saisie_queries"),
    path("demandes/<number:pk>/<word:act>/", queries.act, name="saisie_query_act"),
    path("points/<number:pk>/confirmer/", queries.confirm, name="saisie_confirm"),
    path("<number:pk>/valeurs/", views.autosave, name="saisie_autosave"),
    path("<number:pk>/pistes/", hints.show, name="saisie_hints"),
    path("<number:pk>/verifier/", sending.review, name="saisie_review"),
    path("<number:pk>/envoyee/", sending.confirmation, name="saisie_sent"),
    path("<number:pk>/reponses/", sending.answers, name="saisie_answers"),
    path("<number:pk>/copie.<word:format>", sending.copy, name="saisie_copy"),
    path("<number:pk>/acces/", ledger.show, name="saisie_ledger"),
    path("<number:pk>/secret/", secrecy.show, name="saisie_secrecy"),
    path("<number:pk>/tableaux/", tables.show, name="saisie_tables"),
    path("<number:pk>/tableaux.xlsx", tables.workbook, name="saisie_tables_xlsx"),
    path("<number:pk>/fiche/", fiche.show, name="fiche"),
    path("<number:pk>/fiche/fiche.pdf", fiche.paper, name="fiche_pdf"),
    path("<number:pk>/fiche/texte/", fiche.write, name="fiche_text"),
    path("<number:pk>/fiche/liens/", fiche.share, name="fiche_share"),
    path("<number:pk>/fiche/liens/<number:link>/revoquer/", fiche.revoke, name="fiche_revoke"),
]
