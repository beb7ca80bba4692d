"""What an act on the register asks for, one form a kind: a proposal keeps what was typed, the act what was read."""

import re
from typing import Any

from django import forms
from django.db import models

from senacs.lib import clock
from senacs.register.enums import ActKind
from senacs.register.life import CORRECTABLE
from senacs.structures.enums import Gestion, StructureKind
from senacs.structures.imports import values
from senacs.structures.models import Agrement, Caf, Federation, Structure
from senacs.territories.models import Commune, Departement
from senacs.territories.places import CommuneIndex

# What a form has read, by name.
Given = dict[str, Any]
YES_NO = (("", "Non précisé"), ("oui", "Avec volet familles"), ("non", "Sans volet familles"))


def date_field(label: str, help_text: str = "", **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"required": "Écrivez la date.", "invalid": "Écrivez la date ainsi : 31/12/2027."},
        **more,
    )


class ActForm(forms.Form):
    """`structure` is the entry that the act is about, None for a creation."""

    on = date_field("Date d’effet", "Le jour depuis lequel c’est vrai, aujourd’hui au plus tard.")
    reason = forms.CharField(
        label="Motif",
        help_text="Une phrase : l’historique de la fiche la garde.",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Écrivez le motif."},
    )

    def __init__(self, *args: Any, structure: Structure | None, **kwargs: Any) -> None:
        self.structure = structure
        kwargs["initial"] = {"on": clock.today()} | self.known() | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        names = [name for name in self.fields if name not in {"on", "reason", "confirms"}]
        self.order_fields([*names, "on", "reason", "confirms"])

    def known(self) -> Given:
        """What the entry says today of what the form asks."""
        return {}

    def typed(self) -> Given:
        """What a proposal keeps."""
        return {name: self[name].value() for name in self.fields if name not in {"reason", "confirms"}}

    def given(self) -> Given:
        """Arguments of the service, but the structure."""
        return {name: value for name, value in self.cleaned_data.items() if name != "confirms"}


class PlaceForm(ActForm):
    address = forms.CharField(label="Adresse", max_length=250, required=False)
    postal_code = forms.CharField(
        label="Code postal", max_length=10, error_messages={"required": "Écrivez le code postal."}
    )
    city = forms.CharField(label="Commune", max_length=100, error_messages={"required": "Écrivez la commune."})

    def clean(self) -> Given:
        given = super().clean() or {}
        if given.get("postal_code") and given.get("city"):
            found = CommuneIndex.load().resolve(postal_code=given["postal_code"], name=given["city"])
            if found.place is None:
                self.add_error("city", f"{found.refusal[:1].upper()}{found.refusal[1:]}.")
            else:
                given["postal_code"] = found.postal_code
                given["commune"] = Commune.objects.select_related("departement").get(pk=found.place.code)
        given.pop("city", None)
        return given


def _caf_field() -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        Caf.objects.order_by("name"),
        label="Caf",
        help_text="Seulement où le département en a deux : elle suit sinon de la commune.",
        empty_label="Celle de la commune",
        required=False,
    )


def _federation_field() -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        Federation.objects.order_by("name"),
        label="Fédération",
        help_text="Seulement où le département en a plusieurs, ou aucune : elle suit sinon du département.",
        empty_label="Celle du département",
        required=False,
    )


class CreateForm(PlaceForm):
    name = forms.CharField(label="Nom", max_length=200, error_messages={"required": "Écrivez le nom."})
    kind = forms.ChoiceField(label="Type", choices=StructureKind, widget=forms.RadioSelect)
    gestionnaire = forms.CharField(label="Gestionnaire", max_length=200, required=False)
    gestion = forms.ChoiceField(
        label="Mode de gestion", choices=[("", "Non renseigné"), *Gestion.choices], required=False
    )
    caf = _caf_field()
    federation = _federation_field()
    email = forms.EmailField(label="Courriel", required=False)
    siret = forms.CharField(label="SIRET", max_length=20, required=False)
    ends_on = date_field("Fin de l’agrément", required=False)
    has_families = forms.ChoiceField(label="Volet familles", choices=YES_NO, required=False)
    is_distinct = forms.BooleanField(
        label="Ce n’est pas la même structure",
        help_text="À cocher si une structure au nom proche existe déjà dans la commune.",
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].label = "Début de l’agrément"
        first = ["name", "kind", "address", "postal_code", "city", "caf", "federation", "gestionnaire", "gestion"]
        self.order_fields([*first, "email"])

    def clean_siret(self) -> str:
        return _siret(self)

    def clean_has_families(self) -> bool | None:
        return _families(self)


