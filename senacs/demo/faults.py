"""The faults of real declarants, injected into true answers and recorded one by one.

Sources: guide §7.3 (frequent errors) and §5.2, domain notes on published inconsistencies. The record is what the
coherence control is measured against: each row says where, what was true and what was declared.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from senacs.demo.draws import Bools
from senacs.demo.sheet import Sheet
from senacs.questionnaire.engine.schema import Field

SECTORS = ("enfance", "jeunesse", "famille", "adultes", "seniors", "tous_publics")
FUNDERS = (
    "financement_commune",
    "financement_departement",
    "financement_etat",
    "financement_etat_emploi",
    "caf_fonds_locaux",
    "recettes_usagers",
    "autres_produits",
)


@dataclass(frozen=True, slots=True)
class Fault:
    """`row` is the structure's place in the network; `declared` None is a blank."""

    row: int
    kind: str
    code: str
    true: float
    declared: float | None


@dataclass
class Declared:
    """What the structures typed: `columns` of values, `blank` where nothing was typed, and the faults in between.

    What a field cannot hold is refused as it is typed: a fault that would bring it there is not committed.
    """

    fields: Mapping[str, Field]
    columns: dict[str, NDArray]
    blank: dict[str, Bools]
    faults: list[Fault] = field(default_factory=list)

    def change(self, kind: str, code: str, rows: NDArray, values: NDArray) -> None:
        """Writes `values` at `rows` of a numeric column and records what really changed."""
        if code not in self.columns or not len(rows):
            return
        definition = self.fields[code]
        low = -np.inf if definition.minimum is None else definition.minimum
        high = np.inf if definition.maximum is None else definition.maximum
        column = self.columns[code] = self.columns[code].copy()
        values = np.asarray(values).astype(column.dtype)
        is_possible = (low <= values) & (values <= high)
        rows, values = rows[is_possible], values[is_possible]
        for row, before, after in zip(rows.tolist(), column[rows].tolist(), values.tolist(), strict=True):
            if before != after:
                self.faults.append(Fault(row, kind, code, before, after))
        column[rows] = values

    def erase(self, kind: str, code: str, rows: NDArray) -> None:
        """Leaves blank what has a true value."""
        if code not in self.columns or not len(rows):
            return
        blank = self.blank[code] = self.blank.get(code, np.zeros(len(self.columns[code]), bool)).copy()
        for row in rows[~blank[rows]].tolist():
            self.faults.append(Fault(row, kind, code, float(self.columns[code][row]), None))
        blank[rows] = True


def declare(sheet: Sheet, *, seed: int) -> Declared:
    """The true answers of `sheet` as declared, with about one structure in three committing some fault."""
    declared = Declared(fields=sheet.questionnaire.fields, columns=dict(sheet.columns), blank={})
    for number, (kind, probability, commit) in enumerate(FAULTS):
        rng = np.random.default_rng([seed, sheet.year, number])
        rows = np.flatnonzero(rng.random(sheet.draws.size) < probability)
        commit(declared, kind, rows, rng)
    return declared


def _swap_staff_and_etp(declared: Declared, kind: str, rows: NDArray, rng: np.random.Generator) -> None:
    for function in ("direction", "accueil", "animation", "administratif", "technique"):
        staff, etp = declared.columns[f"salaries_{function}"], declared.columns[f"etp_{function}"]
        concerned = rows[(staff[rows] > np.ceil(etp[rows])) & (etp[rows] >= 1)]
        persons, volume = staff[concerned].copy(), etp[concerned].copy()
        declared.change(kind, f"salaries_{function}", concerned, np.rint(volume))
        declared.change(kind, f"etp_{function}", concerned, persons)


def _forget_own_receipts(declared: Declared, kind: str, rows: NDArray, rng: np.random.Generator) -> None:
    codes = ("recettes_cotisations", "recettes_usagers", "recettes_ventes")
    forgotten = sum(declared.columns[code][rows] for code in codes)
    declared.change(kind, "budget_total", rows, declared.columns["budget_total"][rows] - forgotten)
    for code in codes:
        declared.change(kind, code, rows, np.zeros(len(rows)))


