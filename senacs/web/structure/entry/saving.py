"""What is typed on a section's page, on its way to `save_values`, and what the page is told back."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import QueryDict

from senacs.accounts.models import User
from senacs.collection.documents import Stored, read_entry
from senacs.collection.enums import Provenance
from senacs.collection.models import Response, Revision
from senacs.collection.queries import compiled_of, consequences, known_answers, progress_counts
from senacs.collection.services import CLEAR, Input, SaveResult, Sending, save_held_values
from senacs.lib.json_bodies import RepeatedKey, read_json
from senacs.questionnaire.engine.local import Consequences
from senacs.questionnaire.engine.schema import Field, Section
from senacs.questionnaire.engine.values import NOT_CONCERNED, InputError, Value, format_value, parse_input
from senacs.web.incoming import Given
from senacs.web.structure.entry.checks import checks_of, flags_of
from senacs.web.structure.entry.inputs import NC, Raw, control_text, posted
from senacs.web.structure.entry.page import KNOWN, marked

# One field at a time, a row ticked « non concerné », or a section taken over: never a whole questionnaire.
MOST_FIELDS_AT_ONCE = 300


class BadPayload(ValueError):
    """The body of an autosave cannot be read; the message is in French."""


@dataclass(frozen=True, slots=True)
class Autosave:
    """One entry of the browser's queue."""

    key: str
    inputs: Mapping[str, Raw]
    expected: Mapping[str, int]
    is_carried_over: bool


def read_autosave(body: bytes) -> Autosave:
    """Raises BadPayload when the body is not one entry of the queue."""
    try:
        data = read_json(body)
    except RepeatedKey as error:
        raise BadPayload(f"L’envoi dit deux fois « {str(error)[:80]} ».") from error
    except ValueError as error:
        raise BadPayload("L’envoi est illisible.") from error
    if not isinstance(data, dict):
        raise BadPayload("L’envoi est illisible.")
    values, expected, key = data.get("values"), data.get("expected", {}), data.get("key", "")
    if not isinstance(values, dict) or not 0 < len(values) <= MOST_FIELDS_AT_ONCE:
        raise BadPayload("L’envoi ne contient aucune réponse.")
    if not all(_is_raw(raw) for raw in values.values()):
        raise BadPayload("Une réponse est un texte ou une liste de textes.")
    if not isinstance(key, str) or not 0 < len(key) <= 64 or not (key.isascii() and key.isprintable()):
        raise BadPayload("L’envoi n’a pas de numéro.")
    if not isinstance(expected, dict) or not all(type(number) is int for number in expected.values()):
        raise BadPayload("Les révisions attendues sont des nombres.")
    return Autosave(key, values, expected, data.get("carried") is True)


def _is_raw(raw: object) -> bool:
    if isinstance(raw, list):
        return len(raw) <= 500 and all(isinstance(item, str) for item in raw)
    return isinstance(raw, str)


def autosave(*, response: Response, entry: Autosave, by: User) -> SaveResult:
    """Saves one entry on the row that the transaction holds."""
    return save_held_values(
        response=response,
        inputs={code: to_input(raw) for code, raw in entry.inputs.items()},
        by=by,
        provenance=Provenance.CARRIED_OVER if entry.is_carried_over else None,
        sending=Sending(entry.expected, entry.key),
    )


def to_input(raw: Raw) -> Input:
    """The raw text of a control as the service takes it."""
    if raw in (NC, [NC]):
        return NOT_CONCERNED
    return raw if raw else CLEAR


def told(result: SaveResult) -> dict[str, object]:
    """The JSON that the page needs to be true again: fields, totals, conditions, checks, progress."""
    response = result.response
    fields = compiled_of(response).questionnaire.fields
    follows = consequences(response, result.saved.keys())
    progress = result.progress or progress_counts(response)
    known = known_answers(response)
    sections = {fields[code].section for code in result.saved}
    return {
        "saved": {code: _entry(fields[code], stored, known.get(code)) for code, stored in result.saved.items()},
        "refused": result.refused,
        "warnings": result.warnings,
        "noted": result.noted,
        "conflicts": _conflicts(response, fields, result.conflicts),
        "computed": {
            code: "" if value is None else format_value(fields[code], value) for code, value in follows.computed.items()
        },
        "visible": follows.visible,
        "checks": _checks(response, follows, fields),
        "progress": {code: progress[code]._asdict() for code in sections if progress[code].expected},
    }


