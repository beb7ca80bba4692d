"""What one structure answered, year after year, and where the definitions changed on the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import cast

from senacs.campaigns.models import Campaign, InvitedStructure
from senacs.collection.documents import context_of, read_document
from senacs.collection.enums import ResponseState
from senacs.collection.lineage import as_one, everyone, joined_since
from senacs.collection.models import Response
from senacs.collection.queries import Environment
from senacs.lib import printed_marks
from senacs.publication.charts import Break
from senacs.publication.fiches.indicators import Number, formulas
from senacs.questionnaire.comparability import Rupture, ruptures_in
from senacs.questionnaire.engine.values import Value
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.questionnaire.queries import changes_of, get_compiled, version_of
from senacs.structures.models import Structure

LONGEST = 6  # years drawn: an agrément cycle of four, and what came before


@dataclass(frozen=True, slots=True)
class AnsweredYear:
    """One campaign that the structure answered. `figures` by indicator, None where unanswered."""

    campaign: Campaign
    invited: InvitedStructure
    is_validated: bool
    figures: Mapping[str, Number | None]

    @property
    def data_year(self) -> int:
        return self.campaign.data_year


def read_years(structure: Structure) -> list[AnsweredYear]:
    """The campaigns whose response was sent or validated, oldest first, the last six years at most.

    The years before others joined the structure are those of all of them, where all had answered.
    """
    responses = _sent_by(structure)
    found: list[AnsweredYear] = []
    completed: dict[str, Value] = {}
    last_year = 0
    for response in reversed(list(responses)):
        compiled = get_compiled(response.campaign.version)
        data_year = response.campaign.data_year
        previous = compiled.previous_env(completed) if last_year == data_year - 1 else {}
        context = context_of(response.invited)
        completed = compiled.complete(read_document(compiled.questionnaire.fields, response.values), context, previous)
        last_year = data_year
        at = Environment(completed, context, previous)
        figures = {
            code: _own(formula.value(at), ("fiche", structure.code, code, str(data_year)))
            for code, formula in formulas(response.campaign.version).items()
        }
        is_validated = response.state == ResponseState.VALIDATED
        found.append(AnsweredYear(response.campaign, response.invited, is_validated, figures))
    recent = found[-1].data_year - LONGEST if found else 0
    return [year for year in found if year.data_year > recent]


def _own(value: Number | None, identity: tuple[str, ...]) -> Number | None:
    """A figure of the structure, which knows whose it is while writings are held together."""
    if value is None or not printed_marks.collection_number():
        return value
    # A marked figure is a float; nothing is computed from it but what is written.
    return cast("Number", printed_marks.marked(float(value), identity))


def _sent_by(structure: Structure) -> list[Response]:
    """Newest first, one a campaign."""
    ever = joined_since([structure.pk], 0)
    known = (
        Response.objects.filter(
            structure__in={structure.pk, *everyone(ever)},
            state__in=[ResponseState.SUBMITTED, ResponseState.VALIDATED],
        )
        .select_related("campaign__version", "invited")
        .defer("campaign__version__document")
        .order_by("-campaign__year")
    )
    if not ever:
        return list(known[: LONGEST + 1])
    found = []
    for _, of_year in groupby(known, key=lambda response: response.campaign_id):
        sent = {response.structure_id: response for response in of_year}
        one = next(iter(sent.values()))
        joined = joined_since([structure.pk], one.campaign.data_year).get(structure.pk)
        whole = as_one(structure.pk, joined, sent, get_compiled(one.campaign.version).questionnaire.fields)
        if whole is not None:
            found.append(whole)
    return found[: LONGEST + 1]


class Ruptures:
    """What changed from one questionnaire to the next, read once for a whole batch of fiches."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Rupture, ...]] = {}

    def of(self, versions: Sequence[QuestionnaireVersion]) -> list[Rupture]:
        """Between the first of these versions and the last, oldest first: in years left unanswered too."""
        asked = {version.data_year: version for version in versions}
        years = range(min(asked) + 1, max(asked) + 1) if asked else ()
        between = [asked.get(year) or version_of(year) for year in years]
        return [rupture for version in between if version for rupture in self._since_last_year(version)]

    def _since_last_year(self, version: QuestionnaireVersion) -> tuple[Rupture, ...]:
        if version.pk not in self._known:
            changes = changes_of(version)
            self._known[version.pk] = tuple(ruptures_in(changes, version)) if changes else ()
        return self._known[version.pk]


def breaks_of(code: str, years: Sequence[AnsweredYear], ruptures: Sequence[Rupture]) -> list[Break]:
    """The breaks in the series of one indicator, between its first figure and its last."""
    known = [year.data_year for year in years if year.figures.get(code) is not None]
    found = []
    for rupture in ruptures:
        if not known or not known[0] < rupture.data_year <= known[-1]:
            continue
        formula = formulas(rupture.version).get(code)
        if formula and formula.fields & rupture.fields:
            found.append(Break(str(rupture.data_year), rupture.told))
    return found
