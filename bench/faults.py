"""Faults that the demonstration does not know, put into true answers one at a time: which are told, what it costs.

`python -m bench faults` writes docs/performance/fautes-inconnues.md; tests keep the least recall and the most false
alarms on a sample. The truth is the demonstration's world before anybody declares it; the faults share nothing with
those of `senacs.demo.faults`. A fault is told when a finding, at least to justify, speaks that did not before.
"""

import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import django
import numpy as np
from django.apps import apps

if not apps.ready:  # run by itself, and not by tests
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()

from senacs.demo.draws import Draws
from senacs.demo.network import Network
from senacs.demo.services import fill_sheet
from senacs.demo.sheet import Sheet
from senacs.lib import clock, french
from senacs.questionnaire.engine.evaluation import Compiled
from senacs.questionnaire.engine.loader import load_directory
from senacs.questionnaire.engine.patterns import PATTERNS
from senacs.questionnaire.engine.schema import Field, Kind, Severity

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance" / "fautes-inconnues.md"
Answers = dict[str, Any]
# The funders that answer for one amount each, the tables of persons by age, the hours of a sector.
FUNDERS = ("financement_commune", "financement_epci", "financement_departement", "financement_region",
           "financement_etat", "recettes_usagers", "caf_fonds_locaux", "autres_produits")  # fmt: skip
SECTORS = ("enfance", "jeunesse", "famille", "adultes", "seniors", "tous_publics")


@dataclass(frozen=True)
class Person:
    """A director's truth: this year's answers (totals left out), last year's completed, and what the register says."""

    values: Answers
    previous: Mapping[str, Any]
    context: Mapping[str, Any]


@dataclass
class World:
    compiled: Compiled
    people: list[Person]
    rng: np.random.Generator

    @property
    def fields(self) -> Mapping[str, Field]:
        return self.compiled.questionnaire.fields


def world(*, size: int, seed: int) -> World:
    """`size` structures, two in five centres sociaux as in the register: their fourth and fifth years."""
    compiled = Compiled(load_directory(ROOT / "data" / "questionnaires" / "2026"))
    rng = np.random.default_rng([seed, size])
    network = Network(
        ids=np.arange(size),
        is_cs=rng.random(size) < 0.58,
        gestion=rng.choice(["associatif", "collectivite", "caf"], size, p=[0.7, 0.25, 0.05]),
        is_urban=rng.random(size) < 0.6,
        in_qpv=rng.random(size) < 0.35,
        is_fcsf=rng.random(size) < 0.4,
        catchment=rng.integers(2_000, 20_000, size),
        first_year=rng.integers(1975, 2018, size),
    )
    years = [_year(compiled, network, index, seed) for index in (3, 4)]
    people = []
    for row in range(size):
        context = {
            "structure_type": "CS" if network.is_cs[row] else "EVS",
            "structure_gestion": str(network.gestion[row]),
            "structure_territoire": "urbain" if network.is_urban[row] else "rural",
            "structure_qpv": bool(network.in_qpv[row]),
            "structure_fcsf": bool(network.is_fcsf[row]),
        }
        before = compiled.complete(years[0][row], context, {})
        shown = compiled.complete(years[1][row], context, before)
        values = {c: v for c, v in shown.items() if not compiled.questionnaire.fields[c].is_computed}
        people.append(Person(values, before, context))
    return World(compiled, people, rng)


def _year(compiled: Compiled, network: Network, index: int, seed: int) -> list[Answers]:
    sheet = Sheet(compiled.questionnaire, Draws(seed, network.size, index), 2021 + index)
    fill_sheet(sheet, network)
    columns = {}
    for code, definition in compiled.questionnaire.fields.items():
        if not definition.is_computed and code in sheet.columns:
            columns[code] = [_typed(definition, value) for value in sheet.columns[code].tolist()]
    return [{code: column[row] for code, column in columns.items()} for row in range(network.size)]


