"""Communes, EPCI, départements, régions: the official geographic code, one vintage at a time."""

from django.db import models


class Region(models.Model):
    """A région, or one of the collectivités d'outre-mer, which stand on their own at this level."""

    code = models.CharField(max_length=3, primary_key=True)
    name = models.CharField("nom", max_length=100)
    is_com = models.BooleanField("collectivité d'outre-mer", default=False)
    population = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Departement(models.Model):
    """A département, or a collectivité d'outre-mer (Saint-Martin is none, but has structures)."""

    code = models.CharField(max_length=3, primary_key=True)
    name = models.CharField("nom", max_length=100)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="departements")
    is_com = models.BooleanField("collectivité d'outre-mer", default=False)
    population = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class Epci(models.Model):
    code = models.CharField("SIREN", max_length=9, primary_key=True)
    name = models.CharField("nom", max_length=200)
    kind = models.CharField("nature", max_length=10)
    population = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Commune(models.Model):
    """A present commune, or a municipal arrondissement (Paris, Lyon, Marseille) with its commune as parent."""

    code = models.CharField(max_length=5, primary_key=True)
    name = models.CharField("nom", max_length=100)
    search_name = models.CharField(max_length=100, db_index=True)
    departement = models.ForeignKey(Departement, on_delete=models.PROTECT, related_name="communes")
    epci = models.ForeignKey(Epci, on_delete=models.SET_NULL, null=True, related_name="communes")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="arrondissements")
    population = models.PositiveIntegerField(null=True)
    # Degrees, of its centre; of the middle of its neighbours under the same postcode when it is rough.
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    is_position_rough = models.BooleanField(default=False)

    class Meta:
        ordering = ["search_name"]

    def __str__(self) -> str:
        return self.name


class PostalCode(models.Model):
    code = models.CharField(max_length=5, db_index=True)
    commune = models.ForeignKey(Commune, on_delete=models.CASCADE, related_name="postal_codes")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "commune"], name="one_row_per_postcode_and_commune")]


class FormerCommune(models.Model):
    """A commune that has merged since, or a delegated one: the name people still type."""

    code = models.CharField(max_length=5)
    name = models.CharField(max_length=100)
    search_name = models.CharField(max_length=100, db_index=True)
    commune = models.ForeignKey(Commune, on_delete=models.CASCADE, related_name="former_communes")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "name"], name="one_row_per_former_commune")]


class Qpv(models.Model):
    """A quartier prioritaire de la politique de la ville. Its outline is not kept: what is told is of its communes."""

    code = models.CharField(max_length=9, primary_key=True)
    name = models.CharField("nom", max_length=150)
    search_name = models.CharField(max_length=150, db_index=True)
    communes = models.ManyToManyField(Commune, related_name="qpvs")
    population = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["search_name", "code"]

    def __str__(self) -> str:
        return self.name


class RuralZoning(models.TextChoices):
    FRR = "frr", "France ruralités revitalisation"
    FRR_PLUS = "frr_plus", "France ruralités revitalisation plus"


class RuralCommune(models.Model):
    """A commune of the zoning France ruralités revitalisation; those without a row are out of it, once it is loaded."""

    commune = models.OneToOneField(Commune, on_delete=models.CASCADE, primary_key=True, related_name="rural_zoning")
    zoning = models.CharField(max_length=8, choices=RuralZoning.choices)


class BoundaryLevel(models.TextChoices):
    REGION = "region", "région"
    DEPARTEMENT = "departement", "département"
    EPCI = "epci", "EPCI"


class Boundary(models.Model):
    """The outline of one unit in one vintage, GeoJSON geometry (Polygon or MultiPolygon, longitude and latitude)."""

    level = models.CharField(max_length=12, choices=BoundaryLevel.choices)
    code = models.CharField(max_length=9)
    vintage = models.CharField("millésime", max_length=20)
    source = models.CharField(max_length=200)
    # False where the source draws an overseas unit next to the mainland, without its real coordinates.
    is_georeferenced = models.BooleanField(default=True)
    geometry = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "code", "vintage"], name="one_boundary_per_vintage")]


class LoadedVintage(models.Model):
    """What was loaded, from which file content: a second run of the same input does nothing."""

    dataset = models.CharField(max_length=40, unique=True)
    vintage = models.CharField(max_length=20)
    checksum = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()
