"""The files of a release: written once into a folder of their own, with checksums, then read-only."""

import gzip
import hashlib
import io
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from senacs.observatory.enums import CellStatus
from senacs.observatory.models import Fingerprint

CELLS_PARQUET = "cells.parquet"
CELLS_CSV = "cells.csv.gz"
METHODOLOGY = "methodology.json"
MANIFEST = "manifest.json"
# What the attacker from outside finds in it.
ATTACK = "attack.json"
# What stands in a CSV instead of a figure that is kept secret: never an empty cell.
SECRET = "secret"  # noqa: S105
_COMPRESSION = 6


def write_parquet(frame: pl.DataFrame, path: Path) -> None:
    """Same frame, same bytes: fixed compression, one row group size, no date of writing."""
    frame.write_parquet(path, compression="zstd", compression_level=9, statistics=True, row_group_size=100_000)


def write_csv(cells: pl.DataFrame, path: Path) -> None:
    """See csv_bytes; compressed, for a release has half a million lines that look alike."""
    path.write_bytes(compressed(csv_bytes(cells)))


def compressed(content: bytes) -> bytes:
    """gzip without name or date: same content, same bytes."""
    return gzip.compress(content, _COMPRESSION, mtime=0)


def csv_bytes(cells: pl.DataFrame) -> bytes:
    """Comma, UTF-8, point as decimal mark, one line a cell; « secret » in value and n of a suppressed cell."""
    hidden = pl.col("status") != CellStatus.PUBLISHED
    told = [
        pl.when(hidden).then(pl.lit(SECRET)).otherwise(pl.col(name).cast(pl.String)).alias(name)
        for name in ("value", "n")
    ]
    out = io.BytesIO()
    cells.with_columns(told).write_csv(out, line_terminator="\r\n")
    return out.getvalue()


def write_json(document: Mapping[str, Any], path: Path) -> None:
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")


def fingerprints(directory: Path) -> list[Fingerprint]:
    """Name, size and SHA-256 of each file but the manifest, in order of name."""
    return [
        {"name": path.name, "size": path.stat().st_size, "sha256": sha256(path)}
        for path in sorted(directory.iterdir())
        if path.name != MANIFEST
    ]


def sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def altered(directory: Path, expected: Sequence[Fingerprint]) -> list[str]:
    """Names of the files that are missing or no longer what `expected` (see fingerprints) says."""
    return [
        entry["name"]
        for entry in expected
        if not (directory / entry["name"]).is_file() or sha256(directory / entry["name"]) != entry["sha256"]
    ]


def install(built: Path, directory: Path) -> None:
    """Puts a finished folder in its place at once, instead of what an interrupted build may have left."""
    if directory.exists():
        thaw(directory)
        shutil.rmtree(directory)
    directory.parent.mkdir(parents=True, exist_ok=True)
    built.rename(directory)


def freeze(directory: Path) -> None:
    for path in directory.iterdir():
        path.chmod(0o444)
    directory.chmod(0o555)


def thaw(directory: Path) -> None:
    directory.chmod(0o755)
    for path in directory.iterdir():
        path.chmod(0o644)
