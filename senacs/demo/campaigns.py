"""The yearly campaigns of the demonstration: invitations, responses in every state, their history and signatures.

Responses are written in bulk in the state that they ended in, with the history and the events that led there:
fourteen thousand passages through the doors of `collection.states` would take an hour and show nothing more.
"""

import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from senacs.accounts.models import User
from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign, CampaignEvent, InvitedStructure
from senacs.campaigns.services import create_campaign, invite_structures
from senacs.collection.documents import Stored, context_of
from senacs.collection.enums import Provenance, ResponseState
from senacs.collection.models import Response, ResponseEvent, Revision
from senacs.demo.cast import Cast
from senacs.demo.changes import FORMER_CODES
from senacs.demo.draws import Bools
from senacs.demo.faults import Declared
from senacs.demo.network import Network
from senacs.demo.sheet import Sheet
from senacs.lib import clock
from senacs.questionnaire.engine.evaluation import Compiled, compile_questionnaire
from senacs.questionnaire.engine.possible import require_possible
from senacs.questionnaire.engine.schema import Field, Kind, Questionnaire, Severity
from senacs.questionnaire.engine.values import NOT_CONCERNED, Env, Value, from_json
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.structures.models import Structure

PARIS = ZoneInfo("Europe/Paris")
BATCH = 200
# Where a response of the running campaign stands; past campaigns hold validated ones only.
CURRENT_STATES = {"validated": 0.60, "submitted": 0.18, "returned": 0.05, "draft": 0.09, "silent": 0.08}
# The first structures are those whose logins are shown: one has its entry to finish, the other something to correct.
SHOWN = ("draft", "returned")
# What control makes people correct before a campaign ends; what is left is small, or looks like a true change.
CONTROLLED = frozenset(
    {
        "fois_mille",
        "fois_dix",
        "divise_par_dix",
        "en_milliers_d_euros",
        "heures_multipliees",
        "recettes_propres_oubliees",
        "financeur_oublie",
        "etp_et_salaries_inverses",
    }
)
# Gross faults that the control of the last closed campaign let through, for the signatories to find.
LEFT_OVER, LET_THROUGH = 4, ("fois_mille", "fois_dix", "heures_multipliees")
RETURN_REASON = "Le budget et le détail par financeur ne concordent pas : pouvez-vous vérifier la rubrique D ?"


@dataclass(frozen=True)
class Column:
    """One field of every structure: its stored JSON value, its engine value, blank and not concerned."""

    field: Field
    json: list[object]
    values: list[Value]
    blank: Bools
    not_concerned: Bools


def open_campaign(version: QuestionnaireVersion, network: Network, *, is_current: bool) -> Campaign:
    """A campaign with the structures approved by the end of its data year.

    The running one is in the middle of its entry on the day the demonstration is built, so that every role has
    something to do; past ones keep the calendar of the guide (§2.1).
    """
    year, today = version.year, clock.today()
    opens, closes, reviewed = date(year, 3, 16), date(year, 7, 10), date(year, 9, 30)
    if is_current:
        opens, closes, reviewed = (today + timedelta(days=days) for days in (-80, 33, 95))
    campaign = create_campaign(version=version, opens_on=opens, closes_on=closes, review_ends_on=reviewed, by=None)
    approved = network.ids[network.first_year <= version.data_year]
    invite_structures(campaign=campaign, structures=Structure.objects.filter(pk__in=approved.tolist()), by=None)
    return campaign


def close_campaign(campaign: Campaign, phase: Phase) -> None:
    """Brings a campaign to `phase`, with the events of the phases that it went through on its calendar."""
    steps = (
        ("open", Phase.SAISIE, campaign.opens_on),
        ("close", Phase.CONTROLE, campaign.closes_on),
        ("process", Phase.TRAITEMENT, campaign.review_ends_on),
        ("publish", Phase.DIFFUSION, campaign.review_ends_on + timedelta(days=70)),
        ("archive", Phase.ARCHIVEE, campaign.review_ends_on + timedelta(days=170)),
    )
    events = []
    for transition, reached, day in steps:
        events.append(CampaignEvent(campaign=campaign, transition=transition, at=_at(day, 9, 0)))
        if reached == phase:
            break
    CampaignEvent.objects.bulk_create(events)
    campaign.phase = phase
    campaign.save(update_fields=["phase"])


