"""A whole campaign as one frame: this year's and last year's answers, completed, with what peers are made from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from django.db.models import QuerySet

from senacs.campaigns.models import Campaign
from senacs.collection.documents import context_of
from senacs.collection.enums import ResponseState, ValueState
from senacs.collection.lineage import Joined, everyone, joined_since, joined_up
from senacs.collection.models import Response
from senacs.questionnaire.engine.evaluation import Compiled
from senacs.questionnaire.engine.polars_backend import NOT_CONCERNED_SUFFIX, PREVIOUS_SUFFIX, complete
from senacs.questionnaire.engine.schema import Field, Kind
from senacs.questionnaire.engine.typecheck import Base
from senacs.questionnaire.engine.vocabulary import CONTEXT
from senacs.questionnaire.queries import get_compiled
from senacs.review.editing.peers import Floats

# Beside the fields: the response, its structure, and its territory.
KEYS = ("response", "structure", "state", "kind", "territory_type", "departement", "region")
_CHUNK = 500
# Years before last year's that a doubt is held against.
EARLIER_YEARS = 2
_SENT = (ResponseState.SUBMITTED, ResponseState.VALIDATED)
_DTYPES: dict[Kind, pl.DataType] = {
    Kind.YES_NO: pl.Boolean(),
    Kind.CHOICE: pl.String(),
    Kind.MULTIPLE: pl.List(pl.String()),
    Kind.TEXT: pl.String(),
    Kind.LONG_TEXT: pl.String(),
    Kind.DATE: pl.Date(),
}


@dataclass(frozen=True)
class CampaignFrame:
    """One row a started response, in order of its id: KEYS, context, each field (completed) and its N-1.

    campaign: whose earlier years may be read; None for a frame made of nothing stored.
    """

    compiled: Compiled
    frame: pl.DataFrame
    campaign: Campaign | None = None

    @property
    def responses(self) -> list[int]:
        return self.frame["response"].to_list()

    def numbers(self, codes: Iterable[str], *, previous: bool = False) -> Floats:
        """Rows × codes: NaN for unanswered, 0 for « non concerné ». A code without N-1 gives NaN."""
        suffix = PREVIOUS_SUFFIX if previous else ""
        names, known = [code + suffix for code in codes], set(self.frame.columns)
        # Column by column: a query over a frame of 1,800 columns costs more than what it reads.
        matrix = np.full((len(self.frame), len(names)), np.nan, order="F")
        for place, name in enumerate(names):
            if name in known:
                matrix[:, place] = self.frame.get_column(name).cast(pl.Float64).to_numpy()
                not_concerned = self.frame.get_column(name + NOT_CONCERNED_SUFFIX)
                if not_concerned.any():
                    matrix[not_concerned.fill_null(value=False).to_numpy(), place] = 0.0
        return matrix

    def earlier(self, rows: Sequence[int], codes: Sequence[str]) -> list[Floats]:
        """The same numbers of N-2, then of N-3: len(rows) × codes, a matrix for each year that was asked.

        Only the rows wanted are read: few values of a campaign are doubted, and a year is 4,100 documents.
        """
        if self.campaign is None or not rows:
            return []
        return _earlier(self.compiled, self.campaign, self.frame["structure"].gather(list(rows)).to_list(), codes)


def campaign_frame(campaign: Campaign) -> CampaignFrame:
    """Reads every started response of a campaign, and the last response of the same structures the year before."""
    compiled = get_compiled(campaign.version)
    responses = Response.objects.filter(campaign=campaign, revision__gt=0)
    frame = read_responses(responses, compiled)
    last = _asked_about(campaign.data_year - 1)
    if last is not None:
        joined = joined_since(frame["structure"].to_list(), last.data_year)
        known = read_responses(last.responses.filter(state__in=_SENT), get_compiled(last.version), joined=joined)
        before = _previous(known, compiled, last)
        frame = frame.join(before, on="structure", how="left", maintain_order="left")
    return CampaignFrame(compiled, completed_frame(compiled, frame), campaign)


def _asked_about(data_year: int) -> Campaign | None:
    """The last campaign about a year."""
    found = Campaign.objects.filter(version__data_year=data_year).select_related("version")
    return found.defer("version__document").order_by("-year").first()


def _earlier(compiled: Compiled, campaign: Campaign, structures: Sequence[int], codes: Sequence[str]) -> list[Floats]:
    """Of these structures, the years before last year's, followed back from version to version."""
    names: dict[str, str] = {code: code for code in codes}
    years: list[Floats] = []
    for back in range(1, EARLIER_YEARS + 2):
        fields = compiled.questionnaire.fields
        names = {
            code: before for code, name in names.items() if name in fields and (before := fields[name].previous_code)
        }
        one = _asked_about(campaign.data_year - back)
        if one is None or not names:
            break
        compiled = get_compiled(one.version)
        if back > 1:
            years.append(_numbers_of(one, compiled, structures, [names.get(code) for code in codes]))
    return years


def _numbers_of(
    campaign: Campaign, compiled: Compiled, structures: Sequence[int], names: Sequence[str | None]
) -> Floats:
    matrix = np.full((len(structures), len(names)), np.nan)
    for start in range(0, len(structures), _CHUNK):
        part = structures[start : start + _CHUNK]
        joined = joined_since(part, campaign.data_year)
        sent = campaign.responses.filter(state__in=_SENT, structure__in={*part, *everyone(joined)})
        known = CampaignFrame(compiled, completed_frame(compiled, read_responses(sent, compiled, joined=joined)))
        place = {structure: row for row, structure in enumerate(known.frame["structure"].to_list())}
        here = [(start + number, place[one]) for number, one in enumerate(part) if one in place]
        if not here:
            continue
        to, of = (list(side) for side in zip(*here, strict=True))
        for column, name in enumerate(names):
            if name is not None:
                matrix[to, column] = known.numbers([name])[of, 0]
    return matrix


