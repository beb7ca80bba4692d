"""The digest of each migration once it is published: it never changes again (docs/decisions, « mises-a-niveau »).

`python -m tests.upgrades.migrations` records those that are not yet; the ones recorded are left as they are.
"""

import hashlib
from pathlib import Path

ROOT = Path(__file__).parents[2]
RECORD = Path(__file__).parent / "migrations.sha256"


def written() -> dict[str, str]:
    """The digest of each migration of this checkout, by its path."""
    paths = sorted(ROOT.glob("senacs/*/migrations/[0-9]*.py"))
    return {path.relative_to(ROOT).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def recorded() -> dict[str, str]:
    lines = RECORD.read_text(encoding="ascii").splitlines() if RECORD.exists() else []
    return {path: digest for digest, path in (line.split("  ") for line in lines)}


def faults(held: dict[str, str], found: dict[str, str]) -> list[str]:
    """What was recorded and is no longer the same, each told with what to do."""
    told = []
    for path, digest in sorted(held.items()):
        if path not in found:
            told.append(f"{path} is gone: installations that ran it could not be upgraded. Put it back.")
        elif found[path] != digest:
            told.append(f"{path} was rewritten: installations that ran it differ. Put it back, and add a new one.")
    return told


def main() -> None:
    held = recorded()
    lines = {path: held.get(path, digest) for path, digest in written().items()} | held
    RECORD.write_text("".join(f"{digest}  {path}\n" for path, digest in sorted(lines.items())), encoding="ascii")


if __name__ == "__main__":
    main()
