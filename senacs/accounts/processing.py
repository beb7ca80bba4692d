"""The register of processing (RGPD, art. 30), held as data: what is done with data on people, why, for how long."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml
from django.conf import settings

from senacs.accounts.keeping import KeepingRule, keeping_rules


@dataclass(frozen=True, slots=True)
class Processing:
    """One purpose. `kept` are codes of the rules that `senacs tick` runs on it."""

    code: str
    title: str
    purpose: str
    basis: str
    people: str
    data: str
    recipients: str
    duration: str
    kept: tuple[str, ...]
    allows_objection: bool
    # What is done of an objection that is granted (`accounts.objection_effects`).
    effect: str
    # What to do instead, where objecting is not the way.
    objection_note: str

    @property
    def kept_rules(self) -> list[KeepingRule]:
        """What is erased, and when."""
        rules = keeping_rules()
        return [rules[code] for code in self.kept]


@dataclass(frozen=True, slots=True)
class ProcessingRegister:
    controllers: str
    entries: tuple[Processing, ...]

    def entry(self, code: str) -> Processing | None:
        return next((entry for entry in self.entries if entry.code == code), None)

    @property
    def open_to_objection(self) -> list[Processing]:
        return [entry for entry in self.entries if entry.allows_objection]


def processing_register() -> ProcessingRegister:
    return _read(settings.BASE_DIR / "data" / "reference" / "traitements.yaml")


@lru_cache(maxsize=2)
def _read(path: Path) -> ProcessingRegister:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return ProcessingRegister(
        controllers=document["responsables"],
        entries=tuple(
            Processing(
                code=row["code"],
                title=row["titre"],
                purpose=row["finalite"],
                basis=row["base"],
                people=row["personnes"],
                data=row["donnees"],
                recipients=row["destinataires"],
                duration=row["duree"],
                kept=tuple(row["conserve"]),
                allows_objection=row["opposition"],
                effect=row.get("effet", ""),
                objection_note=row["opposition_dit"],
            )
            for row in document["traitements"]
        ),
    )