def _typed(definition: Field, value: Any) -> Any:
    if definition.kind in {Kind.DECIMAL, Kind.PERCENT}:
        return Decimal(str(value)).quantize(Decimal(1).scaleb(-definition.decimals))
    return value


# A stressed truth: people round, repeat small counts, and some figures really jump.
ROUNDED, UNCHANGED, JUMPS = 0.5, 0.4, 0.002


def stressed(truth: World) -> list[Person]:
    """Half round their amounts to the hundred, 40 % of small counts are last year's, one figure in five hundred
    really doubles or halves. Totals that a rounding breaks are part of the stress.
    """
    people = []
    for person in truth.people:
        values = dict(person.values)
        rounds = truth.rng.random() < ROUNDED
        for code, value in person.values.items():
            definition = truth.fields[code]
            if not definition.kind.is_numeric or not value:
                continue
            if definition.kind is Kind.AMOUNT:
                values[code] = round(value, -2) if rounds else value
            elif definition.kind is Kind.INTEGER and value < 20 and truth.rng.random() < UNCHANGED:
                values[code] = person.previous.get(code, value)
            if definition.is_flow and truth.rng.random() < JUMPS:
                values[code] = type(value)(value * 2 if truth.rng.random() < 0.5 else value / 2)
        people.append(Person(values, person.previous, person.context))
    return people


# --- The faults: what a hand, a spreadsheet or a misread question does to a true sheet; None where it cannot. ---

Fault = Callable[[World, Person], Answers | None]
KINDS: dict[str, list[Fault]] = {}


def kind(name: str) -> Callable[[Fault], Fault]:
    def keep(fault: Fault) -> Fault:
        KINDS.setdefault(name, []).append(fault)
        return fault

    return keep


def _flows(truth: World, section: str, kinds: set[Kind] | None = None) -> list[str]:
    return [
        f.code for f in truth.fields.values()
        if f.section == section and f.kind.is_numeric and f.is_flow and not f.is_computed
        and (kinds is None or f.kind in kinds)
    ]  # fmt: skip


def _pasted(person: Person, codes: list[str], fewest: int) -> Answers | None:
    then = {code: person.previous[code] for code in codes if person.values.get(code) and person.previous.get(code)}
    moved = [code for code, value in then.items() if value != person.values[code]]
    return then if len(moved) >= fewest else None


def _column(truth: World, question: str, place: int) -> list[str]:
    grid = truth.compiled.questionnaire.questions[question].grid
    assert grid is not None
    return [row[place] for row in grid.cells if row[place] is not None and not truth.fields[row[place]].is_computed]


@kind("N-1 collé : les heures des activités")
def _hours_pasted(truth: World, person: Person) -> Answers | None:
    return _pasted(person, _column(truth, "secteurs", 1), 3)


@kind("N-1 collé : la rubrique des activités")
def _activities_pasted(truth: World, person: Person) -> Answers | None:
    return _pasted(person, _flows(truth, "activites"), 8)


@kind("N-1 collé : tout le budget")
def _budget_pasted(truth: World, person: Person) -> Answers | None:
    return _pasted(person, _flows(truth, "finances"), 6)


@kind("N-1 collé : les âges (structures de plus de 200 participants)")
def _ages_pasted(truth: World, person: Person) -> Answers | None:
    if person.values.get("participants_uniques", 0) <= 200:
        return None
    return _pasted(person, _column(truth, "participants_par_age", 0), 5)


def _copied(truth: World, person: Person, question: str, source: int, target: int) -> Answers | None:
    pairs = zip(_column(truth, question, source), _column(truth, question, target), strict=True)
    changed = {b: person.values[a] for a, b in pairs if a in person.values and b in person.values}
    filled = [code for code, value in changed.items() if value]
    if len(filled) < 3 or sum(changed.values()) < 5 or all(person.values[c] == v for c, v in changed.items()):
        return None
    return changed


