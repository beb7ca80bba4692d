"""The page that the measures of the entry write: docs/performance/saisie.md."""

import os
import platform
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.clients import Measures
from bench.scene import ROOT, THREADS, WORKERS, Cpu

PAGE = ROOT / "docs" / "performance" / "saisie.md"
SHARE, P99, GROWS = 0.7, 120.0, 1.5  # the targets; the last one is the page at a thousand fields over that at a hundred


@dataclass(frozen=True, slots=True)
class Growth:
    """Median milliseconds of each act at one size of the questionnaire."""

    kind: str
    fields: int
    page: float
    autosave: float
    section: float


@dataclass(frozen=True, slots=True)
class Saturated:
    """Acts a second at each number of visitors; milliseconds of processor of one act."""

    rates: Sequence[float]
    cpu: Cpu

    def share_of(self, limit: "Saturated") -> float:
        """In mean over the numbers of visitors."""
        shares = [rate / top for rate, top in zip(self.rates, limit.rates, strict=True)]
        return sum(shares) / len(shares)


@dataclass(frozen=True, slots=True)
class Measured:
    """All that was measured on one database; `rates` by act."""

    kind: str
    growth: Sequence[Growth]
    rates: dict[str, Saturated]
    typing: Measures
    reading: Measures


def machine() -> str:
    found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    model = found[1].strip() if found else platform.machine()
    load = _number(os.getloadavg()[0], 1)
    return f"{os.cpu_count()} cœurs ({model}), Python {platform.python_version()} ; charge avant les mesures {load}"


def _targets(measured: Measured) -> list[str]:
    rates, (first, *_, last) = measured.rates, measured.growth
    p99 = measured.typing.milliseconds(99)
    autosave = rates["autosave"].share_of(rates["bare view"])
    cycle = rates["cycle"].share_of(rates["plain form"])
    rows = (
        ("autosave : part du débit de la vue nue", _number(autosave, 2), f"≥ {_number(SHARE, 1)}", autosave >= SHARE),
        ("cycle : part du débit du formulaire simple", _number(cycle, 2), f"≥ {_number(SHARE, 1)}", cycle >= SHARE),
        ("dernier soir : p99 de l’autosave", _ms(p99), f"< {_number(P99, 0)} ms", p99 < P99),
        _grows("page", first.page, last.page),
        _grows("autosave", first.autosave, last.autosave),
    )
    return [f"| {measured.kind} | {row[0]} | {row[1]} | {row[2]} | {'oui' if row[3] else 'non'} |" for row in rows]


def _grows(act: str, small: float, large: float) -> tuple[str, str, str, bool]:
    label = f"{act} : dix fois plus de champs, tant de fois plus de temps"
    return label, _number(large / small, 2), f"≤ {_number(GROWS, 1)}", large / small <= GROWS


def _growth(measured: Measured) -> list[str]:
    return [
        f"| {row.kind} | {row.fields} | {_ms(row.page)} | {_ms(row.autosave)} | {_ms(row.section)} |"
        for row in measured.growth
    ]


def _saturation(measured: Measured) -> list[str]:
    rates = measured.rates

    def row(label: str, name: str, limit: str = "") -> str:
        own = rates[name]
        cells = [*(_number(rate, 0) for rate in own.rates), _ms(own.cpu.web)]
        cells += [_ms(own.cpu.base) if own.cpu.base else "", _number(own.share_of(rates[limit]), 2) if limit else ""]
        return f"| {measured.kind} | {label} | " + " | ".join(cells) + " |"

    return [
        row("autosave d’un champ", "autosave", "bare view"),
        row("limite de la pile : vue nue, 20 champs", "bare view"),
        row("cycle page, enregistrement, page suivante", "cycle", "plain form"),
        row("le même cycle d’un formulaire Django simple", "plain form"),
        row("page de rubrique", "page"),
    ]


