"""At every start, the questionnaires of data/ are whole and valid; what has not changed is not read again."""

import hashlib
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from senacs.questionnaire import engine
from senacs.questionnaire.engine.errors import DefinitionErrors
from senacs.questionnaire.engine.loader import ENTRY_FILE, load_directory

ERROR_ID = "questionnaire.E001"
_logger = logging.getLogger(__name__)


def check_questionnaires(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """One error per mistake in data/questionnaires/*, with file and line."""
    root = Path(settings.DATA_DIR)
    kept = Path(settings.VAR_DIR) / "questionnaires-checked.json"
    stamp = _stamp(root)
    known = _read(kept)
    if known.get("stamp") != stamp:
        known = {"stamp": stamp, "errors": [str(e) for e in _errors(root)]}
        _write(kept, known)
    return [Error(message, id=ERROR_ID) for message in known["errors"]]


def _errors(root: Path) -> Iterator[Exception]:
    for entry in sorted((root / "questionnaires").glob(f"*/{ENTRY_FILE}")):
        try:
            load_directory(entry.parent)
        except DefinitionErrors as found:
            yield from found.errors


def _stamp(root: Path) -> str:
    """Changes with any file of the questionnaires, of their rules, or of the engine that reads them."""
    files = [*(root / "questionnaires").rglob("*.yaml"), *(root / "rules").rglob("*.yaml")]
    files += Path(engine.__path__[0]).glob("*.py")
    states = [(str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in sorted(files)]
    return hashlib.sha256(json.dumps(states).encode()).hexdigest()


def _read(kept: Path) -> dict[str, Any]:
    try:
        known = json.loads(kept.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return known if isinstance(known, dict) and isinstance(known.get("errors"), list) else {}


def _write(kept: Path, known: dict[str, object]) -> None:
    partial = kept.with_suffix(".partial")
    try:
        partial.write_text(json.dumps(known, ensure_ascii=False), encoding="utf-8")
        partial.replace(kept)
    except OSError as error:
        # A read-only var/ only costs the next start a second reading.
        _logger.warning("Vérification des questionnaires non conservée : %s", error)
