"""Typed reading of one mapping of a definition: every wrong, missing or unknown key is told, none stops the reading."""

from collections.abc import Collection, Mapping
from typing import Any

from senacs.questionnaire.engine import yaml_source
from senacs.questionnaire.engine.errors import DefinitionError, close_match

_FRENCH = {str: "un texte", int: "un nombre entier", bool: "true ou false", list: "une liste", dict: "un bloc de clés"}


class Keys:
    """One mapping, the place where it stands, and the list where its errors go."""

    def __init__(
        self, source: Any, allowed: Collection[str], errors: list[DefinitionError], *, where: str, at: tuple[str, int]
    ) -> None:
        self.errors = errors
        self.where = where
        if isinstance(source, yaml_source.Mapping | yaml_source.Sequence):
            at = (source.file, source.line)
        self.at = at
        self.source: Mapping[str, Any] = source if isinstance(source, dict) else {}
        if not isinstance(source, dict):
            self.refuse("", f"{where} : il faut un bloc de clés.")
        for key in self.source:
            if key not in allowed:
                known = close_match(key, allowed) or f"Clés possibles : {', '.join(allowed)}."
                self.refuse(key, f"{where} : clé « {key} » inconnue.", known)

    def place(self, key: str = "") -> tuple[str, int]:
        if isinstance(self.source, yaml_source.Mapping):
            return self.source.file, self.source.lines.get(key, self.source.line)
        return self.at

    def refuse(self, key: str, message: str, suggestion: str = "") -> None:
        file, line = self.place(key)
        self.errors.append(DefinitionError(message, suggestion=suggestion, file=file, line=line))

    def __contains__(self, key: str) -> bool:
        return key in self.source

    def text(self, key: str, default: str | None = None) -> str:
        """A text; missing without a default is an error."""
        value = self.source.get(key)
        if value is None:
            if default is None:
                self.refuse(key, f"{self.where} : la clé « {key} » manque.")
            return default or ""
        # A code such as 2025 or a formula such as 0 reads as a number in YAML.
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        return self.typed(key, value, str, "").strip()

    def integer(self, key: str, default: int | None) -> int | None:
        value = self.source.get(key, default)
        return None if value is None else self.typed(key, value, int, default)

    def whole(self, key: str, default: int) -> int:
        value = self.integer(key, default)
        return default if value is None else value

    def required_integer(self, key: str) -> int:
        if self.source.get(key) is None:
            self.refuse(key, f"{self.where} : la clé « {key} » manque.")
            return 0
        return self.whole(key, 0)

    def flag(self, key: str, default: bool = False) -> bool:
        value = self.source.get(key)
        return default if value is None else self.typed(key, value, bool, default)

    def items(self, key: str) -> list[Any]:
        value = self.source.get(key)
        return [] if value is None else self.typed(key, value, list, [])

    def texts(self, key: str) -> tuple[str, ...]:
        found = []
        for item in self.items(key):
            if isinstance(item, dict | list | bool) or item is None:
                self.refuse(key, f"{self.where} : « {key} » est une liste de textes.")
            else:
                found.append(str(item).strip())
        return tuple(found)

    def one_of(self, key: str, allowed: Collection[str], default: str | None = None) -> str:
        value = self.text(key, default)
        if value and value not in allowed:
            hint = close_match(value, allowed) or f"Possibles : {', '.join(allowed)}."
            self.refuse(key, f"{self.where} : « {key} » vaut « {value} ».", hint)
            return ""
        return value

    def typed(self, key: str, value: Any, wanted: type, fallback: Any) -> Any:
        if isinstance(value, wanted) and not (wanted is int and isinstance(value, bool)):
            return value
        self.refuse(key, f"{self.where} : « {key} » doit être {_FRENCH[wanted]}, pas « {_shown(value)} ».")
        return fallback


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "un bloc de clés"
    if isinstance(value, list):
        return "une liste"
    return str(value)[:60]
