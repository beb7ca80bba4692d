"""What a correspondent types: filters of the list, reasons, reminders."""

from typing import ClassVar

from django import forms

from senacs.collection.enums import ResponseState
from senacs.structures.enums import StructureKind

AGAIN = "validated-again"
UNTOUCHED = "untouched"  # drafts in which nothing was saved yet


class FilterForm(forms.Form):
    q = forms.CharField(label="Nom ou commune", required=False, max_length=100)
    STATES: ClassVar = [
        ("", "Tous les états"),
        (UNTOUCHED, "Non commencée"),
        *ResponseState.choices,
        (AGAIN, "Validées, à revoir"),
    ]
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
        help_text="Facultatif : il s’ajoute à la lettre, qui rappelle la clôture, le lien et les rubriques à finir.",
    )
    on = forms.DateField(
        label="Un autre jour",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        help_text="Facultatif : ce jour-là, celles de la sélection qui n’auront toujours pas envoyé.",
        error_messages={"invalid": "Écrivez la date ainsi : 16/03/2027."},
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
