"""What a structure opens: its entry under /saisie/, the fiches that it shares by a link under /fiche/."""

from django.urls import path

from senacs.web.structure import views
from senacs.web.structure.account import ledger, own_data, secrecy, software, team
from senacs.web.structure.dialogue import asking, demandes, on_behalf, participation
from senacs.web.structure.entry import hints, sending, workbook
from senacs.web.structure.entry import views as entry_views
from senacs.web.structure.publications import agreements, fiche, tables

urlpatterns = [
    path("saisie/", views.home, name="saisie"),
    path("saisie/aide/", views.help_page, name="saisie_help"),
    path("saisie/accords/", agreements.index, name="saisie_agreements"),
    path("saisie/accords/<number:agreement>/", agreements.answer, name="saisie_agreement"),
    path("saisie/equipe/", team.show, name="saisie_team"),
    path("saisie/equipe/<number:structure>/inviter/", team.invite, name="saisie_team_invite"),
    path("saisie/equipe/invitation/<number:invitation>/reprendre/", team.withdraw, name="saisie_team_withdraw"),
    path("saisie/equipe/retirer/<number:mandate>/", team.remove, name="saisie_team_remove"),
    path("saisie/<number:pk>/", views.show_dashboard, name="saisie_dashboard"),
    path("saisie/<number:pk>/preparation/", views.preparation, name="saisie_preparation"),
    path("saisie/<number:pk>/rubrique/<slug:code>/", entry_views.section, name="saisie_section"),
    path("saisie/<number:pk>/question/<slug:code>/", asking.ask, name="saisie_ask"),
    path("saisie/<number:pk>/demandes/", demandes.index, name="saisie_queries"),
    path("saisie/demandes/<number:pk>/<word:act>/", demandes.act, name="saisie_query_act"),
    path("saisie/points/<number:pk>/confirmer/", demandes.confirm, name="saisie_confirm"),
    path("saisie/<number:pk>/valeurs/", entry_views.autosave, name="saisie_autosave"),
    path("saisie/<number:pk>/pistes/", hints.show, name="saisie_hints"),
    path("saisie/<number:pk>/verifier/", sending.review, name="saisie_review"),
    path("saisie/<number:pk>/reprise/", sending.take_back, name="saisie_take_back"),
    path("saisie/<number:pk>/envoyee/", sending.confirmation, name="saisie_sent"),
    path("saisie/<number:pk>/envois/<number:number>.pdf", sending.receipt, name="saisie_receipt"),
    path("saisie/<number:pk>/reponses/", sending.answers, name="saisie_answers"),
    path("saisie/<number:pk>/copie.<word:format>", sending.copy, name="saisie_copy"),
    path("saisie/<number:pk>/historique/<slug:code>/", sending.history, name="saisie_history"),
    path("saisie/<number:pk>/acces/", ledger.show, name="saisie_ledger"),
    path("saisie/<number:pk>/mes-donnees/", own_data.show, name="saisie_data"),
    path("saisie/<number:pk>/mes-donnees.zip", own_data.archive, name="saisie_data_archive"),
    path("saisie/<number:pk>/secret/", secrecy.show, name="saisie_secrecy"),
    path("saisie/<number:pk>/tableaux/", tables.show, name="saisie_tables"),
    path("saisie/<number:pk>/tableaux.xlsx", tables.workbook, name="saisie_tables_xlsx"),
    path("saisie/<number:pk>/fiche/", fiche.show, name="fiche"),
    path("saisie/<number:pk>/fiche/fiche.pdf", fiche.paper, name="fiche_pdf"),
    path("saisie/<number:pk>/fiche/texte/", fiche.write, name="fiche_text"),
    path("saisie/<number:pk>/fiche/liens/", fiche.share, name="fiche_share"),
    path("saisie/<number:pk>/fiche/liens/<number:link>/revoquer/", fiche.revoke, name="fiche_revoke"),
    path("saisie/<number:pk>/classeur.xlsx", workbook.download, name="saisie_workbook"),
    path("saisie/<number:pk>/classeur/", workbook.send, name="saisie_workbook_send"),
    path("saisie/<number:pk>/classeur/<number:upload>/", workbook.review, name="saisie_workbook_review"),
    path("saisie/<number:pk>/logiciel/", software.tokens, name="saisie_tokens"),
    path("saisie/<number:pk>/logiciel/<number:token>/retirer/", software.revoke, name="saisie_token_revoke"),
    path("saisie/<number:pk>/propositions/", software.proposals, name="saisie_proposals"),
    path("saisie/<number:pk>/saisi-pour-vous/", on_behalf.entries, name="saisie_on_behalf"),
    path("saisie/<number:pk>/participation/", participation.show, name="saisie_participation"),
    path("fiche/<word:token>/", fiche.shared, name="shared_fiche"),
    path("fiche/<word:token>/fiche.pdf", fiche.shared_paper, name="shared_fiche_pdf"),
]
