"""Which institutions the national team looks for: by name, département, kind, and what is missing there."""

from collections.abc import Sequence

from django import forms

from senacs.accounts.desks import Missing, Vacancies
from senacs.lib.text import search_key
from senacs.structures.models import Caf, Federation
from senacs.territories.models import Departement

_STATES = {
    "nobody": "Sans correspondant",
    "ending": "Mandat qui se termine dans deux mois",
    "vacant": "Structures sans responsable",
}


class InstitutionsForm(forms.Form):
    words = forms.CharField(label="Nom", max_length=100, required=False)
    departement = forms.ModelChoiceField(
        Departement.objects.order_by("code"), label="Département", required=False, empty_label="Tous"
    )
    kind = forms.ChoiceField(
        label="Institution",
        choices=[("", "Caf et fédérations"), ("caf", "Caf"), ("federation", "Fédérations")],
        required=False,
    )
    state = forms.ChoiceField(label="Ce qui manque", choices=[("", "Toutes"), *_STATES.items()], required=False)

    def narrow(self, rows: Sequence[Vacancies]) -> list[Vacancies]:
        """Those of `rows` under what is asked, in their order; all of them when nothing is."""
        given = self.cleaned_data if self.is_valid() else {}
        words = search_key(given.get("words", "")).split()
        served = _institutions_of(given.get("departement"))
        return [
            row
            for row in rows
            if all(word in search_key(str(row.institution)) for word in words)
            and given.get("kind", "") in ("", row.kind)
            and (served is None or row.institution in served)
            and _is_in_state(row, given.get("state", ""))
        ]

    def narrow_places(self, missing: Sequence[Missing]) -> list[Missing]:
        """The départements that miss a correspondent: that which is asked, or all."""
        place = self.cleaned_data["departement"] if self.is_valid() else None
        return [one for one in missing if one.sides and place in (None, one.departement)]


def _institutions_of(place: Departement | None) -> set[Caf | Federation] | None:
    return None if place is None else {*place.cafs.all(), *place.federations.all()}


def _is_in_state(row: Vacancies, state: str) -> bool:
    return {"nobody": not row.correspondents, "ending": bool(row.ending), "vacant": bool(row.vacant)}.get(state, True)
