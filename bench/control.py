"""The control on the demonstration: what it finds of the injected faults, how soon, and what it costs.

Run with the demonstration built: `python -m bench.control`. Writes docs/performance/controle.md.
"""

import csv
import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

import numpy as np  # noqa: E402
import polars as pl  # noqa: E402
from django.conf import settings  # noqa: E402

from senacs.campaigns.models import Campaign  # noqa: E402
from senacs.collection.queries import Environment, compiled_of, environment  # noqa: E402
from senacs.lib import clock, french  # noqa: E402
from senacs.review.campaign_check import weights_of  # noqa: E402
from senacs.review.editing.parameters import Parameters, load_parameters  # noqa: E402
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


def finding_lines(evaluation: Evaluation, faults: Faults, links: pl.DataFrame) -> list[str]:
    """Of the findings of rules, how many show a wrong value; those that ask for a missing answer are apart."""
    compiled = evaluation.source.compiled
    missing = [rule.code for rule in compiled.rules if "données manquantes" in rule.origin_text]
    severities = pl.DataFrame(
        [(rule.code, rule.severity.value, code) for rule in compiled.rules for code in rule.fields],
        schema={"rule": pl.String(), "severity": pl.String(), "code": pl.String()},
        orient="row",
    )
    wrong = faults.cells.select("row", "code").unique()
    totals = wrong.join(links, left_on="code", right_on="part").select("row", code="total")
    wrong = pl.concat([wrong, totals]).unique().with_columns(is_wrong=pl.lit(value=True))
    drafts = (evaluation.source.frame["state"] == "draft").arg_true().to_list()
    sent = len(evaluation.source.frame) - len(drafts)
    found = evaluation.failures.filter(~pl.col("row").is_in(drafts)).join(severities, on="rule")
    found = found.join(wrong, on=["row", "code"], how="left").with_columns(pl.col("rule").is_in(missing).alias("asks"))
    each = found.group_by("row", "rule", "severity", "asks").agg(pl.col("is_wrong").fill_null(value=False).any())
    lines = ["| signalements des règles | nombre | par réponse | montrent une valeur fausse |", "|---|--:|--:|--:|"]
    names = {"blocking": "bloquants", "to_justify": "à justifier", "information": "pour information"}
    for severity, name in names.items():
        for asks, what in ((False, "valeurs qui se contredisent"), (True, "réponses qui manquent")):
            rows = each.filter((pl.col("severity") == severity) & (pl.col("asks") == asks))
            if not len(rows):
                continue
            share = "(la réponse manque)" if asks else french.percent(100 * rows["is_wrong"].mean())
            each_response = french.number(len(rows) / sent, 2)
            lines.append(f"| {name}, {what} | {len(rows)} | {each_response} | {share} |")
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


@dataclass(frozen=True)
class Measure:
    """What was done, in seconds of the clock and of the processors, and the target, "" for none."""

    label: str
    seconds: float
    processor: float
    target: str = ""

    def __str__(self) -> str:
        return f"| {self.label} | {_duration(self.seconds)} | {_duration(self.processor)} | {self.target} |"


def measure(label: str, work: Callable[[], object], *, times: int = 1, target: str = "") -> Measure:
    """The quickest of `times` runs: the others waited for something else."""
    clock_best = processor_best = float("inf")
    for _ in range(times):
        start, spent = time.perf_counter(), time.process_time()
        work()
        clock_best = min(clock_best, time.perf_counter() - start)
        processor_best = min(processor_best, time.process_time() - spent)
    return Measure(label, clock_best, processor_best, target)


def timing_lines(source: CampaignFrame, parameters: Parameters, campaign: Campaign, read: Measure) -> list[str]:
    rows, count = len(source.frame), len(source.compiled.rules)
    measures = [
        *_one_response(campaign, count),
        read,
        measure(f"{count} règles sur {rows} réponses", partial(failing_rules, source), times=5, target="0,5 s"),
        measure(
            f"{rows} réponses : règles, valeurs atypiques, classement",
            partial(evaluate, source, parameters),
            times=3,
            target="5 s",
        ),
    ]
    for factor in (10, 100):
        # The same rows again: no memory is copied, and each is read as if it were another.
        large = CampaignFrame(source.compiled, pl.concat([source.frame] * factor, rechunk=False))
        many = french.number(rows * factor)
        measures += [
            measure(f"règles, × {factor} ({many} réponses)", partial(failing_rules, large)),
            measure(f"règles, valeurs atypiques, classement, × {factor}", partial(evaluate, large, parameters)),
        ]
    return ["| mesure | durée | processeur | visé |", "|---|--:|--:|--:|", *map(str, measures)]


def _one_response(campaign: Campaign, count: int) -> list[Measure]:
    responses = list(
        campaign.responses.filter(revision__gt=0)
        .select_related("campaign__version", "invited")
        .defer("campaign__version__document")
        .order_by("state", "pk")[:: max(campaign.responses.count() // SAMPLE, 1)]
    )
    at: list[Environment] = [environment(response) for response in responses]
    compiled = compiled_of(responses[0])
    checked = [measure("", partial(compiled.check, *a), times=5) for a in at[:60]]
    field = [measure("", partial(compiled.check, *a, only={"etp_animation"}), times=5) for a in at[:60]]
    for a in at[:20]:
        suggest(compiled, a)
    told = [(bool(suggest(compiled, a)), measure("", partial(suggest, compiled, a), times=2)) for a in at]
    located = [one for is_told, one in told if is_told]
    return [
        _at(checked, 0.5, f"{count} règles sur une réponse", "1 ms"),
        _at(field, 0.5, "les règles que touche un champ", "0,2 ms"),
        _at(located, 0.5, f"localisation, par réponse en défaut (médiane de {len(located)})", "15 ms"),
        _at(located, 0.95, "localisation, par réponse en défaut (95e centile)", "15 ms"),
    ]


def _at(measures: list[Measure], share: float, label: str, target: str) -> Measure:
    """The quantile of the measures, by the clock and by the processor."""
    place = min(int(len(measures) * share), len(measures) - 1)
    seconds = sorted(one.seconds for one in measures)[place]
    return Measure(label, seconds, sorted(one.processor for one in measures)[place], target)


def _duration(seconds: float) -> str:
    if seconds < 1:
        return f"{french.number(1000 * seconds, 2 if seconds < 0.01 else 0)} ms"
    return f"{french.number(seconds, 1)} s"


def main() -> None:
    campaign = Campaign.objects.select_related("version").order_by("-year")[0]
    read = measure("lecture des réponses et de leur année précédente", partial(campaign_frame, campaign))
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
                "activité a réellement commencé ou cessé : la question posée reste la bonne. Une règle montre tous ses",
                "champs, dont souvent un seul est faux : par signalement, et non par valeur :",
                "",
                *finding_lines(evaluation, faults, links),
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
                "La meilleure de quelques mesures. « Processeur » : secondes des deux cœurs, que la charge de la",
                "machine ne change guère.",
                "",
                *timing_lines(source, parameters, campaign, read),
                "",
            ]
        ),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