class SimpleForm(ActForm):
    """A date and a reason."""


class ClosingForm(ActForm):
    confirms = forms.BooleanField(
        label="Je confirme : cette structure sort des structures agréées",
        error_messages={"required": "Confirmez avant d’enregistrer."},
    )


class MergeForm(ActForm):
    others = forms.CharField(
        label="Structures qui rejoignent celle-ci",
        help_text="Leurs identifiants SENACS, séparés par des virgules : S-000123, S-000456.",
        max_length=200,
        error_messages={"required": "Écrivez au moins un identifiant."},
    )
    name = forms.CharField(
        label="Nom de la structure réunie", help_text="Vide : le nom ne change pas.", max_length=200, required=False
    )
    confirms = forms.BooleanField(
        label="Je confirme : les autres structures ferment à cette date",
        error_messages={"required": "Confirmez avant d’enregistrer."},
    )

    def clean_others(self) -> list[Structure]:
        return _structures(self.cleaned_data["others"])


class SplitForm(ActForm):
    names = forms.CharField(
        label="Noms des structures nouvelles",
        help_text="Une par ligne.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Écrivez au moins un nom."},
    )
    closes = forms.BooleanField(label="La structure d’origine ferme à cette date", required=False)
    confirms = forms.BooleanField(
        label="Je confirme la scission", error_messages={"required": "Confirmez avant d’enregistrer."}
    )

    def clean_names(self) -> list[str]:
        return [line.strip()[:200] for line in self.cleaned_data["names"].splitlines() if line.strip()]


class DuplicateForm(ActForm):
    duplicate = forms.CharField(
        label="Fiche en double",
        help_text="Son identifiant SENACS : S-000123. Elle ferme et mène à celle-ci ; ses réponses restent lisibles.",
        max_length=20,
        error_messages={"required": "Écrivez l’identifiant."},
    )
    confirms = forms.BooleanField(
        label="Je confirme : les deux fiches sont la même structure",
        error_messages={"required": "Confirmez avant d’enregistrer."},
    )

    def clean_duplicate(self) -> Structure:
        return _structures(self.cleaned_data["duplicate"])[0]


class MoveForm(PlaceForm):
    caf = _caf_field()
    federation = _federation_field()

    def known(self) -> Given:
        return {"address": self.structure.address} if self.structure else {}


class GestionnaireForm(ActForm):
    gestionnaire = forms.CharField(
        label="Nouveau gestionnaire", max_length=200, error_messages={"required": "Écrivez le nom du gestionnaire."}
    )
    gestion = forms.ChoiceField(
        label="Mode de gestion", choices=[("", "Ne change pas"), *Gestion.choices], required=False
    )
    siret = forms.CharField(label="SIRET", help_text="Vide : il ne change pas.", max_length=20, required=False)

    def clean_siret(self) -> str:
        return _siret(self)


