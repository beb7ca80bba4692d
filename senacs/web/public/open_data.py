"""Figures of a release that somebody chooses, in formats that programs read; what is secret is said, never blank."""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod

import polars as pl

from senacs.lib import french
from senacs.observatory import frozen_files
from senacs.observatory.enums import CellStatus
from senacs.observatory.models import Release
from senacs.observatory.releases.reader import ReleaseReader

MOST_ROWS = 50_000
MOST_CELLS = 200_000  # of a JSON-stat cube, empty ones too
SECRET = frozen_files.SECRET
_TOLD = frozenset(
    {"indicator", "statistic", "level", "territory", "dimension", "modality", "value", "n", "status", "reason"}
)
_LABELS = {
    "indicator": "Indicateur",
    "statistic": "Mesure",
    "level": "Niveau",
    "territory": "Territoire",
    "modality": "Réponse",
}
_ALL = "_T"


class TooLarge(Exception):
    """More than may be given at once; the message is French."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Rows of the cells of a release, by territory."""

    release: Release
    reader: ReleaseReader
    frame: pl.DataFrame

    @property
    def crossings(self) -> list[str]:
        """The dimensions that some row is crossed by."""
        return [
            name
            for name in self.frame.columns
            if name not in _TOLD and self.frame[name].dtype == pl.String and (self.frame[name] != "").any()
        ]


def select(release: Release, reader: ReleaseReader, wanted: Mapping[str, Sequence[str]]) -> Selection:
    """The cells whose columns hold one of the wanted values; a column that is not named holds anything."""
    return Selection(release, reader, reader.where({name: values for name, values in wanted.items() if values}))


def check_size(selection: Selection) -> None:
    """Raises TooLarge before anything is written."""
    if selection.frame.height > MOST_ROWS:
        raise TooLarge(
            f"Cette demande donne {french.number(selection.frame.height)} chiffres ; {french.number(MOST_ROWS)} au "
            "plus en une fois. Précisez l’indicateur, le niveau ou le territoire, ou prenez le fichier "
            "« cells.parquet » de la publication."
        )


def as_rows(selection: Selection, start: int, count: int) -> list[dict[str, object]]:
    """`count` figures from `start` on, as objects; `id` is stable: the same figure has it in every answer."""
    crossings = [name for name in selection.frame.columns if name not in _TOLD]
    indicators = selection.reader.indicators
    rows = []
    for row in selection.frame.slice(start, count).iter_rows(named=True):
        info = indicators.get(row["indicator"])
        crossed = {name: row[name] for name in crossings if row[name]}
        where = [row[name] for name in ("indicator", "statistic", "modality", "level", "territory")]
        parts = [selection.release.name, *where, *(f"{name}={code}" for name, code in crossed.items())]
        rows.append(
            {
                "id": ":".join(parts),
                "indicateur": row["indicator"],
                "libelle": info.label if info else row["indicator"],
                "unite": info.unit if info else "",
                "mesure": row["statistic"],
                "reponse": row["modality"],
                "niveau": row["level"],
                "territoire": row["territory"],
                "croisements": crossed,
                "valeur": row["value"],
                "repondants": row["n"],
                "statut": row["status"],
                "raison": row["reason"] or "",
            }
        )
    return rows


def as_csv(selection: Selection) -> bytes:
    check_size(selection)
    return frozen_files.csv_bytes(selection.frame)


def as_parquet(selection: Selection) -> bytes:
    check_size(selection)
    out = io.BytesIO()
    selection.frame.write_parquet(out, compression="zstd")
    return out.getvalue()


def as_jsonstat(selection: Selection, names: Mapping[tuple[str, str], str]) -> dict[str, object]:
    """A JSON-stat 2.0 dataset of any level and crossing; values by place, those that are secret with their status.

    `names`: of (level, territory). Raises TooLarge.
    """
    check_size(selection)
    frame, crossings = selection.frame, selection.crossings
    columns = ["indicator", "statistic", "modality", "level", "territory", *crossings]
    codes = {name: sorted(frame[name].unique()) for name in columns}
    size = [len(codes[name]) for name in columns]
    whole = prod(size)
    if whole > MOST_CELLS:
        raise TooLarge(
            f"Ce cube aurait {french.number(whole)} cases ; {french.number(MOST_CELLS)} au plus. Précisez "
            "l’indicateur, le niveau ou le croisement."
        )
    index = {name: {code: place for place, code in enumerate(known)} for name, known in codes.items()}
    value: dict[str, float] = {}
    status: dict[str, str] = {}
    for row in frame.iter_rows(named=True):
        place = 0
        for name, length in zip(columns, size, strict=True):
            place = place * length + index[name][row[name]]
        if row["status"] != CellStatus.PUBLISHED:
            status[str(place)] = SECRET
        elif row["value"] is not None:
            value[str(place)] = row["value"]
    year = str(selection.release.campaign.data_year)
    return {
        "version": "2.0",
        "class": "dataset",
        "label": f"SENACS, données {year}, publication {selection.release.name}",
        "source": "SENACS, Cnaf et Fcsf",
        "id": [*columns, "time"],
        "size": [*size, 1],
        "role": {"metric": ["statistic"], "geo": ["territory"], "time": ["time"]},
        "dimension": {
            **{name: _dimension(name, codes[name], selection, names) for name in columns},
            "time": {"label": "Année des données", "category": {"index": [year], "label": {year: year}}},
        },
        "value": value,
        "status": status,
        "extension": {"status": {"label": {SECRET: "Masqué (secret statistique)"}}, "release": selection.release.name},
    }


def _dimension(
    name: str, codes: list[str], selection: Selection, names: Mapping[tuple[str, str], str]
) -> dict[str, object]:
    """Codes are those of the release; the empty one (« all ») is written `_T`, as in SDMX."""
    reader = selection.reader
    plan = reader.methodology["plan"]["dimensions"]
    if name == "indicator":
        labels = {code: one.label for code, one in reader.indicators.items()}
    elif name == "territory":
        held = selection.frame.select("level", "territory").unique().rows()
        labels = _by_code((code, names[level, code]) for level, code in sorted(held) if (level, code) in names)
    elif name == "modality":
        told = sorted(selection.frame["indicator"].unique())
        labels = _by_code(pair for code in told for pair in reader.indicators[code].modalities.items())
    else:
        labels = plan.get(name, {}).get("modalities", {})
    written = {code or _ALL: labels.get(code, code) if code else "Ensemble" for code in codes}
    label = _LABELS.get(name) or plan[name]["label"]
    return {"label": label, "category": {"index": list(written), "label": written}}


def _by_code(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """One code may mean several things (01 is the Ain and Guadeloupe): all of them are said."""
    found: dict[str, list[str]] = {}
    for code, label in pairs:
        known = found.setdefault(code, [])
        if label not in known:
            known.append(label)
    return {code: " / ".join(known) for code, known in found.items()}
