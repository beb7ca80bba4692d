"""Identities: the sums that published variables satisfy (a budget and its funders), and what they tie together."""

from collections.abc import Iterable, Mapping, Sequence

from senacs.disclosure.contributors import Identity

_MAX_COVERS = 4


def find_identities(by_terms: Mapping[frozenset[str], str]) -> list[Identity]:
    """The sums that published variables satisfy: each total with every way in which others cover its terms exactly."""
    found = []
    for terms in sorted(by_terms, key=sorted):
        parts = sorted((other for other in by_terms if other < terms), key=lambda t: (-len(t), sorted(t)))
        used: set[frozenset[str]] = set()
        for _ in range(_MAX_COVERS):
            cover, covered = [], frozenset[str]()
            for part in parts:
                if part not in used and not part & covered:
                    cover.append(part)
                    covered |= part
            if covered != terms:
                break
            used.update(cover)
            found.append(Identity(by_terms[terms], tuple(by_terms[part] for part in cover)))
    return [i for i in found if i.total not in i.parts and len(set(i.parts)) == len(i.parts)]


def together(names: Iterable[str], identities: Sequence[Identity]) -> list[list[str]]:
    """Names that some identity ties, each group in order of first appearance."""
    parent = {name: name for name in names}

    def root(name: str) -> str:
        while parent[name] != name:
            name = parent[name]
        return name

    for identity in identities:
        for part in identity.parts:
            parent[root(part)] = root(identity.total)
    groups: dict[str, list[str]] = {}
    for name in parent:
        groups.setdefault(root(name), []).append(name)
    return list(groups.values())