@kind("colonne recopiée sur sa voisine")
def _partners_copied(truth: World, person: Person) -> Answers | None:
    return _copied(truth, person, "partenaires", 0, 1)


@kind("colonne recopiée sur sa voisine")
def _types_copied(truth: World, person: Person) -> Answers | None:
    return _copied(truth, person, "types_activites", 0, 1)


@kind("colonne recopiée sur sa voisine")
def _sessions_copied(truth: World, person: Person) -> Answers | None:
    return _copied(truth, person, "secteurs", 2, 3)


@kind("montant répété sur une autre ligne")
def _amount_repeated(truth: World, person: Person) -> Answers | None:
    filled = [c for c in FUNDERS if person.values.get(c, 0) >= 1000 and _digits(person.values[c]) >= 4]
    if len(filled) < 2:
        return None
    a, b = truth.rng.choice(filled, 2, replace=False)
    return {str(b): person.values[a]}


def _digits(value: int) -> int:
    return len(str(int(value)).rstrip("0"))


def _shifted(truth: World, person: Person, codes: list[str], step: int) -> Answers | None:
    column = [person.values.get(code) for code in codes]
    if any(value is None for value in column) or sum(1 for value in column if value) < 4:
        return None
    moved = [0, *column[:-1]] if step > 0 else [*column[1:], 0]
    return dict(zip(codes, moved, strict=True))


def _shift_of(question: str, place: int, step: int) -> Fault:
    return lambda truth, person: _shifted(truth, person, _column(truth, question, place), step)


for _question, _place in (("secteurs", 1), ("secteurs", 2), ("participants_par_age", 0), ("financements", 0)):
    for _step in (1, -1):
        kind("grille décalée d’une ligne")(_shift_of(_question, _place, _step))


@kind("familles comptées pour des personnes")
def _families_as_members(truth: World, person: Person) -> Answers | None:
    families, members = person.values.get("adherents_familles", 0), person.values.get("adherents_individus", 0)
    return {"adherents_individus": families} if 10 <= families < members * 0.7 else None


@kind("familles comptées pour des personnes")
def _families_on_holiday(truth: World, person: Person) -> Answers | None:
    families, members = person.values.get("vacances_familles", 0), person.values.get("vacances_personnes_familles", 0)
    return {"vacances_personnes_familles": families} if 3 <= families < members else None


def _times(code: str, factor: float, least: float) -> Fault:
    """One cell multiplied, as its field can hold it."""

    def fault(truth: World, person: Person) -> Answers | None:
        value = person.values.get(code, 0)
        if not isinstance(value, int | Decimal) or value * Decimal(str(min(factor, 1))) < least:
            return None
        if not person.previous.get(code):
            return None
        return {code: type(value)(value * Decimal(str(factor)))}

    return fault


for _code in ("vacataires_journees", "alsh_jours_vacances", "alsh_jours_mercredis"):
    kind("heures pour des jours")(_times(_code, 7, 10))
for _code, _least in (("passages_accueil", 50), ("benevoles_heures_reguliers", 20), ("charges_personnel", 1000),
                      ("charges_locaux", 300), ("heures_adultes", 10), ("asl_heures", 10)):  # fmt: skip
    kind("un mois pour l’année")(_times(_code, 1 / 12, _least))
for _code, _least in (("passages_accueil", 50), ("personnes_touchees", 40), ("participants_uniques", 40),
                      ("charges_activites", 1000), ("financement_commune", 1000), ("recettes_usagers", 500),
                      ("benevoles_heures_reguliers", 20), ("heures_jeunesse", 10)):  # fmt: skip
    kind("dernier chiffre oublié")(_times(_code, 0.1, _least))


