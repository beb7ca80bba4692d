"""What reaches a response without being typed there, and who takes part: under /saisie/ too."""

from django.urls import path

from senacs.web.structure import on_behalf, participation, software, workbook

urlpatterns = [
    path("<number:pk>/classeur.xlsx", workbook.download, name="saisie_workbook"),
    path("<number:pk>/classeur/", workbook.send, name="saisie_workbook_send"),
    path("<number:pk>/classeur/<number:upload>/", workbook.review, name="saisie_workbook_review"),
    path("<number:pk>/logiciel/", software.tokens, name="saisie_tokens"),
    path("<number:pk>/logiciel/<number:token>/retirer/", software.revoke, name="saisie_token_revoke"),
    path("<number:pk>/propositions/", software.proposals, name="saisie_proposals"),
    path("<number:pk>/saisi-pour-vous/", on_behalf.entries, name="saisie_on_behalf"),
    path("<number:pk>/participation/", participation.show, name="saisie_participation"),
]
