"""Trames: the frame of a publication as data (data/trames/*.yaml), read and refused in French, with file and line."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from senacs.lib.french import joined
from senacs.observatory.definitions.indicators import THEMES

LEVELS = ("commune", "epci", "groupe", "departement", "region", "france")
# What any block may say of itself: its code in the trame, whether a Copil may leave it out.
OF_ANY_BLOCK = frozenset({"kind", "code", "optional"})
AUTHORS = ("caf", "federation")
# What each block and each drawing needs and may carry besides its kind and title.
BLOCKS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "couverture": (frozenset(), frozenset()),
    "editorial": (frozenset({"texts"}), frozenset({"title"})),
    "texte": (frozenset({"title", "columns"}), frozenset({"register"})),
    "carte": (frozenset({"title"}), frozenset({"intro"})),
    "chiffres_cles": (frozenset({"title"}), frozenset({"intro"})),
    "chapitre": (frozenset({"title", "theme"}), frozenset({"intro", "figures", "visuals"})),
    # A question on a theme; `figures`: the share that answers it, and its volume.
    "analyse": (frozenset({"title", "theme", "figures"}), frozenset({"intro"})),
    # Ten sentences or so, each a share of the structures and how many that makes.
    "phrases": (frozenset({"title", "figures"}), frozenset({"intro", "visuals"})),
    "liste_structures": (frozenset({"title"}), frozenset({"intro"})),
    "methode": (frozenset({"title"}), frozenset()),
    "fiche_nationale": (frozenset({"title"}), frozenset({"intro"})),
    "annexe": (frozenset({"title"}), frozenset({"intro"})),
    "territoires": (frozenset({"title", "figures"}), frozenset({"intro", "visuals"})),
    "structures_nommees": (frozenset({"title", "figures"}), frozenset({"intro"})),
    "carte_indicateur": (frozenset({"title", "indicator"}), frozenset({"intro"})),
    "portrait": (frozenset({"title"}), frozenset({"intro"})),
}
VISUALS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "parts": (frozenset({"title", "indicators"}), frozenset()),
    "modalites": (frozenset({"title", "indicator"}), frozenset()),
    "composition": (frozenset({"title", "indicators"}), frozenset()),
    "comparaison": (frozenset({"title", "indicator"}), frozenset()),
    "ages": (frozenset({"title", "indicators"}), frozenset()),
    "evolution": (frozenset({"title", "indicator"}), frozenset()),
    "haltere": (frozenset({"title", "indicators"}), frozenset()),
    "cent": (frozenset({"title", "indicators"}), frozenset()),
    "intervalles": (frozenset({"title", "indicator"}), frozenset()),
}


class TrameError(Exception):
    """A trame that cannot be used: one French line for each mistake, « fichier:ligne : message »."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True)
class Visual:
    """A drawing of some indicators; `labels` says them shorter than the release does, by code."""

    kind: str
    title: str
    indicators: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TrameText:
    """A titled text; in an editorial the room for what `author` (« caf », « federation ») writes, empty in a trame."""

    text: str
    title: str = ""
    author: str = ""


@dataclass(frozen=True, slots=True)
class TrameBlock:
    """One block; `code` names it within its trame. An optional one is left out until a Copil chooses it."""

    kind: str
    code: str = ""
    is_optional: bool = False
    title: str = ""
    intro: str = ""
    theme: str = ""
    figures: tuple[str, ...] = ()
    visuals: tuple[Visual, ...] = ()
    texts: tuple[TrameText, ...] = ()
    shows_register: bool = False
    text: str = ""  # what a Copil wrote for a portrait
    image: Mapping[str, str] | None = None  # {svg, alt, credit}


@dataclass(frozen=True, slots=True)
class Trame:
    code: str
    title: str
    subtitle: str
    levels: tuple[str, ...]
    blocks: tuple[TrameBlock, ...]
    theme: str = ""  # of a note thématique

    def block(self, code: str) -> TrameBlock | None:
        return next((block for block in self.blocks if block.code == code), None)

    @property
    def indicators(self) -> frozenset[str]:
        """Every indicator that the trame names."""
        named = {code for block in self.blocks for code in block.figures}
        return frozenset(named | {c for block in self.blocks for visual in block.visuals for c in visual.indicators})

    def obligatory(self) -> "Trame":
        """With its obligatory blocks alone."""
        return replace(self, blocks=tuple(block for block in self.blocks if not block.is_optional))


class _Line(dict[str, Any]):
    """A mapping that remembers its line, 1-based."""

    line = 0


class _Loader(yaml.SafeLoader):
    pass


def _mapping(loader: _Loader, node: yaml.MappingNode) -> _Line:
    found = _Line({str(key): value for key, value in loader.construct_mapping(node, deep=True).items()})
    found.line = node.start_mark.line + 1
    return found


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