def _in_percent(codes: tuple[str, ...]) -> Fault:
    def fault(truth: World, person: Person) -> Answers | None:
        parts = [person.values.get(code) for code in codes]
        if any(part is None for part in parts):
            return None
        total = sum(cast("list[int]", parts))
        return {c: round(100 * p / total) for c, p in zip(codes, parts, strict=True)} if total >= 150 else None

    return fault


for _codes in (
    ("participants_femmes", "participants_hommes", "participants_genre_nr"),
    ("benevoles_femmes", "benevoles_hommes", "benevoles_genre_nr"),
    tuple(f"participants_qf_{band}" for band in ("0_400", "401_700", "701_1000", "1001_1500", "1501_plus", "nr")),
):
    kind("pourcentages pour des personnes")(_in_percent(_codes))


@kind("signe moins")
def _negative(truth: World, person: Person) -> Answers | None:
    value = person.values.get("fonds_associatifs", 0)
    return {"fonds_associatifs": -value} if value > 1000 and person.previous.get("fonds_associatifs", 0) > 0 else None


def _of_all(codes: Callable[[World], list[str]]) -> Fault:
    """The accounts of a gestionnaire of three structures of about this size."""

    def fault(truth: World, person: Person) -> Answers | None:
        share = truth.rng.uniform(2.2, 4.5)
        held = {code: person.values.get(code, 0) for code in codes(truth)}
        return {code: type(value)(round(value * share)) for code, value in held.items() if value and value > 0}

    return fault


kind("total de tout le gestionnaire : le budget")(_of_all(lambda truth: _flows(truth, "finances", {Kind.AMOUNT})))
kind("total de tout le gestionnaire : l’animation globale")(
    lambda truth, person: (
        {"caf_agc": round(person.values["caf_agc"] * truth.rng.uniform(2.2, 4.5))}
        if person.values.get("caf_agc", 0) > 20_000
        else None
    )
)


@kind("secteur compté avec les enfants")
def _with_children(truth: World, person: Person) -> Answers | None:
    children, adults = person.values.get("participants_enfance", 0), person.values.get("participants_adultes", 0)
    return {"participants_adultes": adults + children} if min(children, adults) >= 15 and children > adults else None


# --- Measures ---


@dataclass
class Measured:
    told: dict[str, list[bool]] = field(default_factory=dict)
    by: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def recall(self) -> dict[str, float]:
        return {name: sum(found) / len(found) for name, found in self.told.items() if found}


def _speaking(truth: World, person: Person, values: Answers) -> dict[str, str]:
    """Findings at least to justify, by code: what they say."""
    found = truth.compiled.check(values, person.context, person.previous)
    return {f.rule.code: f.message for f in found if f.rule.severity is not Severity.INFORMATION}


def _is_refused(truth: World, changed: Answers) -> bool:
    """The field itself does not hold it."""
    bounds = ((truth.fields[code], value) for code, value in changed.items())
    return any(
        (f.minimum is not None and value < f.minimum) or (f.maximum is not None and value > f.maximum)
        for f, value in bounds
    )


def measure(truth: World, *, most: int) -> Measured:
    """Each kind on at most `most` structures where it can be committed."""
    result = Measured()
    clean = [_speaking(truth, person, person.values) for person in truth.people]
    for name, faults in KINDS.items():
        told = result.told.setdefault(name, [])
        by = result.by.setdefault(name, {})
        for place, person in enumerate(truth.people):
            if len(told) >= most:
                break
            changed = faults[place % len(faults)](truth, person)
            if not changed or all(person.values.get(code) == value for code, value in changed.items()):
                continue
            if _is_refused(truth, changed):
                told.append(True)
                by["refusé à la saisie"] = by.get("refusé à la saisie", 0) + 1
                continue
            said = _speaking(truth, person, person.values | changed)
            new = [code for code, message in said.items() if clean[place].get(code) != message]
            told.append(bool(new))
            for code in new:
                by[code] = by.get(code, 0) + 1
    return result


