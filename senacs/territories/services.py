"""Loads the official geographic code, and updates an older vintage in place."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction
from django.db.models import ForeignKey, Model

from senacs.lib import clock
from senacs.lib.french import apostrophes, plural
from senacs.lib.text import search_key
from senacs.territories import positions, source
from senacs.territories.models import (
    Commune,
    Departement,
    Epci,
    FormerCommune,
    LoadedVintage,
    PostalCode,
    Region,
)
from senacs.territories.positions import Position
from senacs.territories.source import Decoupage

DATASET = "decoupage-administratif"
# Part of the checksum: rows are written again when what is made of the source changes.
LOADER_VERSION = "3"
BATCH = 2000

OnStep = Callable[[str, int, int], None]


@dataclass(frozen=True)
class LoadReport:
    """What a load did; `counts` by French noun, `warnings` in French."""

    vintage: str
    is_changed: bool
    counts: dict[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def _silent(label: str, done: int, total: int) -> None:
    """No progress to show."""


@transaction.atomic
def load_territories(
    *, folder: Path, force: bool = False, on_step: OnStep = _silent, centres: Path = positions.DELIVERED
) -> LoadReport:
    """Brings the tables to the content of the package in `folder`; does nothing when it is loaded already.

    Raises source.SourceError when the package is missing or unreadable.
    """
    checksum = f"{source.checksum(folder)[:50]}-{positions.checksum(centres)}-{LOADER_VERSION}"
    loaded = LoadedVintage.objects.filter(dataset=DATASET).first()
    if loaded and loaded.checksum == checksum and not force:
        return LoadReport(vintage=loaded.vintage, is_changed=False)
    steps = ["lecture", "régions et départements", "EPCI", "communes", "communes disparues", "codes postaux"]

    def step(index: int) -> None:
        on_step(steps[index], index, len(steps))

    step(0)
    decoupage = source.read(folder)
    step(1)
    _write_regions(decoupage)
    step(2)
    _upsert(Epci, [Epci(code=e.code, name=e.name, kind=e.kind, population=e.population) for e in decoupage.epcis])
    step(3)
    _write_communes(decoupage, positions.read(centres))
    step(4)
    warnings = _retire_communes(decoupage)
    _write_formers(decoupage)
    Epci.objects.exclude(code__in=[e.code for e in decoupage.epcis]).delete()
    step(5)
    _write_postal_codes(decoupage)
    LoadedVintage.objects.update_or_create(
        dataset=DATASET,
        defaults={"vintage": decoupage.vintage, "checksum": checksum, "loaded_at": clock.now()},
    )
    on_step("terminé", len(steps), len(steps))
    return LoadReport(decoupage.vintage, True, _counts(decoupage), tuple(warnings))


def _counts(decoupage: Decoupage) -> dict[str, int]:
    return {
        "régions et collectivités d’outre-mer": len(decoupage.regions),
        "départements et collectivités d’outre-mer": len(decoupage.departements),
        "EPCI": len(decoupage.epcis),
        "communes": sum(commune.parent is None for commune in decoupage.communes),
        "arrondissements municipaux": sum(commune.parent is not None for commune in decoupage.communes),
        "anciens noms et codes de communes": len(decoupage.formers),
        "codes postaux": len({code for commune in decoupage.communes for code in commune.postal_codes}),
    }


def _upsert(model: type[Model], rows: Sequence[Model], key: str = "code") -> None:
    fields = [f.name for f in model._meta.concrete_fields if f.name != key]
    model._default_manager.bulk_create(
        rows, batch_size=BATCH, update_conflicts=True, unique_fields=[key], update_fields=fields
    )


def _write_regions(decoupage: Decoupage) -> None:
    """Populations of départements and régions are the sums of their communes; None where no commune has one."""
    by_departement: Counter[str] = Counter()
    by_region: Counter[str] = Counter()
    region_of = {d.code: d.region for d in decoupage.departements}
    for commune in decoupage.communes:
        if commune.parent is None and commune.population is not None:
            by_departement[commune.departement] += commune.population
            by_region[region_of[commune.departement]] += commune.population
    _upsert(
        Region,
        [
            Region(code=r.code, name=r.name, is_com=r.is_com, population=by_region.get(r.code))
            for r in decoupage.regions
        ],
    )
    _upsert(
        Departement,
        [
            Departement(
                code=d.code, name=d.name, region_id=d.region, is_com=d.is_com, population=by_departement.get(d.code)
            )
            for d in decoupage.departements
        ],
    )


def _write_communes(decoupage: Decoupage, centres: Mapping[str, Position]) -> None:
    # Parents first: an arrondissement points at its commune.
    for is_arrondissement in (False, True):
        rows = [
            Commune(
                code=c.code,
                name=c.name,
                search_name=search_key(c.name),
                departement_id=c.departement,
                epci_id=c.epci,
                parent_id=c.parent,
                population=c.population,
                latitude=at.latitude if (at := centres.get(c.code)) else None,
                longitude=at.longitude if at else None,
                is_position_rough=bool(at and at.is_rough),
            )
            for c in decoupage.communes
            if (c.parent is not None) == is_arrondissement
        ]
        _upsert(Commune, rows)


def _retire_communes(decoupage: Decoupage) -> list[str]:
    """Deletes the communes that the source no longer knows, once what points at them follows the merger.

    A vanished commune without known successor is deleted when nothing points at it, kept otherwise (and told).
    """
    successors = decoupage.successors()
    present = {commune.code for commune in decoupage.communes}
    departement_of = {commune.code: commune.departement for commune in decoupage.communes}
    warnings = []
    # Compared here: 35,000 codes exceed the number of parameters that a query may carry.
    for gone in [commune for commune in Commune.objects.all() if commune.code not in present]:
        target = successors.get(gone.code)
        if target is None:
            references = _references(gone.code)
            if references:
                warnings.append(
                    f"La commune {gone.name} ({gone.code}) a disparu du découpage sans successeur connu ; "
                    f"elle est conservée pour {plural(references, 'fiche')}."
                )
            else:
                gone.delete()
            continue
        FormerCommune.objects.filter(commune=gone).update(commune_id=target)
        FormerCommune.objects.update_or_create(
            code=gone.code, name=gone.name, defaults={"search_name": gone.search_name, "commune_id": target}
        )
        moved = _follow(gone.code, target, departement_of[target])
        if moved:
            warnings.append(
                f"{gone.name} ({gone.code}) a rejoint la commune {target} : "
                f"{plural(moved, 'fiche déplacée', 'fiches déplacées')}."
            )
        gone.delete()
    return warnings


def _pointers() -> Iterable[tuple[type[Model], str]]:
    """Foreign keys at a commune outside this package: higher layers, found through their declarations."""
    for relation in Commune._meta.related_objects:
        model = relation.related_model
        if model._meta.app_label != "territories" and isinstance(relation.field, ForeignKey):
            yield model, relation.field.name


def _references(code: str) -> int:
    return sum(model._default_manager.filter(**{name: code}).count() for model, name in _pointers())


def _follow(code: str, target: str, departement: str) -> int:
    """Points at `target` what pointed at `code`; a département kept beside the commune follows. How many rows moved."""
    moved = 0
    for model, name in _pointers():
        changes = {name: target}
        changes |= {
            f.name: departement
            for f in model._meta.concrete_fields
            if isinstance(f, ForeignKey) and f.related_model is Departement
        }
        moved += model._default_manager.filter(**{name: code}).update(**changes)
    return moved


def _write_formers(decoupage: Decoupage) -> None:
    """Adds the source's rows; names learnt from an older vintage stay, but for a commune that exists again."""
    present = {commune.code for commune in decoupage.communes}
    wanted = {(former.code, former.name): former for former in decoupage.formers}
    known = {(former.code, former.name): former for former in FormerCommune.objects.all()}
    stale = [
        row.pk
        for key, row in known.items()
        if key not in wanted and (row.code in present or not row.name or (row.code, apostrophes(row.name)) in wanted)
    ]
    FormerCommune.objects.filter(pk__in=stale).delete()
    rows = [
        FormerCommune(code=f.code, name=f.name, search_name=search_key(f.name), commune_id=f.commune)
        for f in wanted.values()
    ]
    FormerCommune.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["code", "name"],
        update_fields=["search_name", "commune"],
    )


def _write_postal_codes(decoupage: Decoupage) -> None:
    wanted: dict[str, set[str]] = defaultdict(set)
    for commune in decoupage.communes:
        wanted[commune.code].update(commune.postal_codes)
    PostalCode.objects.all().delete()
    PostalCode.objects.bulk_create(
        [PostalCode(code=code, commune_id=commune) for commune, codes in wanted.items() for code in sorted(codes)],
        batch_size=BATCH,
    )
