"""What a visitor types: filters of the register."""

from typing import TypedDict

from django import forms

from senacs.structures.enums import StructureKind
from senacs.territories.models import Departement, Region


class Criteria(TypedDict):
    name: str
    city: str
    kind: str
    departement: str
    region: str


class RegisterFilter(forms.Form):
    name = forms.CharField(label="Nom de la structure", required=False, max_length=100)
    city = forms.CharField(label="Ville ou code postal", required=False, max_length=100)
    kind = forms.ChoiceField(label="Type", required=False, choices=[("", "Tous les types"), *StructureKind.choices])
    departement = forms.ModelChoiceField(
        label="Département", required=False, queryset=Departement.objects.order_by("code"), empty_label="Tous"
    )
    region = forms.ModelChoiceField(
        label="Région", required=False, queryset=Region.objects.order_by("name"), empty_label="Toutes"
    )

    @property
    def criteria(self) -> Criteria:
        """What `structures.queries.register_list` takes; a field that is not valid filters nothing."""
        known = self.cleaned_data if self.is_bound and hasattr(self, "cleaned_data") else {}
        return {
            "name": known.get("name") or "",
            "city": known.get("city") or "",
            "kind": known.get("kind") or "",
            "departement": known["departement"].code if known.get("departement") else "",
            "region": known["region"].code if known.get("region") else "",
        }
