"""What the national team types: phases and releases."""

from django import forms

from senacs.questionnaire.enums import Effect


class PhaseForm(forms.Form):
    reason = forms.CharField(
        label="Motif",
        help_text="Lu par la personne qui confirme, et gardé ; obligatoire pour rouvrir.",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class BuildForm(forms.Form):
    campaign = forms.TypedChoiceField(label="Campagne", coerce=int)
    reason = forms.CharField(
        label="Ce qui est corrigé",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Obligatoire si cette campagne a déjà une publication : la nouvelle portera le numéro suivant.",
    )

    def __init__(self, *args: object, years: list[tuple[int, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["campaign"].choices = years  # type: ignore[attr-defined]


class RejectForm(forms.Form):
    reason = forms.CharField(
        label="Motif",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Écrivez pourquoi cette publication est écartée."},
    )


class DraftForm(forms.Form):
    file = forms.FileField(
        label="Classeur du questionnaire (XLSX)",
        help_text="Feuilles survey, choices, settings, grilles, rules et indicators ; 10 Mo au plus. "
        "Une version figée n’est jamais remplacée.",
        error_messages={"required": "Choisissez un fichier.", "empty": "Ce fichier est vide."},
    )


class DecisionForm(forms.Form):
    question = forms.CharField(max_length=80, widget=forms.HiddenInput)
    effect = forms.ChoiceField(
        label="Effet sur les séries", choices=Effect.choices, error_messages={"required": "Choisissez l’effet."}
    )
    text = forms.CharField(
        label="Décision et raison",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Écrivez la décision et sa raison."},
    )
