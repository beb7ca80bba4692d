"""What institutions type to name their people."""

from typing import Any

from django import forms

from senacs.accounts.desks import Desk
from senacs.accounts.enums import Role, Side
from senacs.structures.models import Structure
from senacs.territories.models import Departement


def end_field(label: str = "Jusqu’au", help_text: str = "Facultatif : sans date, le rôle dure.") -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"invalid": "Écrivez la date ainsi : 31/12/2027."},
    )


class PersonForm(forms.Form):
    first_name = forms.CharField(label="Prénom", max_length=80, error_messages={"required": "Écrivez le prénom."})
    last_name = forms.CharField(label="Nom", max_length=80, error_messages={"required": "Écrivez le nom."})
    email = forms.EmailField(
        label="Courriel professionnel",
        help_text="La personne y reçoit un lien pour accepter.",
        error_messages={"required": "Écrivez l’adresse de courriel.", "invalid": "Cette adresse n’est pas complète."},
    )


class MandateForm(PersonForm):
    """A role of the institution: one's own correspondent, a member of a Copil, the responsable of a structure."""

    role = forms.ChoiceField(label="Rôle", widget=forms.RadioSelect)
    departement = forms.ModelChoiceField(
        Departement.objects.none(), label="Département", help_text="Pour un comité de pilotage.", required=False
    )
    structure = forms.ModelChoiceField(
        Structure.objects.none(), label="Structure", help_text="Pour un responsable ou un suppléant.", required=False
    )
    ends_on = end_field()
    field_order = ("role", "departement", "structure", "first_name", "last_name", "email", "ends_on")

    def __init__(self, *args: Any, desk: Desk, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._desk = desk
        own = Role.CORRESPONDANT_CAF if desk.side == Side.CAF else Role.CORRESPONDANT_FEDERAL
        roles = (own, Role.COPIL, Role.RESPONSABLE, Role.SUPPLEANT)
        self.fields["role"].choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]
        self.fields["role"].initial = own.value
        self.fields["departement"].queryset = desk.institution.departements.order_by("code")  # type: ignore[attr-defined]
        structures = Structure.objects.filter(pk__in=[row.structure.pk for row in desk.structures])
        self.fields["structure"].queryset = structures.order_by("search_name", "pk")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        """`scope` and `side` follow from the role."""
        given = super().clean() or {}
        role = Role(given["role"]) if given.get("role") else None
        scope: Any = self._desk.institution
        if role == Role.COPIL:
            scope = given.get("departement")
            if scope is None:
                self.add_error("departement", "Choisissez le département du comité de pilotage.")
        elif role in {Role.RESPONSABLE, Role.SUPPLEANT}:
            scope = given.get("structure")
            if scope is None:
                self.add_error("structure", "Choisissez la structure.")
        return given | {"role": role, "scope": scope, "side": self._desk.side if role == Role.COPIL else ""}


class RenewForm(forms.Form):
    ends_on = end_field("Nouvelle fin", "Sans date, le rôle dure.")


class PeopleFileForm(forms.Form):
    file = forms.FileField(
        label="Liste (CSV)",
        help_text="Colonnes : courriel, rôle, périmètre, côté, fin, prénom, nom. Toutes les lignes, ou aucune.",
        error_messages={"required": "Choisissez un fichier.", "empty": "Ce fichier est vide."},
    )
