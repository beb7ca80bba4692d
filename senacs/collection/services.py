"""What happens to responses: opened for a campaign, values saved one by one with their history, taken over from N-1."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import partial

from django.db import connection, transaction

from senacs.accounts.enums import STRUCTURE_ROLES, Role
from senacs.accounts.models import User
from senacs.accounts.permissions import roles_on
from senacs.campaigns.models import Campaign, InvitedStructure
from senacs.collection.documents import Stored, same_answer, write_entry
from senacs.collection.enums import Provenance, ResponseState
from senacs.collection.extensions import days_of_late_comers
from senacs.collection.models import Response, Revision
from senacs.collection.on_behalf import tell_structure
from senacs.collection.queries import compiled_of, environment, known_answers, previous_values, progress_counts
from senacs.collection.states import lock
from senacs.lib import clock, metrics, nominative
from senacs.lib.fast_json import written
from senacs.lib.refusals import NotAllowed, Refused
from senacs.questionnaire.engine.evaluation import Compiled, Progress
from senacs.questionnaire.engine.schema import Field, Kind
from senacs.questionnaire.engine.values import NOT_CONCERNED, InputError, NotConcerned, Reading, Value, read_input


class Clear(Enum):
    """Takes an answer away: the field is unanswered again."""

    CLEAR = "effacer"


CLEAR = Clear.CLEAR
ON_BEHALF = frozenset({Provenance.ON_BEHALF_CAF, Provenance.ON_BEHALF_FEDERATION})
FREE_TEXT = frozenset({Kind.TEXT, Kind.LONG_TEXT})
KEY_LENGTH = 64
ONE_BY_ONE = "Ce qui se compte chaque année se confirme un chiffre à la fois : rien n’a été repris de l’an dernier."
# What a person typed, boxes ticked, or one of the two marks.
Input = str | Sequence[str] | NotConcerned | Clear


@dataclass(frozen=True, slots=True)
class SaveResult:
    """What became of each field of a save, by code; `response` is the row as it now stands.

    `saved`: the stored value, None when cleared; a value equal to the stored one counts as saved and writes nothing.
    `refused`: why, in French. `conflicts`: what somebody else stored meanwhile (None: cleared), left as it is.
    `warnings`: saved, but the text looks nominative. `noted`: saved, and what was understood when it is not what was
    written (« noté 45 000 € »). `progress`: by section, when anything was written.
    """

    response: Response
    saved: dict[str, Stored | None] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    conflicts: dict[str, Stored | None] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict)
    noted: dict[str, str] = field(default_factory=dict)
    progress: dict[str, Progress] = field(default_factory=dict)


@transaction.atomic
def open_responses(*, campaign: Campaign) -> int:
    """Opens an empty response for each structure invited that has none; returns how many were opened.

    Whoever joins later has the time that its département was given.
    """
    invited = InvitedStructure.objects.filter(campaign=campaign, response__isnull=True).order_by("pk")
    days = days_of_late_comers(campaign)
    responses = [
        Response(
            campaign=campaign,
            structure_id=row.structure_id,
            invited=row,
            extended_until=days.get(row.departement_code),
        )
        for row in invited
    ]
    Response.objects.bulk_create(responses, batch_size=500)
    return len(responses)


@dataclass(frozen=True, slots=True)
class Sending:
    """What a page knew when it sent a save: the revision at which it showed each field (0: unanswered; None: it does
    not say), and the key under which the same save may come again.
    """

    expected: Mapping[str, int] | None = None
    key: str = ""


@transaction.atomic
def save_values(
    *,
    response: Response,
    inputs: Mapping[str, Input],
    by: User,
    provenance: Provenance | None = None,
    reason: str = "",
    sending: Sending = Sending(),
) -> SaveResult:
    """Saves each field that can be, and says what became of the others; one history row holds all the changes.

    A field that somebody changed since `sending` saw it is a conflict and keeps its stored value. A save sent again
    under its key writes nothing and answers the same. `provenance` says CARRIED_OVER or IMPORTED; otherwise it follows
    from who writes. Raises NotAllowed when `by` may not enter for the structure, Refused when the response or the
    campaign is closed.
    """
    return save_held_values(
        response=lock(response),
        inputs=inputs,
        by=by,
        provenance=provenance,
        reason=reason,
        sending=sending,
    )


def save_held_values(
    *,
    response: Response,
    inputs: Mapping[str, Input],
    by: User,
    provenance: Provenance | None = None,
    reason: str = "",
    sending: Sending = Sending(),
) -> SaveResult:
    """The same on a row that the caller's transaction holds (`states.lock`)."""
    expected, key = sending.expected, sending.key
    if len(key) > KEY_LENGTH:
        raise Refused(f"La clé d’envoi dépasse {KEY_LENGTH} caractères : rien n’a été enregistré.")
    origin = _provenance(response, by, provenance)
    try:
        _require_editable(response, origin)
    except Refused:
        # What was acknowledged stays acknowledged, even if the response was sent or closed between the two attempts.
        applied = _already_applied(response, key)
        if applied is None:
            raise
        return _sorted_out(response, inputs, origin, expected, applied)[0]
    result, changes = _sorted_out(response, inputs, origin, expected)
    # A key is looked for only where a first attempt would show: as a conflict, or as a row that is there already.
    if result.conflicts and (applied := _already_applied(response, key)):
        return _sorted_out(response, inputs, origin, expected, applied)[0]
    now = clock.now()
    if changes and not _record(response, changes, at=now, by=by, reason=reason, key=key):
        applied = _already_applied(response, key)
        return _sorted_out(response, inputs, origin, expected, applied)[0]
    if changes:
        _change(response, response.revision + 1, changes, at=now)
        result.progress.update(progress_counts(response))
        response.progress = _percent(result.progress.values())
        _write(response)
        if origin in ON_BEHALF:
            tell_structure(response, by)
    transaction.on_commit(partial(_count, result), robust=True)
    return result