def fill_campaign(
    campaign: Campaign,
    *,
    compiled: Compiled,
    network: Network,
    sheet: Sheet,
    declared: Declared,
    cast: Cast,
    seed: int,
    is_current: bool,
    left_over: int = 0,
    advance: Callable[[int], None],
) -> set[int]:
    """Writes the responses of a campaign; `advance(n)` is called as n more structures are done.

    In a past campaign what control finds was corrected, but for `left_over` responses: gives their structures' keys.
    """
    rng = np.random.default_rng([seed, campaign.year, 5])
    typed, corrected = (_as_asked(columns, compiled.questionnaire) for columns in _columns(sheet, declared, rng))
    writer = _Writer(
        campaign,
        compiled,
        typed,
        corrected,
        cast,
        rng,
        faulty={fault.row for fault in declared.faults},
        controlled=set() if is_current else {f.row for f in declared.faults if f.kind in CONTROLLED},
        candidates=_let_through(declared),
        left_over=left_over,
        is_current=is_current,
    )
    row_of = {structure_id: row for row, structure_id in enumerate(network.ids.tolist())}
    propensity = sheet.draws.lasting("repond") + 0.5 * sheet.draws.yearly("repond")
    # Published response rates: 59 % of centres sociaux in 2013, above 80 % in the départements that follow closely.
    answers = propensity > np.where(network.is_cs, -0.62, -0.25) - 0.08 * sheet.draws.index
    invited = InvitedStructure.objects.filter(campaign=campaign).order_by("structure__code")
    for batch in _batches(list(invited)):
        for row_invited in batch:
            row = row_of[row_invited.structure_id]
            state = _state(rng, bool(answers[row]), is_current)
            if is_current and row < len(SHOWN):
                state = SHOWN[row]
            writer.add(row_invited, row, state)
        writer.flush()
        advance(len(batch))
    return {int(network.ids[row]) for row in writer.let_through}


def _let_through(declared: Declared) -> set[int]:
    """Rows with one of the grossest faults."""
    return {fault.row for fault in declared.faults if fault.kind in LET_THROUGH}