def _leave_zeros_blank(declared: Declared, kind: str, rows: NDArray, rng: np.random.Generator) -> None:
    for code, column in list(declared.columns.items()):
        if column.dtype.kind in "if":
            zeros = rows[column[rows] == 0]
            declared.erase(kind, code, zeros[rng.random(len(zeros)) < 0.6])


def _omit_a_funder(declared: Declared, kind: str, rows: NDArray, rng: np.random.Generator) -> None:
    which = rng.integers(0, len(FUNDERS), len(rows))
    for k, code in enumerate(FUNDERS):
        declared.change(kind, code, rows[which == k], np.zeros((which == k).sum()))


def _slip(codes: tuple[str, ...], factor: float) -> Callable[[Declared, str, NDArray, np.random.Generator], None]:
    def commit(declared: Declared, kind: str, rows: NDArray, rng: np.random.Generator) -> None:
        which = rng.integers(0, len(codes), len(rows))
        for k, code in enumerate(codes):
            concerned = rows[which == k]
            declared.change(kind, code, concerned, np.rint(declared.columns[code][concerned] * factor))

    return commit


def _in_thousands(declared: Declared, kind: str, rows: NDArray, rng: np.random.Generator) -> None:
    codes = [c for c in declared.columns if c == "budget_total" or c in FUNDERS or c.startswith(("charges_", "caf_"))]
    codes += [
        "financement_epci",
        "financement_region",
        "financement_europe",
        "financement_organismes_sociaux",
        "financement_fondations",
        "recettes_cotisations",
        "recettes_ventes",
    ]
    for code in dict.fromkeys(codes):
        declared.change(kind, code, rows, np.rint(declared.columns[code][rows] / 1000))


def _add_sectors_up(declared: Declared, kind: str, rows: NDArray, rng: np.random.Generator) -> None:
    summed = sum(declared.columns[f"participants_{sector}"][rows] for sector in SECTORS)
    declared.change(kind, "participants_uniques", rows, summed)


def _multiply_hours_by_people(declared: Declared, kind: str, rows: NDArray, rng: np.random.Generator) -> None:
    for sector in ("enfance", "jeunesse", "adultes"):
        declared.change(kind, f"heures_{sector}", rows, declared.columns[f"heures_{sector}"][rows] * 10)


def _forget_occasional_volunteers(declared: Declared, kind: str, rows: NDArray, rng: np.random.Generator) -> None:
    declared.change(kind, "benevoles_occasionnels", rows, np.zeros(len(rows)))
    declared.change(kind, "benevoles_heures_occasionnels", rows, np.zeros(len(rows)))


def _swap_digits(declared: Declared, kind: str, rows: NDArray, rng: np.random.Generator) -> None:
    for code in ("budget_total", "participants_uniques", "charges_personnel"):
        concerned = rows[rng.random(len(rows)) < 1 / 3]
        swapped = [_transposed(int(value)) for value in declared.columns[code][concerned]]
        declared.change(kind, code, concerned, np.array(swapped, float))


def _transposed(value: int) -> int:
    """The first two digits exchanged: 317 gives 137."""
    text = str(value)
    return int(text[1] + text[0] + text[2:]) if len(text) > 1 else value


FAULTS: tuple[tuple[str, float, Callable[[Declared, str, NDArray, np.random.Generator], None]], ...] = (
    ("etp_et_salaries_inverses", 0.022, _swap_staff_and_etp),
    ("recettes_propres_oubliees", 0.03, _forget_own_receipts),
    ("financeur_oublie", 0.04, _omit_a_funder),
    ("secteurs_additionnes", 0.035, _add_sectors_up),
    ("heures_multipliees", 0.015, _multiply_hours_by_people),
    ("benevoles_occasionnels_oublies", 0.03, _forget_occasional_volunteers),
    (
        "fois_dix",
        0.015,
        _slip(("budget_total", "participants_uniques", "benevoles_heures_reguliers", "passages_accueil"), 10),
    ),
    ("divise_par_dix", 0.008, _slip(("budget_total", "participants_uniques", "charges_personnel"), 0.1)),
    ("fois_mille", 0.004, _slip(("caf_fonds_locaux", "charges_activites", "financement_commune"), 1000)),
    ("en_milliers_d_euros", 0.008, _in_thousands),
    ("chiffres_intervertis", 0.012, _swap_digits),
    ("vide_pour_zero", 0.13, _leave_zeros_blank),
)