def completed_frame(compiled: Compiled, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with totals filled and hidden fields emptied; N-1 columns that rules read are made where absent."""
    absent = []
    for code in _previous_codes(compiled):
        if code + PREVIOUS_SUFFIX not in frame.columns:
            dtype = dtype_of(compiled.questionnaire.fields[code])
            absent.append(pl.lit(None, dtype=dtype).alias(code + PREVIOUS_SUFFIX))
            absent.append(pl.lit(value=False).alias(code + PREVIOUS_SUFFIX + NOT_CONCERNED_SUFFIX))
    return complete(compiled, frame.with_columns(absent).lazy()).collect()


def dtype_of(field: Field) -> pl.DataType:
    return _DTYPES.get(field.kind, pl.Float64())


def _previous_codes(compiled: Compiled) -> set[str]:
    fields = compiled.questionnaire.fields.values()
    formulas = [rule.expression for rule in compiled.rules]
    formulas += [formula for field in fields for formula in (field.condition, field.computed) if formula is not None]
    return {code for formula in formulas for code, is_previous in formula.names if is_previous}


def _previous(frame: pl.DataFrame, compiled: Compiled, last: Campaign) -> pl.DataFrame:
    """Last year's completed answers under this year's codes (see Compiled.previous_env)."""
    done = completed_frame(get_compiled(last.version), frame)
    columns = [pl.col("structure")]
    for field in compiled.questionnaire.fields.values():
        if field.previous_code is not None and field.previous_code in done.columns:
            name = field.code + PREVIOUS_SUFFIX
            columns.append(pl.col(field.previous_code).alias(name))
            columns.append(pl.col(field.previous_code + NOT_CONCERNED_SUFFIX).alias(name + NOT_CONCERNED_SUFFIX))
    return done.select(columns)


def read_responses(
    responses: QuerySet[Response], compiled: Compiled, *, joined: Mapping[int, Joined] | None = None
) -> pl.DataFrame:
    """Stored answers as columns, not completed: KEYS, context, each field and whether it is « non concerné ».

    The answers of structures that are `joined` since come as one (collection.lineage).
    """
    fields = compiled.questionnaire.fields
    chunks: list[pl.DataFrame] = []
    rows: list[Response] = []
    queryset = responses.select_related("invited").only("structure_id", "state", "values", "invited").order_by("pk")
    for response in joined_up(queryset.iterator(chunk_size=_CHUNK), joined or {}, fields):
        rows.append(response)
        if len(rows) == _CHUNK:
            chunks.append(_chunk(rows, fields))
            rows = []
    chunks.append(_chunk(rows, fields))
    return pl.concat(chunks).with_columns(pl.col(pl.Float64).fill_nan(None))


def _chunk(rows: list[Response], fields: Mapping[str, Field]) -> pl.DataFrame:
    count = len(rows)
    # Most fields are answered and concern everybody: a column is filled in one go, « non concerné » marked apart.
    blank = {code: np.nan if field.kind.is_numeric else None for code, field in fields.items()}
    values: dict[str, list[Any]] = {code: [blank[code]] * count for code in fields}
    not_concerned: dict[str, list[int]] = {}
    for number, response in enumerate(rows):
        for code, stored in response.values.items():
            if code not in values:
                continue
            if stored["etat"] == ValueState.NOT_CONCERNED:
                not_concerned.setdefault(code, []).append(number)
            elif stored["valeur"] is not None:
                values[code][number] = stored["valeur"]
    columns: dict[str, pl.Series] = _keys(rows)
    contexts = [context_of(response.invited) for response in rows]
    for name, kind in CONTEXT.items():
        dtype = pl.Boolean() if kind.base is Base.BOOLEAN else pl.String()
        columns[name] = pl.Series(name, [context.get(name) for context in contexts], dtype=dtype)
    nobody = pl.repeat(value=False, n=count, eager=True)
    for code, field in fields.items():
        columns[code] = _series(field, values.pop(code))
        mask = nobody
        if code in not_concerned:
            marked = np.zeros(count, bool)
            marked[not_concerned[code]] = True
            mask = pl.Series(marked)
        columns[code + NOT_CONCERNED_SUFFIX] = mask
    return pl.DataFrame(columns)


def _keys(rows: list[Response]) -> dict[str, pl.Series]:
    def of(read: str) -> list[Any]:
        return [getattr(response.invited, read) for response in rows]

    return {
        "response": pl.Series([response.pk for response in rows], dtype=pl.Int64()),
        "structure": pl.Series([response.structure_id for response in rows], dtype=pl.Int64()),
        "state": pl.Series([response.state for response in rows], dtype=pl.String()),
        "kind": pl.Series(of("kind"), dtype=pl.String()),
        "territory_type": pl.Series(of("territory_type"), dtype=pl.String()),
        "departement": pl.Series(of("departement_code"), dtype=pl.String()),
        "region": pl.Series(of("region_code"), dtype=pl.String()),
    }


def _series(field: Field, values: list[Any]) -> pl.Series:
    """Stored JSON values as a column: decimals are texts, dates ISO texts; NaN where a number was not answered."""
    if field.kind.is_numeric:
        return pl.Series(np.array(values, dtype=np.float64))
    if field.kind is Kind.DATE:
        return pl.Series([date.fromisoformat(v) if v else None for v in values], dtype=pl.Date())
    return pl.Series(values, dtype=dtype_of(field), strict=False)
