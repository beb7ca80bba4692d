"""The entry typed by the keyboard alone: keys and minutes of a whole response. `python -m bench.keyboard`.

Runs the browser tests that type the written sheets of `tests/data` on the real questionnaire with last year's answers
(tests/browser/test_typing.py), which fail unless what is stored is the sheet, and writes
docs/performance/saisie-au-clavier.md from what they counted.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "performance" / "saisie-au-clavier.md"
WORDS_A_MINUTE, CHARACTERS_A_WORD = 40, 5  # a word of typists: five characters, its space included
MENTAL_SECONDS = 1.35  # one act of thought before each answer (Card, Moran and Newell, keystroke-level model, 1980)
NAMES = {"EVS": "EVS", "CS": "Centre social"}
COLUMNS = (
    "", "valeurs", "déjà justes, passées", "caractères nécessaires", "frappes", "frappes par caractère",
    "minutes des mains", "minutes",
)  # fmt: skip
TARGET_MINUTES, TARGET_RATIO = 60, 1.3


def measure() -> dict[str, dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "typing.json"
        test = "tests/browser/test_typing.py::test_whole_response_typed_by_keyboard_is_the_sheet"
        subprocess.run(  # noqa: S603
            [sys.executable, "-m", "pytest", "-q", "-m", "browser", test],
            cwd=ROOT,
            check=True,
            env={**os.environ, "SENACS_TYPING_REPORT": str(report)},
        )
        counts: dict[str, dict[str, Any]] = json.loads(report.read_text(encoding="utf-8"))
        return counts


def number(value: float, decimals: int = 0) -> str:
    return f"{value:,.{decimals}f}".replace(",", " ").replace(".", ",")


def row(kind: str, counts: dict[str, Any]) -> str:
    hands = counts["keys"] / (WORDS_A_MINUTE * CHARACTERS_A_WORD)
    minutes = hands + counts["answers"] * MENTAL_SECONDS / 60
    cells = (
        NAMES[kind], number(counts["values"]), number(counts["passed"]), number(counts["needed"]),
        number(counts["keys"]), number(counts["keys"] / counts["needed"], 2), number(hands, 1), number(minutes, 1),
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def page_of(measured: dict[str, dict[str, Any]]) -> str:
    rows = "\n".join(row(kind, measured[kind]) for kind in NAMES)
    letters = WORDS_A_MINUTE * CHARACTERS_A_WORD
    mental = number(MENTAL_SECONDS, 2)
    return f"""# Saisir au clavier

Écrit par `python -m bench keyboard`. Un centre social et un EVS qui ont répondu l’an dernier saisissent toute l’enquête
2026 au clavier seul, dans le navigateur, depuis une feuille écrite (`tests/data`). À la fin, le document enregistré est
comparé à la feuille, valeur par valeur : la mesure échoue au premier écart. `make test` le refait sur SQLite
et sur PostgreSQL, avec deux rubriques au doigt à 390 pixels.

| {" | ".join(COLUMNS)} |
|{"---|" * len(COLUMNS)}
{rows}

- **Caractères nécessaires** : ce qu’il faudrait écrire dans un tableur. Le texte de chaque réponse, un caractère pour
  un choix, un pour finir la réponse. Ce que « Tout reprendre » a donné n’en demande aucun, ni ce que le registre sait
  et que la page affiche avec « Corriger » (une touche pour passer).
- **Frappes** : toutes les touches, y compris celles qui passent la navigation, les cases déjà justes, et « Continuer ».
- **Minutes des mains** : à {WORDS_A_MINUTE} mots par minute ({letters} frappes). **Minutes** : plus {mental} s de
  réflexion par réponse (modèle KLM de Card, Moran et Newell, 1980). Chercher le chiffre dans ses documents n’est pas
  compté : la feuille est déjà écrite.

Cible d’un EVS qui revient : moins de {TARGET_MINUTES} minutes, moins de {number(TARGET_RATIO, 1)} frappe par caractère.

Ce qui compte : un chiffre choisit la réponse de ce rang, « o » et « n » disent oui et non ; Entrée quitte une question
à choix, Tab va de case en case ; une question qui dépend d’une réponse apparaît sous la main, sans attendre le serveur.
"""


def main() -> int:
    PAGE.write_text(page_of(measure()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
