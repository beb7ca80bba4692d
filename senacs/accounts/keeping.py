"""How long what is not meant to last is kept, held as data (`data/reference/conservation.yaml`)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

import yaml
from django.conf import settings

from senacs.lib import clock
from senacs.lib.french import plural


@dataclass(frozen=True, slots=True)
class KeepingRule:
    """What is kept for `kept`, counted from what `since` says; both told in French by `told` and `since`."""

    code: str
    one: str
    many: str
    kept: timedelta
    told: str
    since: str

    @property
    def limit(self) -> datetime:
        """What is older is erased."""
        return clock.now() - self.kept

    def counted(self, count: int) -> str:
        return plural(count, self.one, self.many)


def keeping_rules() -> dict[str, KeepingRule]:
    """Every rule by its code, in the order of the data."""
    return _read(settings.BASE_DIR / "data" / "reference" / "conservation.yaml")


@lru_cache(maxsize=2)
def _read(path: Path) -> dict[str, KeepingRule]:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {
        row["code"]: KeepingRule(
            row["code"], row["un"], row["plusieurs"], timedelta(days=row["jours"]), row["dit"], row["depuis"]
        )
        for row in document["regles"]
    }