@dataclass
class _Reader:
    file: str
    base: "Trame | None" = None
    mistakes: list[str] = field(default_factory=list)

    def refuse(self, line: int, message: str) -> None:
        self.mistakes.append(f"{self.file}:{line} : {message}")

    def check(self, entry: _Line, kinds: Mapping[str, tuple[frozenset[str], frozenset[str]]], noun: str) -> str | None:
        kind = str(entry.get("kind", ""))
        if kind not in kinds:
            self.refuse(entry.line, f"{noun} « {kind} » inconnu ; possibles : {joined(sorted(kinds), 'ou')}.")
            return None
        needed, allowed = kinds[kind]
        missing = sorted(key for key in needed if not entry.get(key))
        if missing:
            self.refuse(entry.line, f"il manque {joined([f'« {key} »' for key in missing])} ({noun} « {kind} »).")
        for key in sorted(set(entry) - needed - allowed - OF_ANY_BLOCK):
            self.refuse(entry.line, f"clé « {key} » inconnue ({noun} « {kind} »).")
        theme = entry.get("theme")
        if theme and theme not in THEMES:
            self.refuse(entry.line, f"thème « {theme} » inconnu ; possibles : {joined(list(THEMES), 'ou')}.")
        return kind

    def codes(self, entry: _Line, key: str) -> tuple[str, ...]:
        value = entry.get(key) or ()
        if not isinstance(value, list | tuple) or not all(isinstance(code, str) for code in value):
            self.refuse(entry.line, f"« {key} » est une liste de codes d’indicateurs.")
            return ()
        return tuple(value)

    def entries(self, entry: _Line, key: str) -> list[_Line]:
        value = entry.get(key) or []
        if not isinstance(value, list) or not all(isinstance(item, _Line) for item in value):
            self.refuse(entry.line, f"« {key} » est une liste d’éléments.")
            return []
        return value

    def visual(self, entry: _Line) -> Visual | None:
        kind = self.check(entry, VISUALS, "graphique")
        if kind is None:
            return None
        title, named = str(entry.get("title", "")), entry.get("indicators")
        if isinstance(named, dict):
            labels = {code: str(label) for code, label in named.items()}
            return Visual(kind, title, tuple(labels), labels)
        codes = (str(entry["indicator"]),) if entry.get("indicator") else self.codes(entry, "indicators")
        return Visual(kind, title, codes)

    def borrowed(self, entry: _Line) -> TrameBlock | None:
        """A block of the extended trame, under another title or introduction if these are given."""
        found = self.base.block(str(entry["block"])) if self.base else None
        if found is None:
            self.refuse(entry.line, f"la trame étendue n’a pas de bloc « {entry['block']} ».")
            return None
        for key in sorted(set(entry) - {"block", "title", "intro", "optional"}):
            self.refuse(entry.line, f"clé « {key} » inconnue (bloc repris « {entry['block']} »).")
        return replace(
            found,
            title=str(entry.get("title") or found.title),
            intro=str(entry.get("intro") or found.intro),
            is_optional=bool(entry.get("optional", found.is_optional)),
        )

    def block(self, entry: _Line) -> TrameBlock | None:
        if "block" in entry:
            return self.borrowed(entry)
        kind = self.check(entry, BLOCKS, "bloc")
        if kind is None:
            return None
        texts = self.entries(entry, "texts") + self.entries(entry, "columns")
        for text in texts:
            if kind == "editorial":
                if text.get("author") not in AUTHORS:
                    self.refuse(text.line, f"« author » vaut {joined(list(AUTHORS), 'ou')}.")
                if text.get("text"):
                    self.refuse(text.line, "un avant-propos est écrit par celui qui le signe, jamais par une trame.")
            elif not text.get("text"):
                self.refuse(text.line, "il manque « text ».")
        visuals = [self.visual(item) for item in self.entries(entry, "visuals")]
        figures = (str(entry["indicator"]),) if entry.get("indicator") else self.codes(entry, "figures")
        return TrameBlock(
            kind=kind,
            code=str(entry.get("code") or kind),
            is_optional=bool(entry.get("optional")),
            title=str(entry.get("title") or ""),
            intro=str(entry.get("intro") or ""),
            theme=str(entry.get("theme") or ""),
            figures=figures,
            visuals=tuple(visual for visual in visuals if visual),
            texts=tuple(
                TrameText(str(t.get("text") or "").strip(), str(t.get("title") or ""), str(t.get("author") or ""))
                for t in texts
            ),
            shows_register=bool(entry.get("register")),
        )


def load_trame(path: Path) -> Trame:
    """The trame of a YAML file. Raises TrameError with every mistake at once."""
    reader = _Reader(path.name)
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - derives from SafeLoader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise TrameError([f"{path.name}:{line} : YAML illisible ({error.problem})."]) from error
    if not isinstance(document, _Line):
        raise TrameError([f"{path.name}:1 : une trame est un ensemble de clés."])
    levels = document.get("levels") or ([document["level"]] if document.get("level") else [])
    for key in ("code", "title", "blocks"):
        if not document.get(key):
            reader.refuse(document.line, f"il manque « {key} ».")
    if not levels:
        reader.refuse(document.line, "il manque « level ».")
    for level in levels:
        if level not in LEVELS:
            known = joined(list(LEVELS), "ou")
            reader.refuse(document.line, f"niveau « {level} » inconnu ; possibles : {known}.")
    if document.get("extends"):
        base = path.with_name(f"{document['extends']}.yaml")
        if base.is_file():
            reader.base = load_trame(base)
        else:
            reader.refuse(document.line, f"la trame étendue « {document['extends']} » n’existe pas.")
    entries = reader.entries(document, "blocks")
    blocks = [reader.block(entry) for entry in entries]
    seen: set[str] = set()
    for entry, block in zip(entries, blocks, strict=True):
        if block and block.code in seen:
            reader.refuse(entry.line, f"deux blocs se nomment « {block.code} » : donnez-leur un « code ».")
        seen.add(block.code if block else "")
    if reader.mistakes:
        raise TrameError(reader.mistakes)
    return Trame(
        code=str(document["code"]),
        title=str(document["title"]),
        subtitle=str(document.get("subtitle") or ""),
        levels=tuple(str(level) for level in levels),
        blocks=tuple(block for block in blocks if block),
        theme=str(document.get("theme") or ""),
    )
