"""Forms of the Copil: a new publication, an image, a return."""

from typing import Any

from django import forms

from senacs.publication.enums import ImageKind


class NewEditionForm(forms.Form):
    territory = forms.ChoiceField(label="Territoire")
    trame = forms.ChoiceField(label="Trame")

    def __init__(self, *args: Any, territories: list[tuple[str, str]], trames: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["territory"].choices = territories  # type: ignore[attr-defined]
        self.fields["trame"].choices = trames  # type: ignore[attr-defined]


class ImageForm(forms.Form):
    kind = forms.ChoiceField(label="Nature", choices=ImageKind.choices, widget=forms.RadioSelect)
    file = forms.FileField(label="Fichier", help_text="JPEG, PNG ou WebP, 8 Mo au plus.")
    alt = forms.CharField(
        label="Description", max_length=300, help_text="Ce que l’image montre, pour qui ne la voit pas."
    )
    credit = forms.CharField(label="Crédit", max_length=120, required=False, help_text="Obligatoire pour une photo.")