def _count(result: SaveResult) -> None:
    for outcome, values in (("saved", result.saved), ("refused", result.refused), ("conflict", result.conflicts)):
        if values:
            metrics.saves.labels(outcome).inc(len(values))


Changes = dict[str, dict[str, Stored | None]]


def _sorted_out(
    response: Response,
    inputs: Mapping[str, Input],
    origin: Provenance,
    expected: Mapping[str, int] | None,
    applied: Revision | None = None,
) -> tuple[SaveResult, Changes]:
    """What becomes of each field, and what is to be written; nothing when the save was `applied` already."""
    compiled = compiled_of(response)
    result = SaveResult(response)
    changes: Changes = {}
    known = known_answers(response) if origin is not Provenance.REGISTER else {}
    at_once = _flows_at_once(compiled, inputs) if origin is Provenance.CARRIED_OVER else frozenset()
    for code, raw in inputs.items():
        stored = response.values.get(code)
        if code in at_once:
            result.refused[code] = ONE_BY_ONE
            continue
        try:
            reading = reading_of(compiled, code, raw)
        except InputError as error:
            result.refused[code] = str(error)
            continue
        if reading.note:
            result.noted[code] = reading.note
        if applied is not None and code in applied.changes:
            result.saved[code] = applied.changes[code]["apres"]
            continue
        entry = _entry(compiled, code, reading.value, origin, response.revision + 1)
        if same_answer(stored, entry) or (code in known and reading.value == known[code]):
            # What the register answers is not the structure's answer until it is sent.
            result.saved[code] = stored
        elif applied is not None or _is_stale(stored, code, expected):
            result.conflicts[code] = stored
        else:
            result.saved[code] = entry
            changes[code] = {"avant": stored, "apres": entry}
        if warning := _nominative(compiled.questionnaire.fields[code], entry):
            result.warnings[code] = warning
    return result, changes


def _flows_at_once(compiled: Compiled, inputs: Iterable[str]) -> frozenset[str]:
    """Figures of the year said to be last year's several at once: each is asked on its own, whatever the door."""
    fields = compiled.questionnaire.fields
    flows = frozenset(code for code in inputs if code in fields and fields[code].is_flow)
    return flows if len(flows) > 1 else frozenset()


def _provenance(response: Response, by: User, asked: Provenance | None) -> Provenance:
    roles = roles_on(by, response.structure)
    if roles & STRUCTURE_ROLES:
        if asked in {Provenance.CARRIED_OVER, Provenance.IMPORTED, Provenance.CORRECTED, Provenance.REGISTER}:
            return asked
        return Provenance.CORRECTED if response.state == ResponseState.RETURNED else Provenance.DECLARED
    if Role.CORRESPONDANT_CAF in roles:
        return Provenance.ON_BEHALF_CAF
    if Role.CORRESPONDANT_FEDERAL in roles:
        return Provenance.ON_BEHALF_FEDERATION
    raise NotAllowed("Vous ne pouvez pas saisir les réponses de cette structure.")


def _require_editable(response: Response, origin: Provenance = Provenance.DECLARED) -> None:
    if not response.campaign.accepts_entry:
        raise Refused("La saisie de cette campagne est close : rien n’a été modifié.")
    # A value that a correspondent proposed and the structure accepts needs no return of the whole response.
    if origin == Provenance.CORRECTED and response.state == ResponseState.SUBMITTED:
        return
    if response.state in {ResponseState.SUBMITTED, ResponseState.VALIDATED}:
        raise Refused(
            f"Cette réponse est {response.get_state_display().lower()} : "
            "un correspondant peut vous la retourner pour la corriger."
        )
    if not response.is_editable:
        raise Refused(
            f"{response.closed_since} : seules les réponses retournées par un correspondant peuvent encore changer."
        )


def _already_applied(response: Response, key: str) -> Revision | None:
    return response.revisions.filter(idempotency_key=key).first() if key else None


def _is_stale(stored: Stored | None, code: str, expected: Mapping[str, int] | None) -> bool:
    if expected is None or code not in expected:
        return False
    return expected[code] != (stored["revision"] if stored else 0)


