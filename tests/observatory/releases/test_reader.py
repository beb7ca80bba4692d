"""What is made of a release leaves memory with it."""

import gc
import weakref
from pathlib import Path

from senacs.observatory.releases.reader import ReleaseReader, kept_with_reader
from tests.publication.releases import SyntheticRelease


def a_reader(folder: Path) -> ReleaseReader:
    folder.mkdir()
    release = SyntheticRelease()
    release.indicator("a", "A", "emplois", "share")
    release.cell("a", "france", "FR", 50.0, n=2000)
    return release.reader(folder)


def test_made_once_by_reader_and_forgotten_with_it(tmp_path: Path) -> None:
    asked: list[tuple[str, str]] = []

    @kept_with_reader(2)
    def told(reader: ReleaseReader, place: str) -> list[ReleaseReader]:
        asked.append((reader.directory.name, place))
        return [reader]  # as a page does, it holds what it was made of

    first, second = a_reader(tmp_path / "first"), a_reader(tmp_path / "second")
    assert told(first, "59") is told(first, "59") is not told(second, "59")
    assert asked == [(first.directory.name, "59"), (second.directory.name, "59")]
    for place in ("26", "48", "59"):
        told(first, place)
    assert len(asked) == 5, "only the last two are kept"
    gone = weakref.ref(first)
    del first
    gc.collect()
    assert gone() is None
