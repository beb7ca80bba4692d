"""A questionnaire as the YAML files of data/, for those who keep it under version control."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from senacs.questionnaire.engine.builder import option_pairs
from senacs.questionnaire.engine.loader import ENTRY_FILE
from senacs.questionnaire.engine.schema import Questionnaire


class _Dumper(yaml.SafeDumper):
    """Texts that our reader would take for something else (« 2025 », « true ») keep their quotes; no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def write_directory(
    questionnaire: Questionnaire, directory: Path, indicators: Iterable[Mapping[str, Any]] = ()
) -> None:
    """Writes `questionnaire.yaml`, one file a section, `regles.yaml` and `indicateurs.yaml` into `directory`."""
    directory.mkdir(parents=True, exist_ok=True)
    document = questionnaire.document
    sections: list[dict[str, Any]] = list(document.get("sections") or [])  # type: ignore[call-overload]
    names = [f"{index:02}_{section['code']}.yaml" for index, section in enumerate(sections, 1)]
    entry = {key: document[key] for key in ("code", "year", "data_year", "title")}
    _write(directory / ENTRY_FILE, {**entry, "sections": names, "rules": ["regles.yaml"]})
    for name, section in zip(names, sections, strict=True):
        _write(directory / name, _authored(section))
    _write(directory / "regles.yaml", _authored(document.get("rules") or []))
    listed = [dict(indicator) for indicator in indicators]
    if listed:
        _write(directory / "indicateurs.yaml", listed)


def _authored(value: Any) -> Any:
    """Options as people write them: `code: label`."""
    if isinstance(value, dict):
        return {key: dict(option_pairs(item)) if key == "options" else _authored(item) for key, item in value.items()}
    return [_authored(item) for item in value] if isinstance(value, list) else value


def _write(path: Path, content: Any) -> None:
    text = yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)
    path.write_text(text, encoding="utf-8")
