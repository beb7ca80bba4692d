"""A small synthetic release in the format of the observatory, for publications to print."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from senacs.observatory import frozen_files
from senacs.observatory.definitions.statistics import STATISTICS
from senacs.observatory.releases.reader import ReleaseReader

SCHEMA = {
    "indicator": pl.String,
    "statistic": pl.String,
    "level": pl.String,
    "territory": pl.String,
    "dimension": pl.String,
    "kind": pl.String,
    "gestion": pl.String,
    "modality": pl.String,
    "value": pl.Float64,
    "n": pl.UInt32,
    "status": pl.String,
    "reason": pl.String,
}


@dataclass
class SyntheticRelease:
    """Indicators and cells added one by one; `write` gives the folder that a reader opens."""

    year: int = 2026
    indicators: dict[str, dict[str, Any]] = field(default_factory=dict)
    cells: list[dict[str, Any]] = field(default_factory=list)
    rates: list[dict[str, Any]] = field(default_factory=list)
    # Whatever else its methodology tells.
    more: dict[str, Any] = field(default_factory=dict)

    def indicator(
        self, code: str, label: str, theme: str, kind: str, *, unit: str = "", decimals: int = 0, key: bool = False,
        modalities: dict[str, str] | None = None,
    ) -> None:  # fmt: skip
        self.indicators[code] = {
            "code": code,
            "label": label,
            "definition": f"Définition : {label}.",
            "theme": theme,
            "unit": unit,
            "decimals": decimals,
            "kind": kind,
            "key": key,
            "statistics": list(STATISTICS[kind]),
            "modalities": modalities or {},
        }

    def cell(
        self, code: str, level: str, territory: str, value: float | None, *, statistic: str = "", n: int = 40,
        modality: str = "", kind: str = "",
    ) -> None:  # fmt: skip
        """A value of None is a suppressed cell."""
        self.cells.append(
            {
                "indicator": code,
                "statistic": statistic or self.indicators[code]["statistics"][0],
                "level": level,
                "territory": territory,
                "dimension": "kind" if kind else "",
                "kind": kind,
                "gestion": "",
                "modality": modality,
                "value": value,
                "n": None if value is None else n,
                "status": "primary" if value is None else "published",
                "reason": "moins de 5 répondants" if value is None else "",
            }
        )

    def total(self, code: str, level: str, territory: str, value: float | None, n: int = 40) -> None:
        """A total of all structures, and total and mean of each kind: six centres of ten, who make four fifths."""
        self.cell(code, level, territory, value, statistic="sum", n=n)
        for kind, part, structures in (("CS", 0.8, n * 6 // 10), ("EVS", 0.2, n - n * 6 // 10)):
            known = None if value is None else value * part
            self.cell(code, level, territory, known, statistic="sum", n=structures, kind=kind)
            mean = None if known is None else round(known / structures, 1)
            self.cell(code, level, territory, mean, statistic="mean", n=structures, kind=kind)

    def rate(self, level: str, territory: str, kind: str, invited: int, validated: int) -> None:
        self.rates.append(
            {"level": level, "territory": territory, "kind": kind, "invited": invited, "validated": validated}
        )

    def methodology(self) -> dict[str, Any]:
        return {
            "year": self.year,
            "indicators": list(self.indicators.values()),
            "response_rates": self.rates,
            "plan": {"rules": {"threshold": 5, "dominance": [[1, 85]], "median_from": 10, "quartiles_from": 20}},
            "reason": "",
            **self.more,
        }

    def write(self, directory: Path) -> Path:
        directory.mkdir(parents=True, exist_ok=True)
        frame = pl.DataFrame(self.cells, schema=SCHEMA, orient="row").sort("indicator", maintain_order=True)
        frozen_files.write_parquet(frame, directory / frozen_files.CELLS_PARQUET)
        frozen_files.write_json(self.methodology(), directory / frozen_files.METHODOLOGY)
        return directory

    def reader(self, directory: Path) -> ReleaseReader:
        return ReleaseReader(self.write(directory))


PLACES: Sequence[tuple[str, str, float]] = (("departement", "59", 1.0), ("region", "32", 1.1), ("france", "FR", 0.9))


def sample_release(
    *,
    suppressed: frozenset[str] = frozenset(),
    places: Sequence[tuple[str, str, float]] = PLACES,
    names_of: frozenset[str] = frozenset(),
) -> SyntheticRelease:
    """Figures for a département, its région and France; everything in the territories of `suppressed` is hidden.

    `names_of`: codes of further shares, so that a trame that names them has something to print.
    """
    release = SyntheticRelease()
    add = release.indicator
    add("salaries_total", "Salariés", "emplois", "total", unit="personnes", key=True)
    add("etp_total", "Équivalents temps plein", "emplois", "total", unit="ETP", decimals=1, key=True)
    for code, label in (("direction", "Direction"), ("accueil", "Accueil"), ("animation", "Animation")):
        add(f"etp_{code}", label, "emplois", "total", unit="ETP", decimals=1)
    add("directeur_present", "Une personne occupe le poste de direction", "emplois", "share")
    add("referent_familles", "Un référent familles est en poste", "emplois", "share")
    add("convention_collective", "Convention collective", "emplois", "distribution",
        modalities={"alisfa": "Convention ALISFA", "fpt": "Fonction publique", "autre": "Autre"})  # fmt: skip
    add("budget_total", "Budget de fonctionnement", "finances", "total", unit="€", key=True)
    for code, label in (("caf", "Caf"), ("bloc_communal", "Commune et EPCI"), ("recettes_propres", "Recettes propres")):
        add(f"part_{code}", f"{label}", "finances", "ratio", unit="%", decimals=1, key=code == "caf")
    add("benevoles_total", "Bénévoles", "participation", "total", unit="personnes", key=True)
    add("initiatives", "Des initiatives d’habitants sont soutenues", "participation", "share", key=True)
    for code, label in (
        ("participants_0_6", "0 à 6 ans"),
        ("participants_7_10", "7 à 10 ans"),
        ("participants_75_plus", "75 ans et plus"),
    ):
        add(code, f"Participants, {label}", "publics", "total", unit="personnes")
    add("participants_uniques", "Participants uniques", "publics", "total", unit="personnes", key=True)
    add("clas", "Accompagnement à la scolarité (CLAS)", "activites", "share")
    add("alsh", "Accueil de loisirs", "activites", "share")
    for code in sorted(names_of - set(release.indicators)):
        add(code, f"Part « {code} »", "participation", "share")
    amounts = {
        "salaries_total": 1064,
        "etp_total": 612.5,
        "etp_direction": 60,
        "etp_accueil": 81.5,
        "etp_animation": 310,
        "budget_total": 27_432_100,
        "benevoles_total": 1650,
        "participants_0_6": 2100,
        "participants_7_10": 3400,
        "participants_75_plus": 900,
        "participants_uniques": 31250,
    }
    shares = {"directeur_present": 96.0, "referent_familles": 72.0, "part_caf": 41.2, "part_bloc_communal": 30.1,
              "part_recettes_propres": 13.4, "initiatives": 68.0, "clas": 74.0, "alsh": 61.0}  # fmt: skip
    shares |= dict.fromkeys(sorted(names_of - set(amounts) - set(shares)), 40.0)
    for level, territory, factor in places:
        hidden = territory in suppressed
        n = {"departement": 40, "region": 210, "france": 3200}[level]
        for code, amount in amounts.items():
            release.total(code, level, territory, None if hidden else round(amount * factor * n / 40, 1), n)
        for code, share in shares.items():
            release.cell(code, level, territory, None if hidden else round(min(share * factor, 100), 1), n=n)
        for code, share in (("alisfa", 64.0), ("fpt", 21.0), ("autre", 5.0)):
            value = None if hidden else round(share * factor, 1)
            release.cell("convention_collective", level, territory, value, modality=code, n=n)
        for kind, invited, validated in (("CS", 28, 24), ("EVS", 22, 16), ("", 50, 40)):
            release.rate(level, territory, kind, invited * n // 40, validated * n // 40)
    return release
