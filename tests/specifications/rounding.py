"""Rounding: how a computed figure becomes the one that is published, then the one that is written."""

from collections.abc import Sequence
from decimal import Decimal

import polars as pl

from senacs.lib import french
from senacs.observatory.definitions.publication_plan import Rules
from senacs.observatory.figures.cells import Measure, rounded
from senacs.publication.charts import SUPPRESSED, Unit, Value
from tests.specifications.pages import Chapter, Grid, Page, Row, Specification

MINUS = french.MINUS


def published(
    title: str, text: str, statistic: str, examples: Sequence[tuple[str, int, str]], headers: Row = ()
) -> Specification:
    """`examples`: the computed figure, the decimals of its indicator, the published figure, as a computer writes "
    "them."""

    def found() -> list[Row]:
        measures = [Measure(f"i{d}", "total", "x", decimals=d) for d in sorted({d for _, d, _ in examples})]
        cells = pl.DataFrame(
            {
                "indicator": [f"i{d}" for _, d, _ in examples],
                "statistic": [statistic] * len(examples),
                "value": [float(value) for value, _, _ in examples],
            }
        )
        values = rounded(cells, measures, Rules())["value"]
        return [
            (value, str(d), repr(out).removesuffix(".0")) for (value, d, _), out in zip(examples, values, strict=True)
        ]

    return Specification(
        title,
        text,
        Grid(
            headers or ("calculé", "décimales de l’indicateur", "**publié**"),
            tuple((value, str(d), out) for value, d, out in examples),
        ),
        found,
    )


def written(title: str, text: str, unit: str, examples: Sequence[tuple[Value, str, str]]) -> Specification:
    """`examples`: a published figure, how a table writes it and how a drawing does."""
    how = Unit(unit, None)

    def shown(value: Value) -> str:
        return "masqué" if value is SUPPRESSED else "aucun" if value is None else str(value)

    def found() -> list[Row]:
        return [(shown(value), how.full(value), how.short(value)) for value, _, _ in examples]

    return Specification(
        title,
        text,
        Grid(
            ("publié", "**dans un tableau**", "**sur un dessin, dans une carte**"),
            tuple((shown(value), *rest) for value, *rest in examples),
        ),
        found,
    )


def half_away(examples: Sequence[tuple[str, int, str]]) -> Specification:
    def found() -> list[Row]:
        return [(value, str(digits), french.number(Decimal(value), digits)) for value, digits, _ in examples]

    return Specification(
        "À la moitié, sur une page",
        "Un chiffre publié qui est écrit avec moins de décimales s’éloigne de zéro à la moitié, comme dans un tableur.",
        Grid(("publié", "décimales", "**écrit**"), tuple((v, str(d), out) for v, d, out in examples)),
        found,
    )


FILES = Chapter(
    "Des calculs aux fichiers publiés",
    (
        published(
            "Totaux",
            "Un total garde les décimales de son indicateur.",
            "sum",
            [("1234.5678", 0, "1235"), ("1234.5678", 2, "1234.57"), ("0.004", 2, "0")],
        ),
        published(
            "À la moitié, dans un fichier",
            "Une moitié exacte s’éloigne de zéro, comme sur une page et dans un tableur : un même chiffre a un seul "
            "arrondi.",
            "sum",
            [
                ("0.5", 0, "1"),
                ("1.5", 0, "2"),
                ("2.5", 0, "3"),
                ("-2.5", 0, "-3"),
                ("12.25", 1, "12.3"),
                ("2.675", 2, "2.68"),
                ("1.005", 2, "1.01"),
            ],
        ),
        published(
            "Effectifs",
            "Un nombre de structures est entier, quelles que soient les décimales de l’indicateur.",
            "count",
            [("12", 0, "12"), ("12.0000000001", 2, "12")],
        ),
        published(
            "Parts",
            "Une part, en %, est donnée au dixième de point.",
            "share",
            [("66.66666666", 0, "66.7"), ("33.33333333", 2, "33.3"), ("99.96", 0, "100")],
        ),
        published(
            "Moyennes",
            "Sous 100, une moyenne prend une décimale de plus que l’indicateur ; à partir de 100, les siennes. Le "
            "signe ne change rien.",
            "mean",
            [
                ("99.94", 0, "99.9"),
                ("99.96", 0, "100"),
                ("100.04", 0, "100"),
                ("12.3456", 1, "12.35"),
                ("123.456", 1, "123.5"),
                ("-12.3456", 0, "-12.3"),
                ("-123.456", 0, "-123"),
            ],
        ),
        published(
            "Médianes et quartiles",
            "Trois chiffres significatifs, quel que soit l’indicateur : davantage serait la réponse d’une structure.",
            "median",
            [("12345.678", 0, "12300"), ("123.45", 2, "123"), ("1.2345", 0, "1.23"), ("0.012345", 0, "0.0123")],
        ),
        published(
            "Taux et densités",
            "Les décimales de l’indicateur.",
            "ratio",
            [("30.357142857", 1, "30.4"), ("30.357142857", 0, "30")],
        ),
    ),
)
PAGES = Chapter(
    "Des fichiers aux pages",
    (
        half_away(
            [
                ("2.5", 0, "3"),
                ("2.4999", 0, "2"),
                ("-2.5", 0, f"{MINUS}3"),
                ("2.005", 2, "2,01"),
                ("0.04", 1, "0,0"),
                ("-0.04", 1, "0,0"),
            ]
        ),
        written(
            "Millions et milliards",
            "Un tableau écrit tous les chiffres ; un dessin abrège à partir d’un million, avec une décimale sous 100 "
            "millions.",
            "€",
            [
                (999_999, "999\u202f999\u00a0€", "999\u202f999\u00a0€"),
                (1_000_000, "1\u202f000\u202f000\u00a0€", "1,0\u00a0M€"),
                (1_250_000, "1\u202f250\u202f000\u00a0€", "1,3\u00a0M€"),
                (99_940_000, "99\u202f940\u202f000\u00a0€", "99,9\u00a0M€"),
                (100_400_000, "100\u202f400\u202f000\u00a0€", "100\u00a0M€"),
                (1_000_000_000, "1\u202f000\u202f000\u202f000\u00a0€", "1,0\u00a0Md€"),
                (-1_250_000, f"{MINUS}1\u202f250\u202f000\u00a0€", f"{MINUS}1,3\u00a0M€"),
            ],
        ),
        written(
            "Pourcentages, absences, secret",
            "Une absence n’est ni zéro ni un secret.",
            "%",
            [
                (12.3, "12,3\u00a0%", "12,3\u00a0%"),
                (0, "0\u00a0%", "0\u00a0%"),
                (None, "–", "–"),
                (SUPPRESSED, "s.", "s."),
            ],
        ),
    ),
)
PAGE = Page(
    "rounding",
    "Spécification des arrondis",
    "Un chiffre est calculé sans arrondi, arrondi une fois pour être publié (fichiers, interface de programmation), "
    "puis écrit en français sur les pages et les documents. Il n’est jamais recalculé depuis ce qui est écrit.",
    (FILES, PAGES),
)
