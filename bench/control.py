"""The control on the demonstration: what it finds of the injected faults, how soon, and what it costs.

Run with the demonstration built: `python -m bench.control`. Writes docs/performance/controle.md.
"""

import csv
import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

import numpy as np  # noqa: E402
import polars as pl  # noqa: E402
from django.conf import settings  # noqa: E402

from senacs.campaigns.models import Campaign  # noqa: E402
from senacs.collection.queries import Environment, compiled_of, environment  # noqa: E402
from senacs.lib import clock, french  # noqa: E402
from senacs.review.checking import weights_of  # noqa: E402
from senacs.review.editing.outliers import find_doubts  # noqa: E402
from senacs.review.editing.parameters import Parameters, load_parameters  # noqa: E402
from senacs.review.editing.peers import peers_of  # noqa: E402
from senacs.review.evaluation import Evaluation, evaluate, failing_rules, feeds  # noqa: E402
from senacs.review.frames import CampaignFrame, campaign_frame  # noqa: E402
from senacs.review.suggestions import suggest  # noqa: E402
from senacs.structures.models import Structure  # noqa: E402

PAGE = Path(settings.BASE_DIR) / "docs" / "performance" / "controle.md"
SHARES = (1, 2, 5, 10, 20, 50, 100)
SAMPLE = 300


@dataclass(frozen=True)
class Faults:
    """The faults of the sent responses, one line a cell that differs from the truth: row, code, fault, error."""

    cells: pl.DataFrame


def timed(work: Callable[[], object], *, times: int = 5) -> float:
    """The median time of `work`, in seconds."""
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return median(spent)