def _entry(
    compiled: Compiled, code: str, value: Value | None, provenance: Provenance, revision: int
) -> Stored | None:  # fmt: skip
    """What is stored of a value; None to clear."""
    if value is None:
        return None
    return write_entry(compiled.questionnaire.fields[code], value, provenance=provenance, revision=revision)


def reading_of(compiled: Compiled, code: str, raw: Input) -> Reading:
    """What an input says for a typed field, value None to clear; InputError in French when it says nothing.

    Every door reads through here, so that the same text is the same value whatever way it came.
    """
    definition = compiled.questionnaire.fields.get(code)
    if definition is None:
        raise InputError(f"La question « {code[:80]} » n’est pas dans ce questionnaire.")
    if definition.is_computed:
        raise InputError("Ce total est calculé : il ne se saisit pas.")
    if isinstance(raw, Clear):
        return Reading(None)
    if isinstance(raw, NotConcerned):
        if not definition.allows_not_concerned:
            raise InputError("« Non concerné » n’est pas possible ici : une réponse est attendue.")
        return Reading(NOT_CONCERNED)
    if isinstance(raw, str) and definition.kind in FREE_TEXT and nominative.contains_nir(raw):
        raise InputError(nominative.NIR_REFUSED)
    return read_input(definition, raw)


def read_value(compiled: Compiled, code: str, raw: Input) -> Value | None:
    """The value alone."""
    return reading_of(compiled, code, raw).value


def _nominative(definition: Field, entry: Stored | None) -> str:
    if entry is None or definition.kind not in FREE_TEXT or definition.is_public or entry["valeur"] is None:
        return ""
    return nominative.warning(entry["valeur"])


def _record(response: Response, changes: Changes, *, at: datetime, by: User, reason: str, key: str) -> bool:
    """Adds one row to the history; False, and nothing written, when the key has its row already."""
    with connection.cursor() as cursor:
        # Django cannot tell whether a row that may be there already was written; both databases can.
        cursor.execute(
            "INSERT INTO collection_revision (response_id, number, changes, at, by_id, reason, idempotency_key)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (response_id, idempotency_key) WHERE NOT idempotency_key = '' DO NOTHING RETURNING id",
            [
                response.pk,
                response.revision + 1,
                json.dumps(changes),
                connection.ops.adapt_datetimefield_value(at),
                by.pk,
                reason.strip(),
                key,
            ],
        )
        return cursor.fetchone() is not None


def _write(response: Response) -> None:
    """`response.save(update_fields=…)`, whose SQL Django would write again at each entry of every director."""
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(
            'UPDATE collection_response SET "values" = %s, revision = %s, progress = %s, updated_at = %s,'
            " started_at = %s WHERE id = %s",
            [
                written(response.values),
                response.revision,
                response.progress,
                adapt(response.updated_at),
                adapt(response.started_at),
                response.pk,
            ],
        )


def _change(response: Response, number: int, changes: Changes, *, at: datetime) -> None:
    for code, change in changes.items():
        if change["apres"] is None:
            response.values.pop(code, None)
        else:
            response.values[code] = change["apres"]
    response.revision = number
    response.updated_at = at
    response.started_at = response.started_at or at


def _percent(counts: Collection[Progress]) -> int:
    """Share of the fields asked that are answered, in whole percent; 100 only when nothing is left."""
    expected = sum(count.expected for count in counts)
    return 100 * sum(count.answered for count in counts) // expected if expected else 100


@transaction.atomic
def confirm_known(*, response: Response, by: User) -> SaveResult:
    """What the register answered and the structure left as it stands: written as answers, on the day of the sending."""
    response = lock(response)
    env = environment(response).env
    known = {code: value for code, value in known_answers(response).items() if code in env}
    inputs = {code: _as_input(value) for code, value in known.items()}
    return save_values(response=response, inputs=inputs, by=by, provenance=Provenance.REGISTER)


@transaction.atomic
def carry_over_previous(*, response: Response, codes: Iterable[str], by: User) -> SaveResult:
    """Takes over last year's answers for fields that are still unanswered; marked as such, and so confirmed by `by`."""
    response = lock(response)
    fields = compiled_of(response).questionnaire.fields
    previous, known = previous_values(response), known_answers(response)
    inputs: dict[str, Input] = {}
    for code in codes:
        definition = fields.get(code)
        if definition is None or definition.is_computed or code in response.values or code not in previous:
            continue
        if code in known:
            continue
        inputs[code] = _as_input(previous[code])
    return save_values(response=response, inputs=inputs, by=by, provenance=Provenance.CARRIED_OVER)


def carry_over_section(*, response: Response, section: str, by: User) -> SaveResult:
    """The same for the states of a whole section; KeyError if the questionnaire has none of that code.

    What is counted anew each year (participants, hours, amounts) is confirmed field by field, never by the block.
    """
    fields = compiled_of(response).questionnaire.section(section).fields
    return carry_over_previous(response=response, codes=[d.code for d in fields if not d.is_flow], by=by)


def _as_input(value: Value) -> Input:
    if isinstance(value, NotConcerned):
        return value
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, bool):
        return "oui" if value else "non"
    return str(value)
