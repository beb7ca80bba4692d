"""A questionnaire from its YAML directory or from its stored document; every error at once, with file and line."""

import hashlib
import json
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from senacs.questionnaire.engine import yaml_source
from senacs.questionnaire.engine.builder import QUESTIONNAIRE_KEYS, Builder, option_pairs
from senacs.questionnaire.engine.errors import DefinitionError, DefinitionErrors
from senacs.questionnaire.engine.keys import Keys
from senacs.questionnaire.engine.schema import Field, Questionnaire
from senacs.questionnaire.engine.typecheck import Type
from senacs.questionnaire.engine.vocabulary import CONTEXT, types_of

__all__ = [
    "DefinitionError",
    "DefinitionErrors",
    "checksum_of",
    "field_types",
    "from_document",
    "from_source",
    "load_directory",
    "to_document",
]

ENTRY_FILE = "questionnaire.yaml"


def load_directory(path: Path | str) -> Questionnaire:
    """Reads `questionnaire.yaml` and the section and rule files that it names. Raises DefinitionErrors."""
    directory = Path(path)
    errors: list[DefinitionError] = []
    entry = directory / ENTRY_FILE
    source = _read(entry, errors)
    if source is None:
        raise DefinitionErrors(errors or [DefinitionError("fichier vide.", file=_shown(entry))])
    keys = Keys(source, QUESTIONNAIRE_KEYS, errors, where="questionnaire", at=(_shown(entry), 1))
    whole: dict[str, object] = yaml_source.Mapping(_shown(entry), 1)
    whole.update({key: source[key] for key in QUESTIONNAIRE_KEYS if isinstance(source, dict) and key in source})
    if isinstance(source, yaml_source.Mapping) and isinstance(whole, yaml_source.Mapping):
        whole.lines = source.lines
    place = keys.place("sections")
    sections = [_read(directory / name, errors, place) for name in keys.texts("sections")]
    whole["sections"] = [section for section in sections if section is not None]
    whole["rules"] = _rules(directory, keys, errors)
    return _build(whole, _shown(entry), errors)


def from_document(document: Mapping[str, Any]) -> Questionnaire:
    """The questionnaire that `to_document` stored. Raises DefinitionErrors when the document is not valid."""
    return _build(dict(document), f"document « {document.get('code', '?')} »", [])


def from_source(source: dict[str, object], name: str, errors: list[DefinitionError]) -> Questionnaire:
    """The questionnaire of a definition read elsewhere than from YAML; `errors` are those found while reading it.

    Mappings of `yaml_source` in the source place what is wrong; `name` stands for the rest. Raises DefinitionErrors.
    """
    return _build(source, name, errors)


def to_document(questionnaire: Questionnaire) -> dict[str, object]:
    """Plain JSON from which `from_document` rebuilds the same questionnaire."""
    return dict(questionnaire.document)


def checksum_of(document: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON (sorted keys, no spaces): the same whatever the database does to key order."""
    canonical = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _read(path: Path, errors: list[DefinitionError], place: tuple[str, int] | None = None) -> Any:
    try:
        content = yaml_source.read(path, name=_shown(path))
    except DefinitionError as error:
        errors.append(error.located(*place) if place and not path.exists() else error)
        return None
    if content is None:
        errors.append(DefinitionError("fichier vide.", file=_shown(path)))
    return content


def _rules(directory: Path, keys: Keys, errors: list[DefinitionError]) -> list[Any]:
    rules: list[Any] = []
    for name in keys.texts("rules"):
        content = _read(directory / name, errors, keys.place("rules"))
        if isinstance(content, list):
            rules.extend(content)
        elif content is not None:
            errors.append(DefinitionError("un fichier de règles est une liste.", file=_shown(directory / name), line=1))
    return rules


def _shown(path: Path) -> str:
    resolved = path.resolve()
    return str(resolved.relative_to(Path.cwd())) if resolved.is_relative_to(Path.cwd()) else str(resolved)


def _build(source: dict[str, Any], name: str, errors: list[DefinitionError]) -> Questionnaire:
    first = Builder(name, None)
    for section in source.get("sections") or []:
        first.section(section)
    builder = Builder(name, types_of(first.fields.values()))
    keys = builder.keys(source, QUESTIONNAIRE_KEYS, "questionnaire")
    sections = tuple(builder.section(section) for section in keys.items("sections"))
    rules = tuple(builder.rule(rule) for rule in keys.items("rules"))
    if not sections:
        keys.refuse("sections", "questionnaire : aucune rubrique.")
    code, title = keys.text("code"), keys.text("title")
    year, data_year = keys.required_integer("year"), keys.required_integer("data_year")
    if year and data_year >= year:
        keys.refuse("data_year", f"questionnaire : les données ({data_year}) portent sur une année passée ({year}).")
    found = [*errors, *builder.errors, *cycles(builder.fields)]
    if found:
        raise DefinitionErrors(_distinct(found))
    document = _plain(source)
    return Questionnaire(
        code=code, year=year, data_year=data_year, title=title, sections=sections,
        rules=tuple(rule for rule in rules if rule is not None), checksum=checksum_of(document), document=document,
    )  # fmt: skip


def field_types(questionnaire: Questionnaire) -> dict[str, Type]:
    """The types of every code that a formula on this questionnaire may name, for `Expression.check`."""
    return types_of(questionnaire.fields.values())


def _distinct(errors: list[DefinitionError]) -> list[DefinitionError]:
    """A column's mistake would be told once per cell."""
    return list({(e.file, e.line, e.message): e for e in errors}.values())


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _plain_options(item) if key == "options" else _plain(item)
            for key, item in value.items()
            if item is not None or key in {"minimum", "maximum"}
        }
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def _plain_options(raw: Any) -> list[dict[str, str]]:
    return [{"code": code, "label": label} for code, label in option_pairs(raw)]


def dependencies(field: Field) -> frozenset[str]:
    """Codes of this year whose value decides whether `field` shows, or what it is worth."""
    formulas = [e for e in (field.computed, field.condition) if e is not None]
    return frozenset(code for e in formulas for code in e.codes if code not in CONTEXT)


def cycles(fields: Mapping[str, Field]) -> list[DefinitionError]:
    """Each loop of conditions and computed fields, told once at its first field."""
    graph = {code: set(dependencies(field)) & fields.keys() for code, field in fields.items()}
    errors: list[DefinitionError] = []
    while True:
        try:
            TopologicalSorter(graph).prepare()
            return errors
        except CycleError as error:
            loop = list(reversed(error.args[1]))
        start = min(range(len(loop) - 1), key=lambda i: list(fields).index(loop[i]))
        ordered = [*loop[start:-1], *loop[:start], loop[start]]
        origin = fields[ordered[0]].origin
        errors.append(
            DefinitionError(
                f"boucle de conditions ou de calculs : {' → '.join(ordered)}.",
                suggestion="Chaque flèche se lit « dépend de » : retirez-en une.",
                file=origin.file if origin else "",
                line=origin.line if origin else 0,
            )
        )
        graph[ordered[0]] = set()
