"""The public register: approved structures, who runs them, their agréments; Caf and federations."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from senacs.structures.enums import Gestion, PriorityGeography, StructureKind, TerritorySize, TerritoryType
from senacs.territories.models import Commune, Departement


class Caf(models.Model):
    """A local fund. One a département, but two in Pyrénées-Atlantiques; a Caf may serve a COM besides."""

    code = models.CharField(max_length=10, unique=True)
    name = models.CharField("nom", max_length=120)
    departements = models.ManyToManyField(Departement, related_name="cafs")
    email = models.EmailField("courriel", blank=True)
    phone = models.CharField("téléphone", max_length=30, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Federation(models.Model):
    """The local representation of centres sociaux recognised by the Fcsf: fédération, union, collectif."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField("nom", max_length=150)
    departements = models.ManyToManyField(Departement, related_name="federations")
    email = models.EmailField("courriel", blank=True)
    phone = models.CharField("téléphone", max_length=30, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Gestionnaire(models.Model):
    """The body that runs one or several structures: an association, a commune, a CCAS, a Caf."""

    name = models.CharField("nom", max_length=200)
    siren = models.CharField(max_length=9, blank=True)

    def __str__(self) -> str:
        return self.name


class StructureQuerySet(models.QuerySet["Structure"]):
    def active(self) -> "StructureQuerySet":
        return self.filter(closed_on__isnull=True)


class Structure(models.Model):
    """A centre social or an espace de vie sociale approved by a Caf. All of it is public."""

    code = models.CharField("identifiant SENACS", max_length=12, unique=True)
    name = models.CharField("nom", max_length=200)
    search_name = models.CharField(max_length=200, db_index=True)
    kind = models.CharField("type", max_length=3, choices=StructureKind.choices)
    address = models.CharField("adresse", max_length=250, blank=True)
    postal_code = models.CharField("code postal", max_length=5)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="structures")
    # Follows from the commune; kept here because every list, right and figure filters on it.
    departement = models.ForeignKey(Departement, on_delete=models.PROTECT, related_name="structures")
    caf = models.ForeignKey(Caf, on_delete=models.PROTECT, null=True, related_name="structures")
    federation = models.ForeignKey(Federation, on_delete=models.SET_NULL, null=True, related_name="structures")
    gestionnaire = models.ForeignKey(Gestionnaire, on_delete=models.SET_NULL, null=True, related_name="structures")
    gestion = models.CharField("mode de gestion", max_length=12, choices=Gestion.choices, blank=True)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    email = models.EmailField("courriel", blank=True)
    website = models.URLField("site internet", blank=True)
    phone = models.CharField("téléphone", max_length=30, blank=True)
    first_agrement_on = models.DateField("premier agrément", null=True)
    catchment_population = models.PositiveIntegerField("population de la zone de compétence", null=True)
    history = models.TextField("historique", blank=True)
    project_axes = models.JSONField("axes du projet", default=list, blank=True)
    territory_type = models.CharField("territoire", max_length=6, choices=TerritoryType.choices, blank=True)
    territory_size = models.CharField("taille du territoire", max_length=20, choices=TerritorySize.choices, blank=True)
    priority_geography = models.CharField(
        "géographie prioritaire", max_length=8, choices=PriorityGeography.choices, blank=True
    )
    is_fcsf_member = models.BooleanField("adhérente à la fédération des centres sociaux", null=True)
    other_federation = models.CharField("autre fédération", max_length=150, blank=True)
    is_travellers = models.BooleanField("gens du voyage", null=True)
    is_multi_site = models.BooleanField("multi-sites", null=True)
    is_itinerant = models.BooleanField("itinérante", null=True)
    # By an objection that was granted (`accounts.objection_effects`): the site still writes to them.
    is_contact_withheld = models.BooleanField("coordonnées retirées des pages publiques", default=False)
    closed_on = models.DateField("fin d'activité", null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects: ClassVar = StructureQuerySet.as_manager()

    class Meta:
        ordering = ["search_name", "code"]
        indexes = [models.Index(fields=["departement", "kind"], name="structure_departement_kind")]
        constraints = [
            models.CheckConstraint(
                condition=Q(siret="") | Q(siret__regex=r"^\d{14}$"),
                name="siret_has_14_digits",
                violation_error_message="Le SIRET compte 14 chiffres.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def public_email(self) -> str:
        return "" if self.is_contact_withheld else self.email

    @property
    def public_phone(self) -> str:
        return "" if self.is_contact_withheld else self.phone


class Agrement(models.Model):
    """Time-limited recognition of a structure's social project by its Caf."""

    structure = models.ForeignKey(Structure, on_delete=models.CASCADE, related_name="agrements")
    starts_on = models.DateField("début")
    ends_on = models.DateField("fin")
    # Empty for those that a list gave without saying it.
    kind = models.CharField("agrément d’animation", max_length=3, choices=StructureKind.choices, blank=True)
    has_families = models.BooleanField("volet familles", null=True)

    class Meta:
        ordering = ["structure_id", "starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=models.F("starts_on")),
                name="agrement_ends_after_it_starts",
                violation_error_message="L'agrément finit après son début.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts_on:%d/%m/%Y} – {self.ends_on:%d/%m/%Y}"


class Site(models.Model):
    """A place of welcome besides the seat of a structure that has several."""

    structure = models.ForeignKey(Structure, on_delete=models.CASCADE, related_name="sites")
    name = models.CharField("nom", max_length=200)
    address = models.CharField("adresse", max_length=250, blank=True)
    postal_code = models.CharField("code postal", max_length=5)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="sites")
    opens_on = models.DateField("ouvert depuis")
    closes_on = models.DateField("fermé depuis", null=True)

    class Meta:
        ordering = ["structure_id", "opens_on", "id"]

    def __str__(self) -> str:
        return self.name
