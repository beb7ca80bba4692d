"""What reaches a response without being typed there, and who takes part: under /saisie/ too."""

from django.urls import path

from senacs.web.structure import on_behalf, participation, software, workbook

urlpatterns = [
    path("<int:pk>/classeur.xlsx", workbook.download, name="saisie_workbook"),
    path("<int:pk>/classeur/", workbook.send, name="saisie_workbook_send"),
    path("<int:pk>/classeur/<int:upload>/", workbook.review, name="saisie_workbook_review"),
    path("<int:pk>/logiciel/", software.tokens, name="saisie_tokens"),
    path("<int:pk>/logiciel/<int:token>/retirer/", software.revoke, name="saisie_token_revoke"),
    path("<int:pk>/propositions/", software.proposals, name="saisie_proposals"),
    path("<int:pk>/saisi-pour-vous/", on_behalf.entries, name="saisie_on_behalf"),
    path("<int:pk>/participation/", participation.show, name="saisie_participation"),
]