class AgrementForm(ActForm):
    starts_on = date_field("Début")
    ends_on = date_field("Fin")
    kind = forms.ChoiceField(label="Agrément", choices=StructureKind, widget=forms.RadioSelect)
    has_families = forms.ChoiceField(label="Volet familles", choices=YES_NO, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["on"]

    def known(self) -> Given:
        return {"kind": self.structure.kind} if self.structure else {}

    def clean_has_families(self) -> bool | None:
        return _families(self)


class EndAgrementForm(ActForm):
    agrement = forms.ModelChoiceField(
        Agrement.objects.none(), label="Agrément", error_messages={"required": "Choisissez l’agrément."}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].label, self.fields["on"].help_text = "Dernier jour", ""
        running = Agrement.objects.filter(structure=self.structure, ends_on__gte=clock.today()).order_by("-starts_on")
        self.fields["agrement"].queryset = running  # type: ignore[attr-defined]
        self.initial.setdefault("agrement", running.values_list("pk", flat=True).first())


class SiteForm(PlaceForm):
    name = forms.CharField(label="Nom du lieu", max_length=200, error_messages={"required": "Écrivez le nom du lieu."})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].label = "Ouvert depuis"
        self.order_fields(["name"])


class CorrectForm(ActForm):
    """Every field that describes the entry, with the widgets and the choices of the model."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in CORRECTABLE:
            self.fields[name] = _described(name)
        self.order_fields([*CORRECTABLE, "on", "reason"])

    def known(self) -> Given:
        return {name: getattr(self.structure, name) for name in CORRECTABLE} if self.structure else {}

    def clean_siret(self) -> str:
        return _siret(self)

    def given(self) -> Given:
        cleaned = super().given()
        changes = {name: "" if cleaned[name] is None and name in _TEXTS else cleaned[name] for name in CORRECTABLE}
        return {"values": changes, "on": cleaned["on"], "reason": cleaned["reason"]}


def _described(name: str) -> forms.Field:
    column: Any = Structure._meta.get_field(name)
    words = str(column.verbose_name).replace("'", "’")
    label = words[:1].upper() + words[1:]
    if isinstance(column, models.DateField):
        return date_field(label, required=False)
    if isinstance(column, models.URLField):
        return forms.URLField(label=label, required=False, assume_scheme="https", max_length=column.max_length)
    field: forms.Field = column.formfield(label=label)
    field.required = name in {"name", "kind"}
    return field


_TEXTS = frozenset(name for name in CORRECTABLE if not Structure._meta.get_field(name).null)

FORMS: dict[ActKind, type[ActForm]] = {
    ActKind.CREATE: CreateForm,
    ActKind.CLOSE: ClosingForm,
    ActKind.REOPEN: SimpleForm,
    ActKind.MERGE: MergeForm,
    ActKind.SPLIT: SplitForm,
    ActKind.MOVE: MoveForm,
    ActKind.GESTIONNAIRE: GestionnaireForm,
    ActKind.AGREMENT: AgrementForm,
    ActKind.END_AGREMENT: EndAgrementForm,
    ActKind.CORRECT: CorrectForm,
    ActKind.SITES: SiteForm,
    ActKind.DUPLICATE: DuplicateForm,
}


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label="Pourquoi vous refusez",
        help_text="La personne qui propose le lira.",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Écrivez pourquoi."},
    )


class EntrySearchForm(forms.Form):
    name = forms.CharField(label="Nom ou identifiant", max_length=100, required=False)
    departement = forms.ModelChoiceField(
        Departement.objects.order_by("code"), label="Département", empty_label="Tous", required=False
    )
    closed = forms.BooleanField(label="Avec les structures fermées", required=False)


class DayForm(forms.Form):
    jour = date_field("Jour")


def _siret(form: forms.Form) -> str:
    typed = form.cleaned_data["siret"]
    if not typed:
        return ""
    read, _ = values.siret(typed)
    if not read:
        raise forms.ValidationError("Le SIRET compte 14 chiffres.")
    return read


def _families(form: forms.Form) -> bool | None:
    return {"oui": True, "non": False}.get(form.cleaned_data["has_families"])


def _structures(text: str) -> list[Structure]:
    """Structures named by their codes, in any spelling of them."""
    codes = [code for code in re.split(r"[\s,;]+", text.strip().upper()) if code]
    found = {one.code: one for one in Structure.objects.filter(code__in=codes)}
    unknown = [code for code in codes if code not in found]
    if unknown or not codes:
        raise forms.ValidationError(f"Identifiant inconnu : {', '.join(unknown) or text}.")
    return [found[code] for code in codes]
