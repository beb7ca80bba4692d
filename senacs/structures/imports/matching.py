"""Holds a row of a list against the register and against the rows above it: same structure, probable double, or new."""

from collections import defaultdict
from dataclasses import dataclass

from senacs.structures.enums import StructureKind
from senacs.structures.imports.names import core, is_near, name_key
from senacs.structures.imports.rows import Draft
from senacs.structures.models import Structure
from senacs.territories.places import CommuneIndex


@dataclass(frozen=True, eq=False)
class Known:
    """A structure of the register (`structure`) or one that a row above creates (`line`)."""

    name: str
    kind: str
    commune: str
    root: str
    core: tuple[str, ...]
    siret: str
    structure: Structure | None = None
    line: int = 0

    def __str__(self) -> str:
        if self.structure is None:
            return f"« {self.name} » (ligne {self.line})"
        return f"« {self.name} » ({self.structure.code})"


class KnownStructures:
    """The structures known so far, by the keys that matching needs."""

    def __init__(self, structures: list[Structure], communes: CommuneIndex) -> None:
        self._communes = communes
        self._by_code: dict[str, Known] = {}
        self._exact: dict[tuple[str, str, str], Known] = {}
        self._by_root: defaultdict[str, list[Known]] = defaultdict(list)
        self._by_siret: defaultdict[str, list[Known]] = defaultdict(list)
        for structure in structures:
            place = communes.places[structure.commune_id]
            known = Known(
                name=structure.name,
                kind=structure.kind,
                commune=place.code,
                root=place.root,
                core=core(structure.name, place.name),
                siret=structure.siret,
                structure=structure,
            )
            self._by_code[structure.code] = known
            self._add(known)

    def _add(self, known: Known) -> None:
        self._exact.setdefault((known.kind, known.commune, name_key(known.name)), known)
        self._by_root[known.root].append(known)
        if known.siret:
            self._by_siret[known.siret].append(known)

    def add(self, draft: Draft) -> None:
        """Makes the structure that a row creates known to the rows below."""
        assert draft.place is not None and draft.kind is not None
        self._add(
            Known(
                name=draft.name,
                kind=draft.kind,
                commune=draft.place.code,
                root=draft.place.root,
                core=core(draft.name, draft.place.name),
                siret=draft.values.get("siret", ""),
                line=draft.line,
            )
        )

    def by_code(self, code: str) -> Known | None:
        return self._by_code.get(code)

    def same(self, draft: Draft) -> Known | None:
        """The same type, the same commune and the same name, capitals, accents and abbreviations apart."""
        assert draft.place is not None and draft.kind is not None
        return self._exact.get((draft.kind, draft.place.code, name_key(draft.name)))

    def probable(self, draft: Draft) -> tuple[Known, str] | None:
        """A structure that the row probably repeats, and why: near name in the same commune, or with the same SIRET.

        Two generic names (« Centre social ») in one commune are near when the types agree; elsewhere they say nothing.
        """
        assert draft.place is not None
        mine = core(draft.name, draft.place.name)
        for known in self._by_root[draft.place.root]:
            if self._is_near_here(mine, draft.kind, known):
                why = "nom très proche dans la même commune"
                return known, why if known.kind == draft.kind else f"{why}, type différent"
        for known in self._by_siret.get(draft.values.get("siret", ""), ()):
            if mine and known.core and is_near(mine, known.core):
                return known, "nom très proche et même SIRET"
        return None

    @staticmethod
    def _is_near_here(mine: tuple[str, ...], kind: StructureKind | None, known: Known) -> bool:
        if mine and known.core:
            return is_near(mine, known.core)
        return not mine and not known.core and known.kind == kind

    def sharing_siret(self, draft: Draft, *, but: Known | None) -> list[Known]:
        """Other structures with the row's SIRET: usual under one gestionnaire, worth telling."""
        return [known for known in self._by_siret.get(draft.values.get("siret", ""), ()) if known is not but]