def _batches(rows: list[InvitedStructure]) -> Iterator[list[InvitedStructure]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


def _state(rng: np.random.Generator, answers: bool, is_current: bool) -> str:
    if not is_current:
        return "validated" if answers else "silent"
    return str(rng.choice(list(CURRENT_STATES), p=list(CURRENT_STATES.values())))


class _Writer:
    """Builds rows one response at a time and inserts them in batches."""

    def __init__(
        self,
        campaign: Campaign,
        compiled: Compiled,
        typed: dict[str, Column],
        corrected: dict[str, Column],
        cast: Cast,
        rng: np.random.Generator,
        *,
        faulty: set[int],
        controlled: set[int],
        candidates: set[int],
        left_over: int,
        is_current: bool,
    ) -> None:
        questionnaire = compiled.questionnaire
        blocking = tuple(rule for rule in questionnaire.rules if rule.severity is Severity.BLOCKING)
        self.barriers = compile_questionnaire(replace(questionnaire, rules=blocking))
        self.faulty = faulty  # rows whose answers hold a fault: the others cannot contradict themselves
        self.controlled, self.candidates, self.left_over = controlled, candidates, left_over
        self.let_through: set[int] = set()
        self.campaign, self.compiled, self.cast, self.rng = campaign, compiled, cast, rng
        self.typed, self.corrected, self.is_current = typed, corrected, is_current
        self.sections = [[f.code for f in s.fields] for s in compiled.questionnaire.sections]
        if not is_current:
            # Past campaigns keep one sitting a response: who answered, when, and every value are all that is asked.
            self.sections = [[code for codes in self.sections for code in codes]]
        self.responses: list[Response] = []
        self.revisions: list[Revision] = []
        self.events: list[ResponseEvent] = []

    def add(self, invited: InvitedStructure, row: int, state: str) -> None:
        author = self.cast.responsables[invited.structure_id]
        response = Response(campaign=self.campaign, structure_id=invited.structure_id, invited=invited)
        self.responses.append(response)
        if state == "silent":
            return
        columns = self.typed
        complete, shown = self._answers(columns, invited, row)
        is_stuck = state != "draft" and row in self.faulty and self._is_blocked(complete, invited)
        if not self.is_current and not is_stuck and row in self.candidates and len(self.let_through) < self.left_over:
            self.let_through.add(row)
        elif not self.is_current and (is_stuck or row in self.controlled):
            # Past campaigns were controlled: what could not be sent as typed, or was seen, was corrected before.
            columns = self.corrected
            complete, shown = self._answers(columns, invited, row)
        sections = self.sections
        if state == "draft":
            sections = sections[: int(self.rng.integers(1, len(sections)))]
        day = self.campaign.opens_on + timedelta(days=int(self.rng.integers(3, 45 if self.is_current else 110)))
        at = _at(day, int(self.rng.integers(9, 18)), int(self.rng.integers(0, 60)))
        response.started_at = at
        for number, codes in enumerate(sections, start=1):
            kept = [columns[c] for c in codes if c in complete and c in shown and c in columns]
            self._save_section(response, number, kept, row, author, at)
            at += timedelta(minutes=int(self.rng.integers(6, 50)))
        response.updated_at = at
        if state == "draft":
            complete = self._completed({code: complete[code] for code in response.values}, invited)
        response.progress = self._progress(complete, invited)
        # A response that contradicts itself cannot be sent: it waits, complete, for its author.
        self._sign(response, "draft" if is_stuck and self.is_current else state, author, at, invited.departement_code)

    def _is_blocked(self, complete: Env, invited: InvitedStructure) -> bool:
        return bool(self.barriers.check(complete, context_of(invited), {}))

    def _completed(self, env: dict[str, Value], invited: InvitedStructure) -> Env:
        return self.compiled.complete(env, context_of(invited), {})

    def _answers(self, columns: dict[str, Column], invited: InvitedStructure, row: int) -> tuple[Env, set[str]]:
        """The answers of one structure with their totals, and the fields that it is shown."""
        env = {
            code: NOT_CONCERNED if column.not_concerned[row] else column.values[row]
            for code, column in columns.items()
            if not column.blank[row]
        }
        complete = self._completed(env, invited)
        return complete, self.compiled.visible(complete, context_of(invited), {})

    def _save_section(
        self, response: Response, number: int, columns: list[Column], row: int, author: User, at: datetime
    ) -> None:
        changes: dict[str, dict[str, Stored | None]] = {}
        for column in columns:
            code = column.field.code
            not_concerned = bool(column.not_concerned[row])
            entry: Stored = {
                "etat": "non_concerne" if not_concerned else "valeur",
                "valeur": None if not_concerned else column.json[row],
                "provenance": Provenance.DECLARED.value,
                "revision": number,
            }
            response.values[code] = entry
            changes[code] = {"avant": None, "apres": entry}
        response.revision = number
        self.revisions.append(Revision(response=response, number=number, changes=changes, at=at, by=author))

    def _progress(self, complete: Env, invited: InvitedStructure) -> int:
        counts = self.compiled.progress(complete, context_of(invited), {}).values()
        answered, expected = (sum(column) for column in zip(*counts, strict=True))
        return 100 * answered // expected if expected else 100

    def _sign(self, response: Response, state: str, author: User, at: datetime, departement: str) -> None:
        if state == "draft":
            return
        response.submitted_at, response.submitted_by = at, author
        response.state = ResponseState.SUBMITTED
        self._event(response, "submit", at, author)
        pair = [people[departement] for people in self._pairs if departement in people]
        if not pair or state == "submitted":
            return
        reviewer = pair[int(self.rng.integers(len(pair)))]
        later = at + timedelta(days=int(self.rng.integers(2, 30)))
        if state == "returned":
            response.state = ResponseState.RETURNED
            self._event(response, "return", later, reviewer, RETURN_REASON)
        else:
            response.state = ResponseState.VALIDATED
            response.validated_at, response.validated_by = later, reviewer
            self._event(response, "validate", later, reviewer)

    @property
    def _pairs(self) -> tuple[dict[str, User], dict[str, User]]:
        return self.cast.caf_correspondents, self.cast.federal_correspondents

    def _event(self, response: Response, transition: str, at: datetime, by: User, reason: str = "") -> None:
        self.events.append(ResponseEvent(response=response, transition=transition, at=at, by=by, reason=reason))

    def flush(self) -> None:
        Response.objects.bulk_create(self.responses)
        for rows in (self.revisions, self.events):
            for row in rows:
                row.response_id = row.response.pk
        Revision.objects.bulk_create(self.revisions)
        ResponseEvent.objects.bulk_create(self.events)
        self.responses, self.revisions, self.events = [], [], []


def _columns(sheet: Sheet, declared: Declared, rng: np.random.Generator) -> tuple[dict[str, Column], dict[str, Column]]:
    """The answers as typed and as corrected, with the questions that people skip."""
    size = sheet.draws.size
    # People skip a whole question; the blank cells inside a table are a fault of their own (`vide_pour_zero`).
    careless = 0.03 * np.exp(0.8 * sheet.draws.lasting("laisse vide"))
    skipped = {code: rng.random(size) < careless for code in sheet.questionnaire.questions}
    typed, corrected = {}, {}
    for code, field in sheet.questionnaire.fields.items():
        if field.is_computed:
            continue
        true, raw = sheet.columns[code], declared.columns[code]
        skips = np.zeros(size, bool) if field.is_required else skipped[field.question]
        if true.dtype.kind == "U":
            skips = skips | (true == "")  # a text that this structure has no reason to write
        zero_is_nc = np.zeros(size, bool)
        if field.allows_not_concerned and not field.is_required and true.dtype.kind in "if":
            zero_is_nc = rng.random(size) < 0.25
        corrected[code] = _column(field, true, skips, ~skips & (true == 0) & zero_is_nc)
        blank = skips | declared.blank.get(code, np.zeros(size, bool))
        typed[code] = corrected[code]
        if raw is not true or code in declared.blank:
            typed[code] = _column(field, raw, blank, ~blank & (raw == 0) & zero_is_nc)
    return typed, corrected


def _as_asked(columns: Mapping[str, Column], questionnaire: Questionnaire) -> dict[str, Column]:
    """The columns that a version asked, by its own codes."""
    asked = questionnaire.fields
    codes = {today: today if today in asked else FORMER_CODES.get(today, today) for today in columns}
    return {code: replace(columns[today], field=asked[code]) for today, code in codes.items() if code in asked}


def _column(field: Field, values: NDArray, blank: Bools, not_concerned: Bools) -> Column:
    stored = _stored(field, values)
    # Whole numbers, texts and options are their own JSON.
    is_same = field.kind not in {Kind.DECIMAL, Kind.PERCENT, Kind.MULTIPLE, Kind.DATE}
    typed = typing.cast(list[Value], stored) if is_same else [from_json(field, v) for v in stored]
    # What `write_entry` asks of each value is asked once of each different one: four million are written.
    kept = ~blank & ~not_concerned
    for value in {value for value, is_kept in zip(typed, kept.tolist(), strict=True) if is_kept}:
        require_possible(field, value)
    if not_concerned.any():
        require_possible(field, NOT_CONCERNED)
    return Column(field, stored, typed, blank, not_concerned)


def _stored(field: Field, column: NDArray) -> list[object]:
    """The column as JSON values: decimals are canonical strings, several options a list."""
    if field.kind in {Kind.DECIMAL, Kind.PERCENT}:
        return [_canonical(value, field.decimals) for value in column.tolist()]
    if field.kind == Kind.MULTIPLE:
        order = [option.code for option in field.options]
        return [sorted(chosen, key=order.index) for chosen in column]
    return list(column.tolist())


def _canonical(value: float, decimals: int) -> str:
    text = f"{Decimal(str(value)):.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _at(day: date, hour: int, minute: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=PARIS)
