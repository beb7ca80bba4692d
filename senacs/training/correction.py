"""The correction of an exercise by the questionnaire's own reading of numbers and its own rules."""

from collections.abc import Mapping
from dataclasses import dataclass

from senacs.questionnaire.engine.evaluation import Compiled
from senacs.questionnaire.engine.values import Value, format_value, parse_input
from senacs.questionnaire.engine.words import InputError
from senacs.training.exercises import Exercise


@dataclass(frozen=True, slots=True)
class ExerciseField:
    """One line of an exercise: a real question, what stands or stood there."""

    code: str
    label: str
    unit: str
    help: str
    value: str
    previous: str


def fields_of(exercise: Exercise, compiled: Compiled) -> list[ExerciseField]:
    """The questions that it speaks of, in the words of the questionnaire."""
    fields = compiled.questionnaire.fields
    codes = exercise.expected or exercise.values
    return [
        ExerciseField(
            code,
            fields[code].label,
            fields[code].unit,
            " ".join(fields[code].guidance),
            format_value(fields[code], _value(compiled, code, exercise.values.get(code))),
            format_value(fields[code], _value(compiled, code, exercise.previous.get(code))),
        )
        for code in codes
    ]


def fits(exercise: Exercise, compiled: Compiled) -> bool:
    """Whether the questionnaire still asks what the exercise speaks of."""
    return exercise.codes <= compiled.questionnaire.fields.keys()


def right_entries(exercise: Exercise, given: Mapping[str, str], compiled: Compiled) -> set[str]:
    """The fields whose answer is the expected one, however it is written (« 1 240 € »)."""
    return {
        code
        for code, wanted in exercise.expected.items()
        if (typed := given.get(code, "")) and _value(compiled, code, typed) == _value(compiled, code, wanted)
    }


def doubts(exercise: Exercise, compiled: Compiled, given: Mapping[str, str] | None = None) -> list[str]:
    """What the real control says of the fictitious values, or of those given: the rules that can be read at once."""
    stored = exercise.values if given is None else given
    found = compiled.check_while_typing(
        _env(compiled, stored), {"structure_type": exercise.structure.kind}, _env(compiled, exercise.previous)
    )
    return [finding.message for finding in found]


def _env(compiled: Compiled, stored: Mapping[str, str | int]) -> dict[str, Value]:
    known = compiled.questionnaire.fields
    read = {code: _value(compiled, code, raw) for code, raw in stored.items() if code in known}
    return {code: value for code, value in read.items() if value is not None}


def _value(compiled: Compiled, code: str, raw: str | int | None) -> Value | None:
    """None for what is blank, and for what the questionnaire itself refuses."""
    if raw is None:
        return None
    try:
        return parse_input(compiled.questionnaire.fields[code], str(raw))
    except InputError:
        return None
