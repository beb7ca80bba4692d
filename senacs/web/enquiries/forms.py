"""What a Copil types to ask a few questions, and what a structure types to answer them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from senacs.accounts.models import User
from senacs.campaigns.models import Campaign
from senacs.enquiries.enums import Answering
from senacs.enquiries.models import Enquiry
from senacs.enquiries.permissions import places_of, sides_at
from senacs.enquiries.services import LARGEST, MOST_QUESTIONS, DraftQuestion, EnquiryDraft
from senacs.lib.incoming import whole_number

_FRANCE = "france"
_DATE_ERRORS = {"required": "Donnez cette date.", "invalid": "Écrivez la date ainsi : 16/03/2027."}


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages=_DATE_ERRORS,
    )


class EnquiryForm(forms.Form):
    where = forms.ChoiceField(
        label="À qui", error_messages={"required": "Choisissez à qui.", "invalid_choice": "Choisissez dans la liste."}
    )
    when = forms.ChoiceField(
        label="Quand",
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez quand.", "invalid_choice": "Choisissez dans la liste."},
    )
    title = forms.CharField(label="Titre", max_length=120, error_messages={"required": "Donnez un titre."})
    purpose = forms.CharField(
        label="Pourquoi ces questions",
        help_text="Les structures le lisent avant de répondre.",
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Dites à quoi serviront les réponses."},
    )
    opens_on = _day("Ouverture")
    closes_on = _day("Dernier jour, compris")

    def __init__(self, *args: Any, user: User, campaigns: Sequence[Campaign], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._places = {place.pk: place for place in places_of(user)}
        self._campaigns = {str(campaign.year): campaign for campaign in campaigns}
        places = [(place.pk, f"Les structures : {place}") for place in self._places.values()]
        if sides_at(user, None):
            places.append((_FRANCE, "Toutes les structures de France"))
        self.fields["where"].choices = places  # type: ignore[attr-defined]
        # Questions of a campaign are those of a département: who speaks for France alone is not offered them.
        years = self._campaigns if self._places else ()
        during = [(year, f"Pendant la saisie de la campagne {year}") for year in years]
        self.fields["when"].choices = [*during, ("flash", "Entre deux campagnes, un mois au plus")]  # type: ignore[attr-defined]
        for number in range(1, MOST_QUESTIONS + 1):
            self.fields[f"text_{number}"] = forms.CharField(label=f"Question {number}", max_length=200, required=False)
            self.fields[f"answering_{number}"] = forms.ChoiceField(
                label=f"Réponse attendue (question {number})", choices=Answering.choices, required=False
            )
            self.fields[f"options_{number}"] = forms.CharField(
                label=f"Choix, un par ligne (question {number})",
                max_length=600,
                required=False,
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    @property
    def question_fields(self) -> list[tuple[int, list[forms.BoundField]]]:
        return [
            (number, [self[f"{name}_{number}"] for name in ("text", "answering", "options")])
            for number in range(1, MOST_QUESTIONS + 1)
        ]

    @property
    def main_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("where", "when", "title", "purpose", "opens_on", "closes_on")]

    def asked(self) -> dict[str, Any]:
        """What the service takes."""
        given = self.cleaned_data
        questions = [
            DraftQuestion(
                given[f"text_{number}"],
                Answering(given[f"answering_{number}"] or Answering.YES_NO),
                tuple(line for line in given[f"options_{number}"].splitlines() if line.strip()),
            )
            for number in range(1, MOST_QUESTIONS + 1)
            if given[f"text_{number}"].strip()
        ]
        return {
            "departement": self._places.get(given["where"]),
            "campaign": self._campaigns.get(given["when"]),
            "draft": EnquiryDraft(given["title"], given["purpose"], given["opens_on"], given["closes_on"], questions),
        }


class AnswerForm(forms.Form):
    """The questions of one enquiry; each may stay without an answer."""

    def __init__(self, *args: Any, enquiry: Enquiry, given: Mapping[int, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._numbers: dict[str, int] = {}
        for question in enquiry.questions.all():
            first = given.get(question.number)
            if question.answering == Answering.NUMBER:
                field: forms.Field = forms.IntegerField(
                    label=question.text,
                    min_value=0,
                    max_value=LARGEST,
                    required=False,
                    widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
                    error_messages={"invalid": "Écrivez un nombre entier."},
                )
            else:
                choices = [(str(at), label) for at, label in enumerate(question.labels)]
                field = forms.TypedChoiceField(
                    label=question.text,
                    choices=[*choices, ("", "Sans réponse")],
                    coerce=whole_number,
                    empty_value=None,
                    required=False,
                    widget=forms.RadioSelect,
                )
            field.initial = "" if first is None else str(first)
            self.fields[f"q{question.number}"] = field
            self._numbers[f"q{question.number}"] = question.number

    def values(self) -> dict[int, int | None]:
        given = self.cleaned_data
        return {number: given[name] for name, number in self._numbers.items()}
