"""Mass production: every fiche and plaquette of a release, on all processors, only what changed, again after a kill."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import transaction

from senacs.accounts.enums import AccessAction
from senacs.accounts.models import User
from senacs.accounts.permissions import can_manage_campaigns
from senacs.accounts.services import log_access, stated_purpose
from senacs.collection.enums import ResponseState
from senacs.lib import clock
from senacs.lib.french import plural
from senacs.lib.parallel import processes
from senacs.lib.pdf import rendering
from senacs.lib.refusals import NotAllowed, Refused
from senacs.observatory.enums import ReleaseState
from senacs.observatory.models import Release
from senacs.observatory.releases.reader import reader_for
from senacs.publication.documents import plaquettes
from senacs.publication.documents.plaquettes import edition_title
from senacs.publication.documents.typesetting import Job, TypesetDocument, typeset, write_whole
from senacs.publication.fiches import services as fiches
from senacs.publication.fiches.composition import FicheMaker
from senacs.publication.models import FailedDocument, ProducedFile, Production
from senacs.structures.models import Structure
from senacs.territories.models import Departement
from senacs.territories.queries import FRANCE

CHUNK = 64  # documents composed while the ones before are typeset
# Chunks after which the typesetting processes are renewed: what they keep can grow no further.
RENEWED_AFTER = 16
Progress = Callable[[Production], None]


class ProductionSuperseded(Exception):
    """Another start of the same production has taken over."""


@dataclass(frozen=True, slots=True)
class Item:
    """One document of the list, before it is composed. Keys sort in the order of production."""

    key: str
    departement: str
    structure: int | None = None
    territory: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Begun:
    """A chunk in the hands of the typesetters: (item, fingerprint, its PDF to come); and what could not be composed."""

    chunk: Sequence[Item]
    waiting: Sequence[tuple[Item, str, Future[TypesetDocument]]]
    refused: Sequence[tuple[Item, str]]


@transaction.atomic
def start_production(*, release: Release, by: User | None) -> Production:
    """A new run, or the unfinished one of the release to go on with. Raises NotAllowed, Refused."""
    if by is not None and not can_manage_campaigns(by):
        raise NotAllowed("Seule l’équipe nationale lance la production.")
    if release.state != ReleaseState.PUBLISHED:
        raise Refused("On ne produit que d’après une publication ouverte au public.")
    now = clock.now()
    unfinished = Production.objects.select_for_update().filter(release=release, ended_at__isnull=True).first()
    if unfinished is not None:
        return unfinished
    return Production.objects.create(release=release, started_at=now, started_by=by, heartbeat_at=now)


def run_production(
    production_id: int, *, progress: Progress = lambda _: None, workers: int | None = None
) -> Production:
    """Goes through the list from where it stands. Raises Superseded when it was started again meanwhile."""
    with transaction.atomic():
        production = (
            Production.objects.select_for_update().select_related("release__campaign__version").get(pk=production_id)
        )
        if production.ended_at is not None:
            return production
        production.attempt += 1
        items = items_of(production.release)
        production.total = len(items)
        production.done = sum(item.key <= production.cursor for item in items)
        production.save(update_fields=["attempt", "total", "done"])
    maker = FicheMaker(production.release)
    known = dict(ProducedFile.objects.filter(release=production.release).values_list("key", "fingerprint"))
    for chunks in _groups([item for item in items if item.key > production.cursor]):
        with processes(workers) as pool:
            before: Begun | None = None
            for chunk in chunks:
                begun = _begin(production.release, chunk, maker, known, pool)
                if before is not None:
                    _end(production, before, progress)
                before = begun
            if before is not None:
                _end(production, before, progress)
    production.ended_at = clock.now()
    production.save(update_fields=["ended_at"])
    return production


def items_of(release: Release) -> list[Item]:
    """The structures that sent or validated a response to the campaign, then France, its régions and départements."""
    answered = Structure.objects.filter(
        responses__campaign=release.campaign_id,
        responses__state__in=[ResponseState.SUBMITTED, ResponseState.VALIDATED],
        closed_on__isnull=True,
    )
    rows = answered.values_list("pk", "code", "departement_id")
    items = [Item(f"fiche/{code}", departement, structure=pk) for pk, code, departement in rows]
    reader = reader_for(release)
    places = [("france", FRANCE), *(("region", c) for c in reader.territories("region"))]
    places += [("departement", code) for code in reader.territories("departement")]
    items += [
        Item(f"plaquette/{level}-{code}", code if level == "departement" else "", territory=(level, code))
        for level, code in places
    ]
    return sorted(items, key=lambda item: item.key)


def _begin(release: Release, chunk: Sequence[Item], maker: FicheMaker, known: dict[str, str], pool: Executor) -> Begun:
    """Composes a chunk and gives what changed to the typesetters."""
    at = release.published_at or release.created_at
    structures = _structures([item.structure for item in chunk if item.structure is not None])
    waiting: list[tuple[Item, str, Future[TypesetDocument]]] = []
    refused: list[tuple[Item, str]] = []
    for item in chunk:
        try:
            job = _job(release, item, maker, structures, at)
        except Refused as error:
            refused.append((item, error.message))
            continue
        fingerprint = _fingerprint(job)
        if known.get(item.key) != fingerprint or not path_of(release, item.key).is_file():
            waiting.append((item, fingerprint, pool.submit(typeset, job)))
    return Begun(chunk, waiting, refused)


def _end(production: Production, begun: Begun, progress: Progress) -> None:
    """Writes the documents of a chunk as they come, then where the production stands."""
    release, written = production.release, 0
    for item, reason in begun.refused:
        _keep_failure(release, item, reason)
    for item, fingerprint, future in begun.waiting:
        made = future.result()
        if made.failure:
            _keep_failure(release, item, made.failure)
            continue
        _keep(release, item, fingerprint, made)
        written += 1
    _advance(production, begun.chunk[-1].key, len(begun.chunk), written)
    progress(production)


def _keep(release: Release, item: Item, fingerprint: str, made: TypesetDocument) -> None:
    path = path_of(release, item.key)
    write_whole(path, made.content)
    with transaction.atomic():
        ProducedFile.objects.update_or_create(
            release=release,
            key=item.key,
            defaults={
                "departement": item.departement,
                "fingerprint": fingerprint,
                "checksum": hashlib.sha256(made.content).hexdigest(),
                "path": str(path.relative_to(settings.MEDIA_ROOT)),
                "pages": rendering.page_count(made.content),
                "faults": list(made.faults),
                "built_at": clock.now(),
            },
        )
        FailedDocument.objects.filter(release=release, key=item.key).delete()


def _keep_failure(release: Release, item: Item, reason: str) -> None:
    """The document stays to be made: the next production tries it again."""
    with transaction.atomic():
        told = {"departement": item.departement, "reason": reason, "at": clock.now()}
        FailedDocument.objects.update_or_create(release=release, key=item.key, defaults=told)
        ProducedFile.objects.filter(release=release, key=item.key).delete()


def _job(release: Release, item: Item, maker: FicheMaker, structures: dict[int, Structure], at: datetime) -> Job:
    if item.structure is not None:
        document = maker.compose(structures[item.structure])
        return Job(fiches.TEMPLATE, fiches.printable(document), fiches.title_of(document), at)
    level, code = item.territory
    document = plaquettes.compose_plaquette(release=release, level=level, code=code)
    return Job(plaquettes.TEMPLATE, document, edition_title(document), at, has_pages_checked=True)


def _fingerprint(job: Job) -> str:
    """What a document is made from: its data, its date, the templates."""
    data = json.dumps(job.data, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(f"{_templates()}{job.at.isoformat()}{job.title}{data}".encode()).hexdigest()


@lru_cache(maxsize=1)
def _templates() -> str:
    digest = hashlib.sha256()
    for path in sorted(rendering.TEMPLATES.glob("*/typst/*.typ")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _structures(keys: Sequence[int]) -> dict[int, Structure]:
    related = ("commune", "departement", "gestionnaire", "caf", "federation")
    return {structure.pk: structure for structure in Structure.objects.filter(pk__in=keys).select_related(*related)}


@transaction.atomic
def _advance(production: Production, cursor: str, done: int, written: int) -> None:
    stored = Production.objects.select_for_update().get(pk=production.pk)
    if stored.attempt != production.attempt:
        raise ProductionSuperseded(f"La production {production.pk} a été relancée.")
    production.cursor = cursor
    production.done += done
    production.written += written
    production.heartbeat_at = clock.now()
    production.save(update_fields=["cursor", "done", "written", "heartbeat_at"])


def path_of(release: Release, key: str) -> Path:
    """Where the document of a key lies."""
    return Path(settings.MEDIA_ROOT) / "production" / release.name / f"{key}.pdf"


def take_archive(*, release: Release, departement: Departement, purpose: str, by: User) -> Path:
    """The ZIP of one département for the national team: fiches hold individual answers (charte 3.2).

    The ledger is written with it: no file without its line. Raises NotAllowed, Refused without a purpose.
    """
    if not can_manage_campaigns(by):
        raise NotAllowed("Seule l’équipe nationale retire les documents produits.")
    stated = stated_purpose(purpose)
    target = Path(settings.MEDIA_ROOT) / "production" / release.name / "archives" / f"{departement.pk}.zip"
    concerned = write_archive(release, departement.pk, target)
    log_access(
        user=by,
        action=AccessAction.FICHES,
        structures=Structure.objects.filter(code__in=concerned),
        purpose=stated,
        departement=departement,
        what=f"Publication {release.name}",
    )
    return target


def write_archive(release: Release, departement: str, target: Path) -> list[str]:
    """The ZIP of one département: its plaquette and the fiches of its structures. Returns their codes.

    PDF files are already compressed: they are stored as they are. Raises Refused when nothing was produced.
    """
    found = list(ProducedFile.objects.filter(release=release, departement=departement).order_by("key"))
    if not found:
        raise Refused("Rien n’a encore été produit pour ce département.")
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".partial")
    missing = [produced.key for produced in found if not (Path(settings.MEDIA_ROOT) / produced.path).is_file()]
    if missing:
        told = plural(len(missing), "document produit", "documents produits")
        raise Refused(f"Il manque {told} : relancez la production.")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED) as archive:
        for produced in found:
            archive.write(Path(settings.MEDIA_ROOT) / produced.path, f"{produced.key}.pdf")
        if failed := FailedDocument.objects.filter(release=release, departement=departement):
            lines = [f"{one.key} : {one.reason}" for one in failed]
            archive.writestr("documents-manquants.txt", "\r\n".join(lines).encode("utf-8-sig"))
    partial.replace(target)
    return [produced.key.removeprefix("fiche/") for produced in found if produced.key.startswith("fiche/")]


def _groups(items: Sequence[Item]) -> Iterator[list[Sequence[Item]]]:
    """The chunks, by groups that share their typesetting processes."""
    chunks = [items[at : at + CHUNK] for at in range(0, len(items), CHUNK)]
    for at in range(0, len(chunks), RENEWED_AFTER):
        yield chunks[at : at + RENEWED_AFTER]