def _entry(field: Field, stored: Stored | None, known: Value | None = None) -> dict[str, object]:
    """`known`: what the register says of a field that the structure has not answered."""
    value = read_entry(field, stored) if stored else known
    return {
        "raw": control_text(field, value),
        "text": "" if value is None else format_value(field, value),
        "revision": stored["revision"] if stored else 0,
        "provenance": marked(field, stored["provenance"]) if stored else KNOWN if known is not None else "",
    }


def _conflicts(
    response: Response, fields: Mapping[str, Field], conflicts: Mapping[str, Stored | None]
) -> dict[str, dict[str, object]]:
    if not conflicts:
        return {}
    numbers = {stored["revision"] for stored in conflicts.values() if stored}
    authors = {
        revision.number: revision.by.get_full_name() if revision.by else ""
        for revision in Revision.objects.filter(response=response, number__in=numbers).select_related("by")
    }
    return {
        code: {**_entry(fields[code], stored), "by": authors.get(stored["revision"], "") if stored else ""}
        for code, stored in conflicts.items()
    }


def _checks(response: Response, follows: Consequences, fields: Mapping[str, Field]) -> dict[str, object]:
    """Each rule that the entry could move: null when it does not fail, else what it says, and where."""
    flags = flags_of(response) if follows.findings else {}
    checks: dict[str, object] = dict.fromkeys(rule.code for rule in follows.rules)
    for check in checks_of(follows.findings, flags):
        questions = sorted({fields[code].question for code in check.fields if code in fields})
        checks[check.rule] = {**check.as_json(), "questions": questions, "fields": list(check.fields)}
    return checks


@dataclass(frozen=True, slots=True)
class SectionSave:
    """A whole section sent by its form: what was saved, and what to show again with its error."""

    result: SaveResult
    typed: Mapping[str, Raw]

    @property
    def errors(self) -> dict[str, str]:
        conflicts = dict.fromkeys(
            self.result.conflicts,
            "Quelqu’un d’autre a changé cette réponse entre-temps : vérifiez-la.",
        )
        return {**self.result.refused, **conflicts}

    def noted_in(self, section: Section) -> str:
        """What was understood of values that are not kept as they were written; empty when all are."""
        labels = {field.code: field.label for field in section.fields}
        return " ; ".join(f"{labels[code]} : {note}" for code, note in self.result.noted.items())


def save_form(*, response: Response, section: Section, data: QueryDict, by: User) -> SectionSave:
    """Saves what changed in the form of a section, which says at which revision it showed the response.

    `response` is held by the caller's transaction. A control left as it was shown is no entry, even if somebody else
    changed the field meanwhile. Raises Refused as `save_values` does.
    """
    fields = {field.code: field for field in section.fields if not field.is_computed}
    inputs = posted(data, fields)
    seen = Given(data).number("seen")
    shown = _shown_at(response, response.revision if seen is None else seen)
    changed = {code: raw for code, raw in inputs.items() if not _says(fields[code], raw, shown.get(code))}
    result = save_held_values(
        response=response,
        inputs={code: to_input(raw) for code, raw in changed.items()},
        by=by,
        sending=Sending({code: shown[code]["revision"] if code in shown else 0 for code in changed}),
    )
    return SectionSave(result, {code: changed[code] for code in result.refused})


def section_after(section: Section, result: SaveResult) -> str:
    """The code of the next section that asks this structure anything; empty after the last."""
    progress = result.progress or progress_counts(result.response)
    asked = [code for code, counts in progress.items() if counts.expected or code == section.code]
    return next(iter(asked[asked.index(section.code) + 1 :]), "")


def _shown_at(response: Response, seen: int) -> dict[str, Stored]:
    """The document as it stood at revision `seen`: later changes undone, newest first."""
    document = dict(response.values)
    if response.revision > seen:
        for revision in response.revisions.filter(number__gt=seen).order_by("-number"):
            for code, change in revision.changes.items():
                if change["avant"] is None:
                    document.pop(code, None)
                else:
                    document[code] = change["avant"]
    return document


def _says(field: Field, raw: Raw, stored: Stored | None) -> bool:
    """Whether the control says what was stored."""
    value = read_entry(field, stored) if stored else None
    if raw == control_text(field, value):
        return True
    try:
        return (NOT_CONCERNED if raw in (NC, [NC]) else parse_input(field, raw)) == value
    except InputError:
        return False
