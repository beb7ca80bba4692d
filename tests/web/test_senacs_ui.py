"""The template library: French numbers, and forms in the govuk pattern."""

from datetime import UTC, datetime

import pytest
from django import forms
from django.template import Context, Template


def render(source: str, **context: object) -> str:
    return Template("{% load senacs_ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ 1234.5|nombre }}", "1\u202f234,5"),
        ("{{ 1234|euros }}", "1\u202f234\u00a0€"),
        ("{{ 12.34|pourcent:1 }}", "12,3\u00a0%"),
        ('{{ 1|pluriel:"centre" }} {{ 2|pluriel:"cheval,chevaux" }}', "1\u00a0centre 2\u00a0chevaux"),
        ('{{ 1|accord:"envoyée" }} {{ 3|accord:"envoyée" }}', "envoyée envoyées"),
        ("{{ 45|duree }}, {{ 60|duree }}, {{ 115|duree }}", "45\u00a0min, 1\u00a0h, 1\u00a0h\u00a055"),
        ("{{ at|date_heure }}", "1er\u00a0mars 2026 à 10\u00a0h\u00a005"),
        ("{{ none|date_longue }}{{ none|date_heure }}", "––"),
        ("{{ told|espaces }}", "«\u00a0ici\u00a0»\u202f; et là\u202f?"),
        (
            "{% etiquette 'blocking' label %}",
            '<strong class="govuk-tag govuk-tag--red">&lt;b&gt;</strong>',
        ),
    ],
)
def test_filters(source: str, text: str) -> None:
    at = datetime(2026, 3, 1, 9, 5, tzinfo=UTC)
    assert render(source, at=at, none=None, label="<b>", told="« ici » ; et là ?") == text


class Every(forms.Form):
    name = forms.CharField(label="Nom", help_text="Celui de la structure", widget=forms.TextInput({"placeholder": "x"}))
    secret = forms.CharField(label="Mot de passe", widget=forms.PasswordInput)
    side = forms.ChoiceField(label="Au titre de", choices=[("caf", "Caf")], widget=forms.RadioSelect)
    kinds = forms.MultipleChoiceField(
        label="Types", choices=[("CS", "Centre social")], widget=forms.CheckboxSelectMultiple
    )
    agreed = forms.BooleanField(label="D’accord")
    year = forms.ChoiceField(label="Année", choices=[("2026", "2026")])
    text = forms.CharField(label="Texte", widget=forms.Textarea)
    file = forms.FileField(label="Fichier")
    step = forms.CharField(widget=forms.HiddenInput, initial="1")


def test_fields_carry_label_hint_and_errors() -> None:
    form = Every({})
    html = render("{% resume_erreurs form %}{% for field in form %}{% champ field %}{% endfor %}", form=form)
    assert '<a href="#id_name">Ce champ est obligatoire.</a>' in html
    assert 'aria-describedby="id_name-hint id_name-error"' in html
    assert "placeholder" not in html
    assert html.count('aria-invalid="true"') >= 6
    for part in (
        "govuk-radios__input",
        "govuk-checkboxes__input",
        "govuk-select",
        "govuk-textarea",
        "govuk-file-upload",
    ):
        assert part in html


def test_a_form_without_error_has_no_summary() -> None:
    assert "govuk-error-summary" not in render("{% resume_erreurs form %}", form=Every())
