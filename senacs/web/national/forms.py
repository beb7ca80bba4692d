"""What the national team types: phases and releases."""

from django import forms


class PhaseForm(forms.Form):
    transition = forms.CharField(widget=forms.HiddenInput, max_length=30)
    reason = forms.CharField(label="Motif", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


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
