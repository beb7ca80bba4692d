"""The official lists of quartiers prioritaires (QPV) and of communes in France ruralités revitalisation (FRR)."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from senacs.lib import clock
from senacs.lib.french import apostrophes
from senacs.lib.text import search_key
from senacs.territories.models import Commune, FormerCommune, LoadedVintage, Qpv, RuralCommune, RuralZoning
from senacs.territories.services import DATASET

QPV, FRR = "qpv", "frr"
MAX_BYTES = 60 * 1024 * 1024
# Names that official files give to a column, compared in lower case, letters and digits alone.
_QPV_CODE = ("codeqp", "codeqpv", "code", "idqp", "qp", "qpv", "codgeo", "codequartier")
_QPV_NAME = ("libqp", "nomqp", "libelle", "nom", "nomqpv", "libqpv", "libgeo", "quartierprioritaire")
_COMMUNES = ("inseecom", "codecommune", "codecom", "communes", "codescommunes", "depcom", "codeinsee", "listcom2024")
_POPULATION = ("population", "popmun", "popqp", "popmuniqp", "popqp24rp20", "pmunqp", "populationmunicipale")
_COMMUNE = ("codgeo", "codeinsee", "codecommune", "inseecom", "codecom", "depcom", "code", "insee")
_ZONING = ("frr", "zonage", "zonagefrr", "classement", "classementfrr", "frrzonage", "typefrr")
_QPV_FORM = re.compile(r"QP?N?[0-9A-Z]{5,8}")
_COMMUNE_FORM = re.compile(r"\b(?:[0-9]{5}|2[AB][0-9]{3})\b")
_OUT = frozenset({"", "non", "nonfrr", "horsfrr", "nonclassee", "nc", "0", "n"})


class ZoningError(Exception):
    """The list cannot be loaded; the message is French."""


@dataclass(frozen=True, slots=True)
class ZoningReport:
    """`unknown`: codes of communes that the official code does not know; `is_changed`: False when it was loaded."""

    count: int
    vintage: str
    is_changed: bool
    unknown: tuple[str, ...] = ()


def is_loaded(dataset: str) -> bool:
    """Whether « not in the list » may be said at all."""
    return LoadedVintage.objects.filter(dataset=dataset).exists()


@transaction.atomic
def load_qpv(*, path: Path, vintage: str) -> ZoningReport:
    """Replaces the QPV by those of the file (CSV or GeoJSON). Raises ZoningError for a file that is no such list."""
    content, checksum = _read(path, vintage)
    if LoadedVintage.objects.filter(dataset=QPV, checksum=checksum).exists():
        return ZoningReport(Qpv.objects.count(), vintage, is_changed=False)
    rows = list(_rows(content, path.name))
    code_in, name_in, communes_in = (
        _column(rows, names, what, path.name)
        for names, what in ((_QPV_CODE, "du code"), (_QPV_NAME, "du nom"), (_COMMUNES, "des communes"))
    )
    population_in = next((name for name in _POPULATION if name in rows[0]), None)
    known = _Communes()
    found: dict[str, tuple[Qpv, set[str]]] = {}
    for row in rows:
        code = row[code_in].upper()
        if not _QPV_FORM.fullmatch(code):
            raise ZoningError(f"{path.name} : « {row[code_in][:40]} » n’est pas un code de quartier prioritaire.")
        name = apostrophes(row[name_in])[:150] or code
        population = _whole(row[population_in]) if population_in else None
        _, communes = found.setdefault(
            code, (Qpv(code=code, name=name, search_name=search_key(name)[:150], population=population), set())
        )
        communes |= known.of(_COMMUNE_FORM.findall(row[communes_in].upper()))
    Qpv.objects.all().delete()
    Qpv.objects.bulk_create([qpv for qpv, _ in found.values()])
    through = Qpv.communes.through
    through._default_manager.bulk_create(
        through(qpv_id=code, commune_id=commune) for code, (_, communes) in found.items() for commune in communes
    )
    _mark(QPV, vintage, checksum)
    return ZoningReport(len(found), vintage, True, tuple(sorted(known.unknown)))


@transaction.atomic
def load_frr(*, path: Path, vintage: str) -> ZoningReport:
    """Replaces the zoning by that of the file (CSV). Raises ZoningError for a file that is no such list."""
    content, checksum = _read(path, vintage)
    if LoadedVintage.objects.filter(dataset=FRR, checksum=checksum).exists():
        return ZoningReport(RuralCommune.objects.count(), vintage, is_changed=False)
    rows = list(_rows(content, path.name))
    code_in = _column(rows, _COMMUNE, "du code de commune", path.name)
    zoning_in = _column(rows, _ZONING, "du classement", path.name)
    known = _Communes()
    found: dict[str, RuralZoning] = {}
    for row in rows:
        zoning = _zoning(row[zoning_in])
        if zoning is None:
            continue
        for commune in known.of(_COMMUNE_FORM.findall(row[code_in].upper().zfill(5))):
            if found.get(commune) != RuralZoning.FRR_PLUS:
                found[commune] = zoning
    if not found:
        raise ZoningError(f"{path.name} ne classe aucune commune connue en FRR.")
    RuralCommune.objects.all().delete()
    RuralCommune.objects.bulk_create(
        (RuralCommune(commune_id=commune, zoning=zoning) for commune, zoning in found.items()), batch_size=2000
    )
    _mark(FRR, vintage, checksum)
    return ZoningReport(len(found), vintage, True, tuple(sorted(known.unknown)))


def _zoning(text: str) -> RuralZoning | None:
    """« FRR+ », « FRR socle », « FRR bénéficiaire », « O »…; None out of the zoning."""
    plain = search_key(text.replace("+", " plus ")).replace(" ", "")
    if plain in _OUT:
        return None
    return RuralZoning.FRR_PLUS if "plus" in plain else RuralZoning.FRR


class _Communes:
    """Present communes by any code that they had; what leads nowhere is kept apart."""

    def __init__(self) -> None:
        self._present = set(Commune.objects.values_list("pk", flat=True))
        if not self._present:
            raise ZoningError("Les territoires ne sont pas chargés : lancez d’abord « senacs load_territories ».")
        self._formers = dict(FormerCommune.objects.values_list("code", "commune"))
        self.unknown: set[str] = set()

    def of(self, codes: Iterable[str]) -> set[str]:
        now = {code: code if code in self._present else self._formers.get(code) for code in codes}
        self.unknown |= {code for code, commune in now.items() if commune is None}
        return {commune for commune in now.values() if commune is not None}


def _read(path: Path, vintage: str) -> tuple[str, str]:
    if not 0 < len(vintage) <= 20:
        raise ZoningError("Le millésime compte de 1 à 20 caractères.")
    if not path.is_file():
        raise ZoningError(f"Le fichier {path} n’existe pas.")
    if path.stat().st_size > MAX_BYTES:
        raise ZoningError(f"{path.name} dépasse {MAX_BYTES // 1024 // 1024}\u00a0Mo.")
    raw = path.read_bytes()
    checksum = hashlib.sha256(raw + vintage.encode()).hexdigest()
    try:
        return raw.decode("utf-8-sig"), checksum
    except UnicodeDecodeError:
        # Files of administrations that Excel wrote.
        return raw.decode("cp1252", errors="replace"), checksum


def _rows(content: str, name: str) -> Iterator[dict[str, str]]:
    """Cells by name of column, plain; of a CSV of any separator, or the properties of a GeoJSON."""
    if content.lstrip().startswith("{"):
        try:
            features = json.loads(content)["features"]
            yield from (_plain(feature["properties"]) for feature in features)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ZoningError(f"{name} n’est pas un GeoJSON lisible.") from error
        return
    first = content.partition("\n")[0]
    separator = max(";,\t", key=first.count)
    reader = csv.DictReader(io.StringIO(content), delimiter=separator, restval="")
    yield from (_plain({k: v for k, v in row.items() if k is not None}) for row in reader)


def _plain(row: Mapping[str, object]) -> dict[str, str]:
    return {search_key(str(name)).replace(" ", ""): str(value or "").strip() for name, value in row.items()}


def _column(rows: list[dict[str, str]], names: Iterable[str], what: str, file: str) -> str:
    present = rows[0] if rows else {}
    found = next((name for name in names if name in present), None)
    if found is None:
        raise ZoningError(f"{file} : la colonne {what} manque ({', '.join(names)}).")
    return found


def _whole(text: str) -> int | None:
    plain = re.sub(r"\s", "", text).partition(".")[0].partition(",")[0]
    return int(plain) if re.fullmatch(r"[0-9]{1,8}", plain) else None


def _mark(dataset: str, vintage: str, checksum: str) -> None:
    LoadedVintage.objects.update_or_create(
        dataset=dataset, defaults={"vintage": vintage, "checksum": checksum, "loaded_at": clock.now()}
    )


def loaded_lists() -> tuple[tuple[str, str], ...]:
    """(list, checksum) of what is loaded, communes too: what is made of it is good as long as that is the same."""
    lists = LoadedVintage.objects.filter(dataset__in=[QPV, FRR, DATASET])
    return tuple(lists.order_by("dataset").values_list("dataset", "checksum"))


def vintage_of(dataset: str) -> str:
    """Empty as long as the list is not loaded."""
    return LoadedVintage.objects.filter(dataset=dataset).values_list("vintage", flat=True).first() or ""