def _evening(measured: Measured) -> list[str]:
    return [
        f"| {measured.kind} | {label} | {_number(acts.rate, 0)} | "
        + " | ".join(_ms(acts.milliseconds(percent)) for percent in (50, 95, 99))
        + " |"
        for label, acts in (("autosave", measured.typing), ("page de rubrique", measured.reading))
    ]


def _number(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}".replace(".", ",")


def _ms(value: float) -> str:
    return f"{_number(value, 1 if value < 100 else 0)} ms"


def _lines(rows: Iterable[Iterable[str]]) -> str:
    return "\n".join(row for group in rows for row in group)


def write(measured: Sequence[Measured], *, before: str, minutes: float) -> None:
    after = _number(os.getloadavg()[0], 1)
    text = f"""# La saisie sous charge

Écrit par `python -m bench.entry` le {datetime.now(UTC):%d/%m/%Y}, en {_number(minutes, 1)} minutes : {before},
après {after}. Les mesures seules chargent la machine de 2 à 4 : au-delà, d’autres travaux s’y mêlaient, et les temps
d’attente (médianes, p99) sont ceux d’une machine encombrée ; parts et temps de processeur s’en ressentent moins.
Serveur (granian, {WORKERS} processus de {THREADS} fils), base et visiteurs se partagent la machine. PostgreSQL attend
le disque (`fsync`, `synchronous_commit`), SQLite est en WAL.

## Les objectifs

| base | mesure | trouvé | objectif | atteint |
|---|---|---|---|---|
{_lines(map(_targets, measured))}

## Un visiteur, quand le questionnaire grandit

Temps médian d’un acte, connexion gardée, un processus.

| base | champs | page de rubrique | autosave d’un champ | rubrique entière |
|---|---|---|---|---|
{_lines(map(_growth, measured))}

La page d’une rubrique montre trente questions quel que soit le questionnaire ; son coût ne croît que de ce que
les règles et l’avancement parcourent. L’autosave n’évalue que ce dont le champ dépend : il ne reste que la lecture
et l’écriture du document.

## Saturation : autant que la machine peut, sans temps de réflexion

Actes par seconde à 1, 20 et 100 visiteurs simultanés, questionnaire de 300 champs. « Part » : du débit de la ligne
suivante, en moyenne des trois. Le processeur est compté à part pour le site et pour PostgreSQL ; celui des visiteurs
n’y est pas. SQLite travaille dans les processus du site.

| base | acte | 1 | 20 | 100 | processeur du site | de la base | part |
|---|---|---|---|---|---|---|---|
{_lines(map(_saturation, measured))}

La vue nue n’a ni session, ni droits, ni charte, ni règles : elle valide vingt champs, met à jour une petite ligne JSON
et insère cinq lignes d’historique. L’autosave lit la session, la personne, ses habilitations et la charte, verrouille
la réponse (trois cents valeurs), l’écrit avec son historique, et rend totaux, conditions et contrôles. Le cycle du
formulaire simple a session et personne, vingt champs sans aide, sans rappel de l’an dernier et sans règle.

## Le dernier soir

Boucle ouverte : 165 autosaves et 20 pages de rubrique par seconde, à heure fixe, que le serveur ait répondu ou non ;
le temps court depuis l’heure prévue.

| base | acte | par seconde | p50 | p95 | p99 |
|---|---|---|---|---|---|
{_lines(map(_evening, measured))}

## Où va le temps

- Autosave : sept allers et retours vers PostgreSQL (session ; personne, habilitations et charte ; début ; réponse
  verrouillée ; historique ; réponse ; fin) contre cinq pour la vue nue. Dans PostgreSQL, un document de trois cents
  valeurs (24 Ko) est écrit en texte, relu et compressé à chaque fois ; SQLite le garde en texte.
- Page : un tiers pour le gabarit des questions (Jinja, compilé), un tiers pour le cadre du site (gabarits de Django) et
  les intergiciels, un tiers pour les huit lectures, les règles et l’avancement.
- Ce qui a été essayé, retenu ou écarté : [décision](../decisions/2026-11-22-cout-de-la-saisie.md).
"""
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(text, encoding="utf-8")