def read_faults(source: CampaignFrame) -> Faults:
    fields = source.compiled.questionnaire.fields
    numeric = [code for code, field in fields.items() if field.kind.is_numeric]
    values = np.nan_to_num(source.numbers(numeric))
    column = {code: number for number, code in enumerate(numeric)}
    ids = dict(Structure.objects.order_by("pk").values_list("code", "pk"))
    row_of = {structure: row for row, structure in enumerate(source.frame["structure"].to_list())}
    is_sent = (source.frame["state"] != "draft").to_list()
    first: dict[tuple[int, str], tuple[str, float]] = {}
    with (Path(settings.VAR_DIR) / "demo" / "fautes.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file, delimiter=";"):
            row = row_of.get(ids[line["structure"]])
            if row is None or not is_sent[row] or line["code"] not in column:
                continue
            _, true = first.get((row, line["code"]), ("", float(line["vrai"])))
            first[row, line["code"]] = (line["faute"], true)
    cells = [
        (row, code, fault, abs(values[row, column[code]] - true))
        for (row, code), (fault, true) in first.items()
        if abs(values[row, column[code]] - true) > 0
    ]
    schema = {"row": pl.UInt32(), "code": pl.String(), "fault": pl.String(), "error": pl.Float64()}
    return Faults(pl.DataFrame(cells, schema=schema, orient="row"))


def part_links(source: CampaignFrame, codes: list[str]) -> pl.DataFrame:
    """total, part: what a flagged total opens to the eye."""
    pairs = [(total, part) for total, parts in feeds(source.compiled, codes).items() for part in parts]
    return pl.DataFrame(pairs, schema={"total": pl.String(), "part": pl.String()}, orient="row").unique()


def opened(cells: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """row, code, rank: each cell that the review sees, and when: a total shows its parts."""
    ranked = cells.with_row_index("rank").select("rank", "row", "code")
    parts = ranked.join(links, left_on="code", right_on="total").select("rank", "row", code="part")
    return pl.concat([ranked, parts]).group_by("row", "code").agg(pl.col("rank").min())


def recall_lines(evaluation: Evaluation, faults: Faults, links: pl.DataFrame) -> list[str]:
    seen = opened(evaluation.cells, links)
    atypical = opened(evaluation.doubts.select("row", "code"), links)
    found = faults.cells.join(seen, on=["row", "code"], how="left").join(
        atypical.rename({"rank": "atypical"}), on=["row", "code"], how="left"
    )
    lines = [
        "| faute | valeurs fausses | vues par une règle ou atypiques | atypiques | part de l'erreur vue |",
        "|---|--:|--:|--:|--:|",
    ]
    for fault, rows in sorted(found.group_by("fault"), key=lambda pair: str(pair[0][0])):
        is_seen = rows["rank"].is_not_null()
        mass = rows["error"].sum() or 1.0
        lines.append(
            f"| {fault[0]} | {len(rows)} | {french.percent(100 * is_seen.mean())} "
            f"| {french.percent(100 * rows['atypical'].is_not_null().mean())} "
            f"| {french.percent(100 * rows.filter(is_seen)['error'].sum() / mass)} |"
        )
    return lines


def precision_lines(evaluation: Evaluation, faults: Faults, links: pl.DataFrame) -> list[str]:
    wrong = faults.cells.select("row", "code").unique()
    totals = wrong.join(links, left_on="code", right_on="part").select("row", code="total")
    wrong = pl.concat([wrong, totals]).unique().with_columns(is_wrong=pl.lit(value=True))
    lines = ["| signalement | valeurs signalées | dont fausses |", "|---|--:|--:|"]
    names = {"ratio": "rapport à N-1", "fence": "loin de ses pairs", "vanished": "disparue"}
    drafts = (evaluation.source.frame["state"] == "draft").arg_true().to_list()
    for kind, name in names.items():
        rows = evaluation.doubts.filter((pl.col("kind") == kind) & ~pl.col("row").is_in(drafts))
        rows = rows.join(wrong, on=["row", "code"], how="left")
        lines.append(f"| {name} | {len(rows)} | {french.percent(100 * (rows['is_wrong'].is_not_null().mean() or 0))} |")
    cells = evaluation.cells.filter(~pl.col("row").is_in(drafts))
    for share in (1, 5, 10, 100):
        rows = cells.head(max(len(cells) * share // 100, 1)).join(wrong, on=["row", "code"], how="left")
        label = f"{french.percent(share)} des valeurs signalées, dans l'ordre du score"
        lines.append(f"| {label} | {len(rows)} | {french.percent(100 * rows['is_wrong'].is_not_null().mean())} |")
    return lines


def curve(evaluation: Evaluation, faults: Faults, parameters: Parameters, links: pl.DataFrame) -> dict[int, float]:
    """Share (%) of the error injected in the key totals that is found within the first so many % of flagged cells.

    Each error counts for its share of the key total that it enters, so that totals of different units add up.
    """
    source = evaluation.source
    is_sent = (source.frame["state"] != "draft").to_numpy()
    matrix = np.nan_to_num(source.numbers(parameters.key_totals)) * is_sent[:, None]
    totals = pl.DataFrame({"total": list(parameters.key_totals), "sum": matrix.sum(axis=0)})
    keys = links.filter(pl.col("total").is_in(list(parameters.key_totals)))
    errors = faults.cells.join(keys, left_on="code", right_on="part").join(totals, on="total")
    errors = errors.with_columns(weight=pl.col("error") / pl.col("sum"))
    drafts = (source.frame["state"] == "draft").arg_true().to_list()
    cells = evaluation.cells.filter(~pl.col("row").is_in(drafts))
    placed = errors.join(opened(cells, links), on=["row", "code"], how="left")
    whole = placed["weight"].sum()
    return {
        share: 100 * placed.filter(pl.col("rank") < len(cells) * share / 100)["weight"].sum() / whole
        for share in SHARES
    }


def timing_lines(source: CampaignFrame, parameters: Parameters, campaign: Campaign) -> list[str]:
    responses = list(
        campaign.responses.filter(revision__gt=0, state="submitted")
        .select_related("campaign__version", "invited")
        .defer("campaign__version__document")
        .order_by("pk")[:SAMPLE]
    )
    at: list[Environment] = [environment(response) for response in responses]
    compiled = compiled_of(responses[0])
    one = median(timed(lambda a=a: compiled.check(*a)) for a in at[:60])  # type: ignore[misc]
    field = median(timed(lambda a=a: compiled.check(*a, only={"etp_animation"})) for a in at[:60])  # type: ignore[misc]
    spent = []
    for a in at:
        start = time.perf_counter()
        if suggest(compiled, a):
            spent.append(time.perf_counter() - start)
    spent.sort()
    rows = len(source.frame)
    rules = timed(lambda: failing_rules(source), times=3)
    everything = timed(lambda: evaluate(source, parameters), times=3)
    ten_rules, ten_all = _tenfold(source, parameters)
    hundred = 10 * ten_rules  # rules read one row at a time: a hundredfold campaign is ten tenfold ones
    hundred_outliers = _outliers_at(source, parameters, 100)
    count = len(source.compiled.rules)
    lines = ["| mesure | obtenu | visé |", "|---|--:|--:|"]
    for label, seconds, target in (
        (f"{count} règles sur une réponse", one, "1 ms"),
        ("les règles que touche un champ", field, "0,2 ms"),
        (f"{count} règles sur {rows} réponses (Polars)", rules, "0,5 s"),
        (f"{rows} réponses : règles, valeurs atypiques, classement", everything, "5 s"),
        ("localisation, par réponse en défaut (médiane)", spent[len(spent) // 2], "15 ms"),
        ("localisation, par réponse en défaut (95e centile)", spent[len(spent) * 95 // 100], ""),
        ("règles, × 10", ten_rules, ""),
        ("règles, valeurs atypiques et classement, × 10", ten_all, ""),
        ("règles, × 100 (dix lots)", hundred, ""),
        ("valeurs atypiques, × 100", hundred_outliers, ""),
    ):
        lines.append(f"| {label} | {_duration(seconds)} | {target} |")
    return lines


def _tenfold(source: CampaignFrame, parameters: Parameters) -> tuple[float, float]:
    """The time of the rules, and of everything, over ten times the responses."""
    ten = CampaignFrame(source.compiled, pl.concat([source.frame] * 10))
    return timed(lambda: failing_rules(ten), times=1), timed(lambda: evaluate(ten, parameters), times=1)


def _outliers_at(source: CampaignFrame, parameters: Parameters, factor: int) -> float:
    """All indicators by blocks, as a hundredfold campaign would be read: one block's columns in memory at a time."""
    fields = source.compiled.questionnaire.fields
    codes = [f.code for f in fields.values() if f.kind.is_numeric and parameters.of(f).methods]
    kind = np.tile(source.frame["kind"].to_numpy().astype(object), factor)
    territory = np.tile(source.frame["territory_type"].to_numpy().astype(object), factor)
    peers = peers_of(kind.astype(str), territory.astype(str), np.zeros(len(kind), np.int64))
    spent = 0.0
    for start in range(0, len(codes), 16):
        block = codes[start : start + 16]
        values = np.tile(source.numbers(block), (factor, 1))
        previous = np.tile(source.numbers(block, previous=True), (factor, 1))
        methods = [parameters.of(fields[code]) for code in block]
        begin = time.perf_counter()
        find_doubts(values, previous, peers, block, methods, minimum=parameters.minimum)
        spent += time.perf_counter() - begin
    return spent


def _duration(seconds: float) -> str:
    if seconds < 1:
        return f"{french.number(1000 * seconds, 2 if seconds < 0.01 else 0)} ms"
    return f"{french.number(seconds, 1)} s"


def main() -> None:
    campaign = Campaign.objects.select_related("version").order_by("-year")[0]
    source = campaign_frame(campaign)
    fields = source.compiled.questionnaire.fields
    parameters = load_parameters(Path(settings.DATA_DIR) / "controls" / f"{campaign.year}.yaml", fields)
    evaluation = evaluate(source, parameters, weights_of(source, campaign))
    faults = read_faults(source)
    links = part_links(source, [code for code, field in fields.items() if field.is_computed and field.kind.is_numeric])
    own = pl.DataFrame({"total": list(fields), "part": list(fields)})
    links = pl.concat([links, own]).unique()
    found = curve(evaluation, faults, parameters, links)
    territories = [t for t in evaluation.residuals["territory"].unique().to_list() if t != "FR"]
    to_see = sorted(evaluation.cells_before_rest(t, stop_at=parameters.stop_at) for t in territories)
    load = ", ".join(french.number(value, 1) for value in os.getloadavg())
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(
        "\n".join(
            [
                "# Contrôle de cohérence : ce qu'il trouve, dans quel ordre, à quel coût",
                "",
                f"Écrit par `python -m bench.control` le {french.long_date(clock.today())}, sur la démonstration "
                f"({len(source.frame)} réponses commencées), {os.cpu_count()} cœurs, "
                f"Python {platform.python_version()}, charge de la machine {load}.",
                "",
                "## Rappel, par faute injectée",
                "",
                "Une valeur est vue quand une règle qui échoue ou un signalement la montre, ou montre un total qu'elle",
                "compose.",
                "",
                *recall_lines(evaluation, faults, links),
                "",
                "## Précision",
                "",
                *precision_lines(evaluation, faults, links),
                "",
                "Les valeurs justes signalées le sont surtout parce que l'année d'avant était fausse, ou qu'une",
                "activité a réellement commencé ou cessé : la question posée reste la bonne.",
                "",
                "## Classement",
                "",
                f"{len(evaluation.cells)} valeurs signalées. Part de l'erreur injectée dans les totaux clés trouvée "
                "dans les premières (visé : 80 % dans les 10 %) :",
                "",
                "| premières valeurs signalées | " + " | ".join(french.percent(share) for share in found) + " |",
                "|---|" + "--:|" * len(found),
                "| erreur trouvée | " + " | ".join(french.percent(value, 1) for value in found.values()) + " |",
                "",
                f"Valeurs à voir dans un département avant que le reste ne déplace plus aucun total clé de plus de "
                f"{french.percent(parameters.stop_at)} : médiane {to_see[len(to_see) // 2]}, au plus {to_see[-1]}.",
                "",
                "## Temps",
                "",
                *timing_lines(source, parameters, campaign),
                "",
            ]
        ),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
