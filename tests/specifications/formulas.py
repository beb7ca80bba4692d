"""Formulas: what each operation gives on a few responses, for one response and for a whole campaign alike."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import polars as pl

from senacs.lib import french
from senacs.questionnaire.engine import polars_backend
from senacs.questionnaire.engine.compile_python import compile_tree
from senacs.questionnaire.engine.errors import DefinitionError
from senacs.questionnaire.engine.language import parse
from senacs.questionnaire.engine.loader import field_types, from_source
from senacs.questionnaire.engine.typecheck import Base
from senacs.questionnaire.engine.values import NOT_CONCERNED
from tests.specifications.pages import Chapter, Grid, Page, Row, Specification

_ERRORS: list[DefinitionError] = []
SURVEY = from_source(
    {
        "code": "exemple",
        "year": 2026,
        "data_year": 2025,
        "title": "Exemple",
        "sections": [
            {
                "code": "a",
                "letter": "A",
                "title": "Emploi",
                "minutes": 1,
                "questions": [
                    {"code": "salaries", "label": "Salariés", "kind": "entier"},
                    {"code": "etp", "label": "ETP", "kind": "decimal"},
                    {"code": "benevoles", "label": "Bénévoles", "kind": "entier", "not_concerned": True},
                    {"code": "clas", "label": "CLAS", "kind": "oui_non"},
                    {"code": "gestion", "label": "Gestion", "kind": "choix", "options": {"asso": "A", "ville": "V"}},
                    {
                        "code": "publics",
                        "label": "Publics",
                        "kind": "choix_multiple",
                        "options": {"jeunes": "J", "familles": "F", "seniors": "S"},
                    },
                    {"code": "agrement", "label": "Agrément", "kind": "date"},
                ],
            }
        ],
        "rules": [],
    },
    "exemple",
    _ERRORS,
)
TYPES = field_types(SURVEY)
_COLUMNS = {Base.NUMBER: pl.Float64, Base.BOOLEAN: pl.Boolean, Base.CHOICE: pl.String, Base.DATE: pl.Date}

# A field that is not named is unanswered.
Response = Mapping[str, object]
BLANK: Response = {}
NC = NOT_CONCERNED


def told(value: object) -> str:
    """A value as the pages write it."""
    if value is None:
        return "inconnu"
    if value is NC:
        return "non concerné"
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, (int, float, Decimal)):
        return french.number(value)
    if isinstance(value, tuple):
        return ", ".join(value) or "aucun"
    return str(value)


def for_one_response(formula: str, response: Response, previous: Response) -> object:
    return compile_tree(parse(formula).check(TYPES).tree)(dict(response), dict(previous))  # type: ignore[arg-type]


def for_a_campaign(formula: str, responses: Sequence[Response], previous: Sequence[Response]) -> list[object]:
    (expression,) = polars_backend.compile_expressions([parse(formula).check(TYPES)], SURVEY)
    frame = _frame(responses, previous)
    return frame.select(expression.alias("result"), pl.first().alias("as long as the frame"))["result"].to_list()


def _frame(responses: Sequence[Response], previous: Sequence[Response]) -> pl.DataFrame:
    series = []
    for code in SURVEY.fields:
        dtype = _COLUMNS.get(TYPES[code].base, pl.List(pl.String))
        for suffix, rows in (("", responses), ("__n1", previous)):
            values = [row.get(code) for row in rows]
            known = [None if v is NC else float(v) if isinstance(v, Decimal) else v for v in values]
            known = [list(v) if isinstance(v, tuple) else v for v in known]
            series.append(pl.Series(code + suffix, known, dtype=dtype, strict=False))
            series.append(pl.Series(f"{code}{suffix}__nc", [v is NC for v in values], dtype=pl.Boolean))
    return pl.DataFrame(series)


def specification(
    title: str, words: str, formulas: Sequence[str], examples: Sequence[tuple[Response, Sequence[str]]]
) -> Specification:
    """`examples`: a response (`code[N-1]` is last year's answer), and what each formula must give."""
    codes = list(dict.fromkeys(code for response, _ in examples for code in response))
    responses = [{k: v for k, v in row.items() if not k.endswith("[N-1]")} for row, _ in examples]
    previous = [{k.removesuffix("[N-1]"): v for k, v in row.items() if k.endswith("[N-1]")} for row, _ in examples]

    def shown(row: Response) -> Row:
        return tuple(told(row[code]) if code in row else "" for code in codes)

    def found() -> list[Row]:
        alone = [
            tuple(told(for_one_response(formula, *pair)) for formula in formulas)
            for pair in zip(responses, previous, strict=True)
        ]
        columns = [for_a_campaign(formula, responses, previous) for formula in formulas]
        together = [tuple(map(told, row)) for row in zip(*columns, strict=True)]
        assert alone == together, "one response and a whole campaign do not give the same"
        return [(*shown(row), *results) for (row, _), results in zip(examples, alone, strict=True)]

    headers = (*(f"`{code}`" for code in codes), *(f"**`{formula}`**" for formula in formulas))
    rows = tuple((*shown(row), *results) for row, results in examples)
    return Specification(title, words, Grid(headers, rows), found)


ARITHMETIC = Chapter(
    "Calculer",
    (
        specification(
            "Les quatre opérations",
            "Un terme sans réponse rend le résultat inconnu ; 0 est une réponse. Diviser par zéro ne donne rien.",
            ("salaries - etp", "etp / salaries", "2 * etp + 1"),
            [
                ({"salaries": 8, "etp": Decimal("6.5")}, ("1,5", "0,81", "14")),
                ({"salaries": 0, "etp": Decimal(0)}, ("0", "inconnu", "1")),
                ({"etp": Decimal("6.5")}, ("inconnu", "inconnu", "14")),
                ({"salaries": 8}, ("inconnu", "inconnu", "inconnu")),
            ],
        ),
        specification(
            "Un total",
            "`SOMME` additionne ce qui est renseigné ; elle est inconnue quand rien ne l’est. Le signe `+` exige "
            "tout. "
            "« Non concerné » compte pour 0 dans les deux, et ailleurs rend le résultat inconnu.",
            ("SOMME(salaries; benevoles)", "salaries + benevoles", "salaries - benevoles"),
            [
                ({"salaries": 8, "benevoles": 20}, ("28", "28", "\N{MINUS SIGN}12")),
                ({"salaries": 8}, ("8", "inconnu", "inconnu")),
                ({"salaries": 8, "benevoles": NC}, ("8", "8", "inconnu")),
                ({"salaries": 0}, ("0", "inconnu", "inconnu")),
                (BLANK, ("inconnu", "inconnu", "inconnu")),
            ],
        ),
        specification(
            "Minimum, maximum, moyenne",
            "Inconnus dès qu’un argument l’est.",
            ("MIN(salaries; etp)", "MAX(salaries; etp)", "MOYENNE(salaries; etp)"),
            [
                ({"salaries": 8, "etp": Decimal("6.5")}, ("6,5", "8", "7,25")),
                ({"salaries": 8}, ("inconnu", "inconnu", "inconnu")),
            ],
        ),
        specification(
            "Arrondir",
            "Une moitié s’éloigne de zéro, comme dans un tableur.",
            ("ARRONDI(etp)", "ARRONDI(etp; 1)", "ABS(etp)"),
            [
                ({"etp": Decimal("2.5")}, ("3", "2,5", "2,5")),
                ({"etp": Decimal("2.49")}, ("2", "2,5", "2,49")),
                ({"etp": Decimal("-2.5")}, ("\N{MINUS SIGN}3", "\N{MINUS SIGN}2,5", "2,5")),
                ({"etp": Decimal("0.05")}, ("0", "0,1", "0,05")),
            ],
        ),
        specification(
            "Compter ce qui est renseigné",
            "« Non concerné » est une réponse.",
            ("NB_RENSEIGNES(salaries; benevoles; clas)",),
            [
                ({"salaries": 0, "benevoles": NC, "clas": False}, ("3",)),
                ({"salaries": 0}, ("1",)),
                (BLANK, ("0",)),
            ],
        ),
    ),
)
CONDITIONS = Chapter(
    "Comparer et relier",
    (
        specification(
            "Comparer",
            "Deux nombres se comparent exactement : ce que l’on lit est ce qui est comparé. Sans réponse, on ne sait "
            "pas.",
            ("etp <= salaries", "etp = salaries", "etp <> salaries"),
            [
                ({"etp": Decimal("8"), "salaries": 8}, ("oui", "oui", "non")),
                ({"etp": Decimal("8.01"), "salaries": 8}, ("non", "non", "oui")),
                ({"etp": Decimal("7.99"), "salaries": 8}, ("oui", "non", "oui")),
                ({"salaries": 8}, ("inconnu", "inconnu", "inconnu")),
            ],
        ),
        specification(
            "Et, ou, non, si… alors",
            "Une réponse inconnue ne décide pas, sauf si l’autre suffit (logique à trois valeurs de Kleene).",
            ("clas et salaries > 0", "clas ou salaries > 0", "non clas", "si clas alors salaries > 0"),
            [
                ({"clas": True, "salaries": 3}, ("oui", "oui", "non", "oui")),
                ({"clas": True, "salaries": 0}, ("non", "oui", "non", "non")),
                ({"clas": False, "salaries": 0}, ("non", "non", "oui", "oui")),
                ({"clas": True}, ("inconnu", "oui", "non", "inconnu")),
                ({"clas": False}, ("non", "inconnu", "oui", "oui")),
                ({"salaries": 3}, ("inconnu", "oui", "inconnu", "oui")),
                ({"salaries": 0}, ("non", "inconnu", "inconnu", "inconnu")),
            ],
        ),
        specification(
            "Vide, non vide, non concerné",
            "Ces questions ont toujours une réponse. « Non concerné » n’est pas vide.",
            ("benevoles est vide", "benevoles est non vide", "benevoles est non concerné"),
            [
                ({"benevoles": 0}, ("non", "oui", "non")),
                ({"benevoles": NC}, ("non", "oui", "oui")),
                (BLANK, ("oui", "non", "non")),
            ],
        ),
        specification(
            "Choix",
            "`parmi` pour un choix unique, `contient` pour un choix multiple.",
            ("gestion parmi ('asso')", "publics contient 'jeunes'"),
            [
                ({"gestion": "asso", "publics": ("jeunes", "familles")}, ("oui", "oui")),
                ({"gestion": "ville", "publics": ("familles",)}, ("non", "non")),
                (BLANK, ("inconnu", "inconnu")),
            ],
        ),
        specification(
            "L’an dernier, les dates",
            "`[N-1]` lit la réponse de l’an dernier ; une date se compare à un texte, jour compris.",
            ("salaries <= 3 * salaries[N-1]", "agrement <= '2026-12-31'"),
            [
                ({"salaries": 9, "salaries[N-1]": 3, "agrement": date(2026, 12, 31)}, ("oui", "oui")),
                ({"salaries": 10, "salaries[N-1]": 3, "agrement": date(2027, 1, 1)}, ("non", "non")),
                ({"salaries": 10}, ("inconnu", "inconnu")),
            ],
        ),
    ),
)
PAGE = Page(
    "formulas",
    "Spécification des formules",
    "Ce que rend chaque opération des règles, des conditions d’affichage, des totaux et des indicateurs, sur quelques "
    "réponses. L’écriture elle-même est décrite dans [formulas.md](../formulas.md). Une case blanche est une "
    "question sans "
    "réponse. Chaque exemple est calculé deux fois, comme pour une réponse et comme pour une campagne entière.",
    (ARITHMETIC, CONDITIONS),
)
