"""Stored answers of the years before under this year's codes, whatever was published of them."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import polars as pl
from django.db.models import Count
from numpy.typing import NDArray

from senacs.campaigns.models import Campaign, InvitedStructure
from senacs.collection.enums import ResponseState
from senacs.observatory import frozen_files
from senacs.questionnaire.engine.evaluation import Compiled
from senacs.questionnaire.engine.polars_backend import NOT_CONCERNED_SUFFIX
from senacs.questionnaire.queries import get_compiled
from senacs.review.frames import completed_frame, read_responses
from senacs.structures.models import Structure

YEARS = 4
Floats = NDArray[np.float64]


def write_past_answers(campaign: Campaign, folder: Path) -> None:
    """Writes past-1.parquet (the year before) to past-4.parquet; a year without a campaign has no file.

    One row a sent or validated response: `structure` (code) and every number of this year's questionnaire that the
    year asked, as Float64, with whether it was « non concerné ».
    """
    names = dict(Structure.objects.values_list("pk", "code"))
    for gap, (earlier, codes) in enumerate(_years(campaign), start=1):
        if earlier is not None:
            frozen_files.write_parquet(_frame(earlier, codes, names), folder / name_of(gap))


def name_of(gap: int) -> str:
    return f"past-{gap}.parquet"


def read_past_answers(folder: Path, structures: pl.Series) -> list[dict[str, Floats]]:
    """For each year before, latest first, field code → its values in the order of `structures` (codes).

    NaN where the structure or the question was not there or not answered, 0 for « non concerné ».
    """
    years: list[dict[str, Floats]] = []
    wanted = pl.DataFrame({"structure": structures})
    for gap in range(1, YEARS + 1):
        path = folder / name_of(gap)
        if not path.exists():
            years.append({})
            continue
        frame = wanted.join(pl.read_parquet(path), on="structure", how="left", maintain_order="left")
        years.append({code: _numbers(frame, code) for code in frame.columns if code + NOT_CONCERNED_SUFFIX in frame})
    return years


def read_years(folder: Path) -> list[pl.DataFrame]:
    """The years before, latest first, as they were written; an empty frame for a year without a campaign."""
    paths = [folder / name_of(gap) for gap in range(1, YEARS + 1)]
    blank = pl.DataFrame(schema={"structure": pl.String})
    return [pl.read_parquet(path) if path.exists() else blank for path in paths]


def times_asked(campaign: Campaign) -> dict[str, int]:
    """Of the years before, as many as are read, how many asked each structure (code)."""
    years = range(campaign.data_year - YEARS, campaign.data_year)
    rows = InvitedStructure.objects.filter(campaign__version__data_year__in=years)
    counted = rows.values("structure__code").annotate(years=Count("campaign__version__data_year", distinct=True))
    return dict(counted.order_by().values_list("structure__code", "years"))


def numbers(frame: pl.DataFrame, code: str) -> Floats:
    """A numeric column: NaN where unanswered, 0 for « non concerné »; all NaN for an unknown one."""
    return _numbers(frame, code) if code in frame.columns else np.full(len(frame), np.nan)


def _numbers(frame: pl.DataFrame, code: str) -> Floats:
    values = frame[code].cast(pl.Float64).to_numpy(writable=True)
    marked = frame[code + NOT_CONCERNED_SUFFIX].fill_null(value=False).to_numpy()
    values[marked] = 0.0
    return np.asarray(values)


def _years(campaign: Campaign) -> Iterator[tuple[Campaign | None, dict[str, str]]]:
    """Each year before with the codes it used: this year's code → its own, as long as versions say it is the same."""
    compiled = get_compiled(campaign.version)
    codes = {code: code for code, field in compiled.questionnaire.fields.items() if field.kind.is_numeric}
    for gap in range(1, YEARS + 1):
        codes = dict(_one_year_back(codes, compiled))
        earlier = _campaign_of(campaign.data_year - gap)
        if earlier is None:
            # Without the version of that year nobody knows what its codes became: the chain ends.
            yield None, {}
            return
        yield earlier, codes
        compiled = get_compiled(earlier.version)


def _one_year_back(codes: Mapping[str, str], compiled: Compiled) -> Iterator[tuple[str, str]]:
    for now, then in codes.items():
        field = compiled.questionnaire.fields.get(then)
        if field is not None and field.previous_code:
            yield now, field.previous_code


def _campaign_of(data_year: int) -> Campaign | None:
    campaigns = Campaign.objects.filter(version__data_year=data_year).select_related("version")
    return campaigns.defer("version__document").order_by("-year").first()


def _frame(campaign: Campaign, codes: Mapping[str, str], names: Mapping[int, str]) -> pl.DataFrame:
    compiled = get_compiled(campaign.version)
    sent = campaign.responses.filter(state__in=[ResponseState.SUBMITTED, ResponseState.VALIDATED])
    frame = completed_frame(compiled, read_responses(sent, compiled))
    known = {now: then for now, then in codes.items() if then in frame.columns}
    return frame.select(
        pl.col("structure").replace_strict(names, return_dtype=pl.String),
        *(pl.col(then).cast(pl.Float64).alias(now) for now, then in known.items()),
        *(
            pl.col(then + NOT_CONCERNED_SUFFIX).fill_null(value=False).alias(now + NOT_CONCERNED_SUFFIX)
            for now, then in known.items()
        ),
    ).sort("structure")
