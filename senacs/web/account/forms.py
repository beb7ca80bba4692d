"""The acceptance of the charter, as a form."""

from django import forms


class CharteForm(forms.Form):
    accept = forms.BooleanField(
        label="J’ai lu la charte et je m’engage à la respecter.",
        error_messages={"required": "Cochez la case pour accepter la charte."},
    )
