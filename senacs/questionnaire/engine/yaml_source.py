"""YAML with its line numbers: mappings and lists that remember where each key and item stands."""

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from senacs.questionnaire.engine.errors import DefinitionError

_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("map", "seq", "str", "int", "bool", "null"))
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
MOST_NESTED = 10_000
# The C parser when PyYAML was built with it: ten times faster, same nodes.
_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Mapping(dict[str, Any]):
    """A YAML mapping; `lines[key]` is 1-based."""

    def __init__(self, file: str, line: int) -> None:
        super().__init__()
        self.file = file
        self.line = line
        self.lines: dict[str, int] = {}


class Sequence(list[Any]):
    """A YAML list; `lines[i]` is 1-based."""

    def __init__(self, file: str, line: int) -> None:
        super().__init__()
        self.file = file
        self.line = line
        self.lines: list[int] = []


class _Loader(_BASE):
    """Only true and false are booleans: « no », « on » and dates stay text, as their author wrote them."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, Any]]] = {}


for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:bool", r"^(?:true|false)$", "tf"),
    ("tag:yaml.org,2002:int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789"),
    ("tag:yaml.org,2002:null", r"^(?:~|null|)$", ["~", "n", ""]),
):
    _Loader.add_implicit_resolver(_tag, re.compile(_pattern), _first)


def read(path: Path, *, name: str = "") -> Any:
    """The content of a YAML file; DefinitionError with file and line when it cannot be read."""
    file = name or str(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise DefinitionError(f"fichier « {path.name} » introuvable.", file=file) from None
    except UnicodeDecodeError:
        raise DefinitionError("le fichier n’est pas en UTF-8.", file=file) from None
    return parse(text, file)


def parse(text: str, file: str) -> Any:
    """The content of a YAML text, `file` being its name in errors."""
    try:
        # The C parser would break the process: so deep a list stands on one line, or in as many brackets.
        if text.count("[") + text.count("{") > MOST_NESTED or max(map(len, text.split("\n"))) > MOST_NESTED:
            raise RecursionError
        return _parse(text, file)
    except RecursionError:
        raise DefinitionError("des listes s’imbriquent sans fin, ou se contiennent elles-mêmes.", file=file) from None


def _parse(text: str, file: str) -> Any:
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        raise DefinitionError(
            f"YAML illisible : {error.problem}.", file=file, line=line, suggestion=_hint(error)
        ) from None
    except yaml.YAMLError as error:
        raise DefinitionError(f"YAML illisible : {error}.", file=file) from None
    finally:
        loader.dispose()
    return None if node is None else _content(node, file)


def _hint(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or ""
    if "mapping values" in problem:
        return "Un texte qui contient « : » se met entre guillemets."
    if "tab" in problem or "\\t" in problem:
        return "Indentez avec des espaces, pas de tabulations."
    if "expected <block end>" in problem or "could not find expected" in problem:
        return "Vérifiez l’indentation et les guillemets."
    return ""


def _content(node: yaml.Node, file: str) -> Any:
    line = node.start_mark.line + 1
    if node.tag not in _TAGS:
        raise DefinitionError(f"étiquette YAML « {node.tag} » refusée.", file=file, line=line)
    if isinstance(node, yaml.MappingNode):
        mapping = Mapping(file, line)
        for key_node, value_node in node.value:
            at = key_node.start_mark.line + 1
            key = _content(key_node, file)
            if not isinstance(key, Hashable) or isinstance(key, bool) or key is None:
                raise DefinitionError("clé illisible.", file=file, line=at)
            if str(key) in mapping:
                raise DefinitionError(f"clé « {key} » écrite deux fois.", file=file, line=at)
            mapping[str(key)] = _content(value_node, file)
            mapping.lines[str(key)] = at
        return mapping
    if isinstance(node, yaml.SequenceNode):
        sequence = Sequence(file, line)
        for item in node.value:
            sequence.append(_content(item, file))
            sequence.lines.append(item.start_mark.line + 1)
        return sequence
    tag, value = node.tag.rpartition(":")[2], node.value
    if tag == "bool":
        return value == "true"
    if tag == "int":
        if not _INTEGER.fullmatch(value):
            raise DefinitionError("nombre trop grand, ou qui n’en est pas un.", file=file, line=line)
        return int(value)
    if tag == "null":
        return None
    return value