def questions_of_the_truthful(truth: World, people: list[Person]) -> tuple[float, float, dict[str, int]]:
    """Questions of the patterns per truthful director, share of them stopped by a blocking rule, and which spoke."""
    asked, stopped, by = 0, 0, dict[str, int]()
    for person in people:
        found = truth.compiled.check(person.values, person.context, person.previous)
        patterns = [f.rule.code for f in found if f.rule.code.startswith(PATTERNS)]
        asked += len(patterns)
        barriers = [f.rule.code for f in found if f.rule.severity is Severity.BLOCKING]
        stopped += bool(barriers)
        for code in [*patterns, *(f"!{code}" for code in barriers)]:
            by[code] = by.get(code, 0) + 1
    return asked / len(people), stopped / len(people), by


def page(truth: World, measured: Measured, truthful: list[tuple[str, float, float]], seconds: float) -> str:
    """docs/performance/fautes-inconnues.md."""
    mean = sum(measured.recall.values()) / len(measured.recall)
    table = [
        f"| {name} | {len(measured.told[name])} | {french.percent(100 * share, 1)} | {_first(measured.by[name])} |"
        for name, share in measured.recall.items()
    ]
    asked = [
        f"- {title} : {french.number(questions, 2)} question de ces règles par directeur, "
        f"{french.percent(100 * stopped, 1)} arrêtés par une règle bloquante."
        for title, questions, stopped in truthful
    ]
    return PAGE_TEXT.format(
        day=f"{clock.today():%d/%m/%Y}",
        size=len(truth.people),
        table="\n".join(table),
        mean=french.percent(100 * mean, 1),
        asked="\n".join(asked),
        cost=french.number(1000 * seconds, 1),
    )


PAGE_TEXT = """# Fautes que la démonstration ne connaît pas

`python -m bench faults`, le {day} : {size} structures fictives, deux années de réponses vraies, le questionnaire de
2026. Chaque faute est commise seule dans une réponse vraie ; elle est dite quand un point au moins « à justifier »
apparaît, ou quand la case la refuse. Le générateur des fautes ne partage rien avec celles de la démonstration.

| faute | essais | dite | par quoi d’abord |
|---|---:|---:|---|
{table}

En moyenne : {mean}. Avant ces règles : 60 %.

Ce que cela coûte à qui dit vrai :

{asked}

« Éprouvé » : une réponse sur deux arrondit ses montants à la centaine, 40 % des petits nombres sont ceux de l’an
dernier, un chiffre sur cinq cents double ou diminue de moitié pour de bon. Les totaux que ces arrondis contredisent
sont le fait de l’épreuve : ses règles bloquantes ne se lisent pas.

Hors de portée, et nommés : un secteur compté avec les enfants sans année d’avant ; des jours pour des heures ; les âges
recopiés dans une structure de moins de 200 participants, où ils se répètent d’eux-mêmes.

Processeur : {cost} ms par réponse pour ces règles, lues avant l’envoi et au contrôle, jamais à chaque case.
"""


def _first(by: Mapping[str, int]) -> str:
    return " ".join(f"`{code}`" for code, _ in sorted(by.items(), key=lambda item: -item[1])[:2])


def main() -> None:
    truth = world(size=int(sys.argv[1]) if len(sys.argv) > 1 else 1000, seed=11)
    measured = measure(truth, most=400)
    truthful = [
        (title, *questions_of_the_truthful(truth, people)[:2])
        for title, people in (("Vrai", truth.people), ("Éprouvé", stressed(truth)))
    ]
    settled = [truth.compiled.settle(p.values, p.context, p.previous).values for p in truth.people]
    start = time.process_time()
    for person, values in zip(truth.people, settled, strict=True):
        truth.compiled.gestures(values, person.previous)
    seconds = (time.process_time() - start) / len(truth.people)
    PAGE.write_text(page(truth, measured, truthful, seconds), encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")


if __name__ == "__main__":
    main()
