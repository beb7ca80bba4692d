"""Statistical secrecy: which figures are hidden, by which rule, and what readers are left with."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import polars as pl
from django.conf import settings

from senacs.disclosure.fates import Status, words
from senacs.disclosure.primary_rules import primary_fate
from senacs.disclosure.protection import protect
from senacs.disclosure.tables import Cell, Dimension, Rules, Table
from senacs.lib import french
from senacs.observatory.definitions.publication_plan import load_plan
from senacs.observatory.secrecy.masks import for_readers, quantile_rules
from tests.disclosure.cases import attacked
from tests.specifications.pages import Chapter, Grid, Page, Row, Specification

_WORDS = {
    Status.PUBLISHED: "publié",
    Status.PRIMARY: "masqué d’office",
    Status.COMPLEMENTARY: "masqué pour protéger",
}
NO_RULE = Rules(threshold=None, dominance=())
PLAN = load_plan(Path(settings.BASE_DIR) / "data" / "plan.yaml")

# One cell: how many contribute, its total, its largest contributions.
Given = tuple[int, int, tuple[int, ...]]


def cell_rule(title: str, text: str, rules: Rules, examples: Sequence[tuple[Given, str, str]]) -> Specification:
    """`examples`: a cell, what becomes of it, and the reason that its producer reads."""
    headers = ("contributeurs", "total", "plus fortes contributions", "**sort**", "**raison**")

    def shown(given: Given) -> Row:
        n, total, largest = given
        return (str(n), french.number(total), " ; ".join(map(french.number, largest)))

    def found() -> list[Row]:
        fates = [primary_fate(rules, n=n, value=total, largest=largest) for (n, total, largest), _, _ in examples]
        return [(*shown(e[0]), _WORDS[fate.status], words(fate)) for e, fate in zip(examples, fates, strict=True)]

    return Specification(title, text, Grid(headers, tuple((*shown(g), *rest) for g, *rest in examples)), found)


def unanimity(examples: Sequence[tuple[int, int, str, str]]) -> Specification:
    rules = Rules(threshold=None, dominance=(), extremes=True)

    def found() -> list[Row]:
        rows = []
        for respondents, yes, *_ in examples:
            fate = primary_fate(rules, n=respondents, value=yes, largest=(), respondents=respondents)
            rows.append((str(respondents), str(yes), _WORDS[fate.status], words(fate)))
        return rows

    return Specification(
        "Unanimité d’une question sensible",
        "Que tous, ou personne, aient répondu « oui » dirait la réponse de chacun.",
        Grid(
            ("répondants", "« oui »", "**sort**", "**raison**"),
            tuple((str(r), str(y), fate, why) for r, y, fate, why in examples),
        ),
        found,
    )


def quantiles(examples: Sequence[tuple[str, int, str]]) -> Specification:
    names = {"median": "médiane", "q1": "premier quartile", "q3": "troisième quartile", "sum": "total"}

    def found() -> list[Row]:
        cells = pl.DataFrame(
            {
                "statistic": [statistic for statistic, _, _ in examples],
                "n": [n for _, n, _ in examples],
                "status": ["published"] * len(examples),
                "reason": [""] * len(examples),
            }
        )
        fates = quantile_rules(cells, PLAN.rules)["status"]
        return [
            (names[statistic], str(n), _WORDS[Status(fate)])
            for (statistic, n, _), fate in zip(examples, fates, strict=True)
        ]

    return Specification(
        "Médianes et quartiles",
        "Une médiane demande 10 répondants, un quartile 20 : avec moins, ils seraient la réponse d’une structure.",
        Grid(("statistique", "répondants", "**sort**"), tuple((names[s], str(n), fate) for s, n, fate in examples)),
        found,
    )


# One line of a table: its name, contributors, value.
Line = tuple[str, int, int]


def line_rule(
    title: str, text: str, rules: Rules, lines: Sequence[Line], expected: Sequence[str], *, margin: float = 0
) -> Specification:
    """A table of one line and its total; `expected`: for each cell what readers see, then what they can compute."""
    place = Dimension("territoire", total="Total")
    whole = ("Total", sum(n for _, n, _ in lines), sum(value for *_, value in lines))
    cells = tuple(Cell((name,), n, Fraction(value)) for name, n, value in (*lines, whole))
    table = Table("t", (place.name,), cells)
    names = [cell.key[0] for cell in cells]

    def found() -> list[Row]:
        protected = protect([table], (place,), rules, margin=margin).tables
        intervals = {one.key: one for one in attacked([table], (place,), protected, margin=margin)}
        rows = []
        for one in protected[0].cells:
            if one.status is Status.PUBLISHED:
                seen = french.number(int(one.value or 0))
            else:
                interval = intervals[one.key]
                seen = f"entre {french.number(interval.low, 0)} et {french.number(interval.high, 0)}"
            rows.append((one.key[0], _WORDS[one.status], seen))
        return rows

    split = [tuple(one.split(" : ")) for one in expected]
    return Specification(
        title,
        text,
        Grid(
            ("territoire", "**sort**", "**ce que le lecteur peut calculer**"),
            tuple((name, *rest) for name, rest in zip(names, split, strict=True)),
        ),
        found,
        given=Grid(
            ("territoire", "contributeurs", "valeur"),
            tuple((cell.key[0], str(cell.n), french.number(int(cell.value or 0))) for cell in cells),
        ),
    )


def one_word() -> Specification:
    cells = [
        ("published", "", "12"),
        ("primary", "moins de 5\u00a0contributeurs", ""),
        ("complementary", "protège", ""),
    ]

    def found() -> list[Row]:
        frame = for_readers(pl.DataFrame(cells, schema=["status", "reason", "value"], orient="row"))
        return [(*cell[:2], *row) for cell, row in zip(cells, frame.select("status", "reason").rows(), strict=True)]

    return Specification(
        "Un seul mot pour ce qui est masqué",
        "La règle qui masque un chiffre dirait déjà quelque chose à qui connaît les autres : le fichier public n’en "
        "dit rien.",
        Grid(
            ("sort", "raison", "**`status` publié**", "**`reason` publiée**"),
            (
                ("published", "", "published", ""),
                ("primary", "moins de 5\u00a0contributeurs", "suppressed", "secret statistique"),
                ("complementary", "protège", "suppressed", "secret statistique"),
            ),
        ),
        found,
    )


PRIMARY = Chapter(
    "Ce qui est masqué d’office",
    (
        cell_rule(
            "Trop peu de contributeurs",
            "Sous 5 gestionnaires qui contribuent, le chiffre est masqué ; 5 suffisent. Une cellule vide est publiée.",
            Rules(threshold=5, dominance=()),
            [
                ((4, 100, ()), "masqué d’office", "moins de 5\u00a0contributeurs"),
                ((5, 100, ()), "publié", ""),
                ((1, 100, ()), "masqué d’office", "moins de 5\u00a0contributeurs"),
                ((0, 0, ()), "publié", ""),
            ],
        ),
        cell_rule(
            "Un seul fait presque tout",
            "Au-delà de 85 % du total pour le premier, le chiffre est masqué ; exactement 85 % ne l’est pas.",
            Rules(threshold=None, dominance=((1, 85.0),)),
            [
                ((9, 100, (85, 5)), "publié", ""),
                ((9, 100, (86, 5)), "masqué d’office", "le premier contributeur fait plus de 85\u00a0% du total"),
                ((9, 0, (0, 0)), "publié", ""),
            ],
        ),
        cell_rule(
            "Le deuxième saurait trop bien le premier",
            "Ce qui reste quand on ôte les deux premiers doit faire au moins 10 % du premier : c’est l’incertitude du "
            "deuxième.",
            Rules(threshold=None, dominance=(), p_percent=10),
            [
                ((9, 150, (100, 40)), "publié", ""),
                (
                    (9, 149, (100, 40)),
                    "masqué d’office",
                    "le premier contributeur peut être estimé à moins de 10\u00a0% près",
                ),
            ],
        ),
        unanimity(
            [
                (8, 8, "masqué d’office", "tous les répondants ont donné la même réponse"),
                (8, 0, "masqué d’office", "tous les répondants ont donné la même réponse"),
                (8, 7, "publié", ""),
                (8, 1, "publié", ""),
            ]
        ),
        quantiles(
            [
                ("median", 9, "masqué d’office"),
                ("median", 10, "publié"),
                ("q1", 19, "masqué d’office"),
                ("q1", 20, "publié"),
                ("q3", 19, "masqué d’office"),
                ("q3", 20, "publié"),
                ("sum", 9, "publié"),
            ]
        ),
    ),
)
COMPLEMENTARY = Chapter(
    "Ce qui est masqué pour protéger",
    (
        line_rule(
            "Une soustraction",
            "Seul masqué, A serait le total moins les autres. Une seconde cellule est masquée : celle qui porte le "
            "moins de "
            "contributeurs.",
            Rules(threshold=3, dominance=()),
            [("A", 2, 20), ("B", 4, 30), ("C", 9, 45), ("D", 9, 60)],
            [
                "masqué d’office : entre 0 et 50",
                "masqué pour protéger : entre 0 et 50",
                "publié : 45",
                "publié : 60",
                "publié : 155",
            ],
        ),
        line_rule(
            "Une marge",
            "Un intervalle trop étroit est un chiffre : avec une marge de 20 %, A (100) doit pouvoir "
            "être au plus 80 comme au moins 120. B (3), masqué seul avec A, n’y suffirait pas : C l’est aussi.",
            Rules(threshold=3, dominance=()),
            [("A", 2, 100), ("B", 8, 3), ("C", 9, 500), ("D", 19, 900)],
            [
                "masqué d’office : entre 0 et 603",
                "masqué pour protéger : entre 0 et 603",
                "masqué pour protéger : entre 0 et 603",
                "publié : 900",
                "publié : 1\u202f503",
            ],
            margin=20,
        ),
        line_rule(
            "Deux contributeurs isolés",
            "Celui de A, qui connaît sa réponse, trouverait celle de B par différence : une "
            "troisième cellule les sépare.",
            Rules(threshold=3, dominance=()),
            [("A", 1, 10), ("B", 1, 12), ("C", 8, 30), ("D", 19, 35)],
            [
                "masqué d’office : entre 0 et 52",
                "masqué d’office : entre 0 et 52",
                "masqué pour protéger : entre 0 et 52",
                "publié : 35",
                "publié : 87",
            ],
        ),
        line_rule(
            "Rien à masquer",
            "Quand chaque cellule porte assez de contributeurs, tout est publié.",
            Rules(threshold=3, dominance=()),
            [("A", 3, 20), ("B", 4, 30)],
            ["publié : 20", "publié : 30", "publié : 50"],
        ),
    ),
)
PAGE = Page(
    "secrecy",
    "Spécification du secret statistique",
    "Ce que chaque règle masque, et ce que peut encore calculer un lecteur qui sait ajouter et soustraire. La méthode "
    "est dans [protection.md](../protection.md) ; les règles en vigueur sont celles de `data/plan.yaml`.",
    (PRIMARY, COMPLEMENTARY, Chapter("Ce que lit le public", (one_word(),))),
)
