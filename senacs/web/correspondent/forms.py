"""What a correspondent types: filters of the list, reasons, reminders."""

from typing import ClassVar

from django import forms

from senacs.collection.enums import ResponseState
from senacs.structures.enums import StructureKind

AGAIN = "validated-again"


class FilterForm(forms.Form):
    q = forms.CharField(label="Nom ou commune", required=False, max_length=100)
    STATES: ClassVar = [("", "Tous les états"), *ResponseState.choices, (AGAIN, "Validées, à revoir")]
    etat = forms.ChoiceField(label="État", required=False, choices=STATES)
    type = forms.ChoiceField(label="Type", required=False, choices=[("", "Tous les types"), *StructureKind.choices])


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Motif",
        help_text="La structure le lira.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Écrivez le motif."},
    )


class ReminderForm(forms.Form):
    message = forms.CharField(
        label="Votre message",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Facultatif : il s’ajoute à la lettre de relance, qui rappelle la date de clôture et le lien.",
    )


class QueryForm(forms.Form):
    text = forms.CharField(
        label="Votre message", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    proposal = forms.CharField(
        label="Valeur proposée",
        required=False,
        max_length=500,
        help_text="Facultatif : la structure l’accepte d’un clic, ou répond.",
    )
