"""The methodological note in plain French, from the methodology of a release."""

from collections.abc import Mapping
from typing import Any

from senacs.lib import french
from senacs.publication.documents.printed_figures import RAISED_FIRST, TerritoryFigures

Section = dict[str, object]  # {title, paragraphs: [str]}


def sections(
    methodology: Mapping[str, Any], figures: TerritoryFigures, *, data_year: int, whose: str = ""
) -> list[Section]:
    """Field, collection, confidentiality, reading of the figures: what the release says of itself."""
    return [
        _field(data_year),
        *_agreed(whose),
        _control(),
        _confidentiality(methodology, figures),
        _reading(figures.territory.level),
        *_correction(methodology),
    ]


def _field(data_year: int) -> Section:
    return {
        "title": "Qui est interrogé",
        "paragraphs": [
            "Tous les centres sociaux et espaces de vie sociale agréés par une Caf au moment de la campagne. "
            f"Les réponses portent sur l’année civile {data_year} ; elles sont déclaratives.",
        ],
    }


def _agreed(whose: str) -> list[Section]:
    if not whose:
        return []
    words = (
        "Chaque structure a dit si elle acceptait que ses chiffres soient additionnés à ceux des autres, et qu’ils "
        "soient montrés à son nom. Ceux d’une structure qui refuse ne sont ni comptés ni montrés, et les autres sont "
        "protégés pour qu’on ne puisse pas les retrouver par différence avec les chiffres publiés par ailleurs."
    )
    return [{"title": "De qui parlent ces chiffres", "paragraphs": [whose, words]}]


def _control() -> Section:
    return {
        "title": "Comment les réponses sont vérifiées",
        "paragraphs": [
            "Des règles de cohérence signalent à la structure, pendant la saisie, ce qui étonne ; elle corrige ou "
            "explique. La Caf et la fédération relisent ensuite chaque réponse et la valident ensemble. Seules les "
            "réponses validées entrent dans les chiffres ; aucune réponse manquante n’est remplacée.",
        ],
    }


def _confidentiality(methodology: Mapping[str, Any], figures: TerritoryFigures) -> Section:
    rules = methodology.get("plan", {}).get("rules", {})
    threshold = int(rules.get("threshold", 5))
    dominated = "".join(
        f", ou quand {'un seul' if n == 1 else f'les {french.number(n)} plus gros'} "
        f"{'fait' if n == 1 else 'font'} plus de {french.percent(share)} d’un total"
        for n, share in rules.get("dominance", ())
    )
    paragraphs = [
        f"Un chiffre est masqué (« s. ») quand il repose sur moins de {threshold} répondants{dominated}. D’autres le "
        "sont alors aussi, pour que nul ne puisse retrouver les premiers par différence avec un total publié.",
    ]
    if rules.get("median_from"):
        paragraphs.append(
            f"Une médiane est publiée à partir de {rules['median_from']} répondants, des quartiles à partir de "
            f"{rules.get('quartiles_from', 20)}."
        )
    mine = list(figures.reader.cells(figures.territory.level, figures.territory.code))
    if mine:
        hidden = sum(cell.is_suppressed for cell in mine)
        paragraphs.append(
            f"{figures.territory.name} : {french.plural(hidden, 'chiffre masqué', 'chiffres masqués')} sur "
            f"{french.number(len(mine))}."
        )
    return {"title": "Le secret statistique", "paragraphs": paragraphs}


# What totals are, by whether the estimate for all structures stands first.
_TOTALS = {
    True: "Les totaux clés sont estimés pour toutes les structures, avec l’intervalle où la vraie valeur a 95 chances "
    "sur 100 de se trouver si les absentes ressemblent aux répondantes ; la somme des répondantes est donnée ensuite.",
    False: "Les totaux additionnent les structures répondantes : ils ne sont pas étendus à celles qui n’ont pas "
    "répondu.",
}


def _reading(level: str) -> Section:
    return {
        "title": "Comment lire les chiffres",
        "paragraphs": [
            f"{_TOTALS[level in RAISED_FIRST]} Pour comparer deux territoires, on regarde les parts, et les "
            "moyennes par structure de chaque type : centres sociaux et espaces de vie sociale ne se mélangent pas. "
            "Chaque chiffre a son propre nombre de répondants, car toutes ne répondent pas à toutes les questions.",
        ],
    }


def _correction(methodology: Mapping[str, Any]) -> list[Section]:
    reason = str(methodology.get("reason") or "").strip()
    if not reason:
        return []
    return [{"title": "Ce que cette version corrige", "paragraphs": [reason]}]
