"""What the hints say on the real questionnaire: exact values, one box a cause, nothing on what is half filled."""

from decimal import Decimal
from typing import Any

from senacs.collection.queries import Environment
from senacs.questionnaire.engine.evaluation import compile_questionnaire
from senacs.questionnaire.engine.values import Value
from senacs.review.suggestions import suggest
from senacs.structures.enums import StructureKind
from tests import real_year

NBSP, THIN = "\u00a0", "\u202f"
COMPILED = compile_questionnaire(real_year.questionnaire())
CENTRE = StructureKind.CENTRE_SOCIAL


def at(*, without: tuple[str, ...] = (), **changes: Any) -> Environment:
    """A plausible centre social, a few answers changed; `without` are unanswered."""
    env: dict[str, Value] = {**real_year.sheet_of(CENTRE), **changes}
    env = {code: value for code, value in env.items() if code not in without}
    context = real_year.document(CENTRE)["context"] | {"structure_type": "CS"}
    return Environment(COMPILED.complete(env, context, {}), context, {})


def test_a_plausible_sheet_has_no_hint() -> None:
    assert suggest(COMPILED, at()) == []


def test_the_total_that_the_funders_give_is_proposed_exactly() -> None:
    true = at().env["produits_total"]
    assert isinstance(true, int)
    for typed, asked in ((true + 61_307, ""), (true * 10, "un zéro de trop"), (true // 1000, "en milliers")):
        (hint,) = suggest(COMPILED, at(budget_total=typed))
        assert [code for code, _ in hint.fields] == ["budget_total"]
        assert hint.proposed == {"budget_total": str(true)}
        assert "Le détail donne" in hint.text
        assert asked in hint.text


def test_a_number_that_merely_fits_is_never_proposed() -> None:
    (hint,) = suggest(COMPILED, at(participants_enfance=5003))
    assert [code for code, _ in hint.fields] == ["participants_enfance"]
    assert hint.proposed == {}
    assert "tout concorde" not in hint.text
    assert not any(digit in hint.text.partition("suffit")[2] for digit in "0123456789")


def test_causes_without_anything_in_common_are_told_apart() -> None:
    true = real_year.sheet_of(CENTRE)["budget_total"]
    assert isinstance(true, int)
    hints = suggest(COMPILED, at(budget_total=true * 10, participants_enfance=5003))
    assert [code for hint in hints for code, _ in hint.fields if code == "budget_total"] == ["budget_total"]
    assert all(len(hint.fields) == 1 for hint in hints)
    assert len({rule for hint in hints for rule in hint.rules}) == sum(len(hint.rules) for hint in hints)


def test_the_answer_that_opens_a_rule_is_looked_at_before_three_numbers() -> None:
    # A vacant post beside a director: the numbers would have to change together, the answer alone.
    (hint,) = suggest(COMPILED, at(directeur_present=False))
    assert [code for code, _ in hint.fields] == ["directeur_present"]
    assert hint.rules == ("DIRECTION_VACANTE",)
    assert hint.proposed == {}
    assert "ensemble" not in hint.text


def test_an_answer_that_would_hide_what_was_typed_is_not_blamed() -> None:
    # « Pas d’accueil de loisirs » would settle the missing participations, and throw away the places that were typed.
    hints = suggest(COMPILED, at(service_alsh=True, recettes_usagers=0, recettes_cotisations=0))
    assert hints
    assert {code for hint in hints for code, _ in hint.fields} <= {"recettes_usagers", "recettes_cotisations"}


def test_nothing_is_said_while_the_next_row_is_empty() -> None:
    half = at(without=("financement_departement", "recettes_usagers"))
    assert suggest(COMPILED, half) != []
    assert suggest(COMPILED, half, while_typing=True) == []
    failing = {finding.rule.code for finding in COMPILED.check(half.env, half.context, {})}
    typing = {finding.rule.code for finding in COMPILED.check_while_typing(half.env, half.context, {})}
    assert failing - typing
    # Once the row is answered, were it by a zero, the rule speaks.
    filled = at(financement_departement=0, recettes_usagers=0)
    said = {finding.rule.code for finding in COMPILED.check_while_typing(filled.env, filled.context, {})}
    assert failing - typing <= said


def test_an_untouched_section_raises_nothing() -> None:
    whole = real_year.sheet_of(CENTRE)
    for section in real_year.questionnaire().sections:
        untouched = {field.code for field in section.fields}
        env = {code: value for code, value in whole.items() if code not in untouched}
        context = real_year.document(CENTRE)["context"] | {"structure_type": "CS"}
        completed = COMPILED.complete(env, context, {})
        for finding in COMPILED.check_while_typing(completed, context, {}):
            assert not set(finding.fields) & untouched, (section.letter, finding.rule.code)


def with_last_year(**changes: Any) -> Environment:
    """The same centre, whose last year was much the same."""
    now = at(**changes)
    before: dict[str, Value] = {
        code: round(value * 97 / 100) if type(value) is int and value > 100 else value
        for code, value in at().env.items()
    }
    return Environment(COMPILED.complete(dict(now.env), now.context, before), now.context, before)


def test_one_wrong_etp_is_one_cause_and_what_follows_is_with_it() -> None:
    true = real_year.sheet_of(CENTRE)["etp_animation"]
    assert isinstance(true, Decimal)
    usual = {finding.rule.code for finding in COMPILED.check(*_said(with_last_year()))}
    wrong = with_last_year(etp_animation=true * 10)
    raised = {finding.rule.code for finding in COMPILED.check(*_said(wrong))} - usual
    assert len(raised) > 3
    (hint,) = suggest(COMPILED, wrong)
    assert [code for code, _ in hint.fields] == ["etp_animation"]
    assert raised <= set(hint.rules)


def test_a_figure_that_is_explained_is_not_blamed_with_another() -> None:
    true = real_year.sheet_of(CENTRE)["etp_animation"]
    assert isinstance(true, Decimal)
    both = with_last_year(etp_animation=true * 10, salaries_direction=8, etp_direction=Decimal(7))
    found = {finding.rule.code: finding.message for finding in COMPILED.check(*_said(both))}
    direction = {code: text for code, text in found.items() if "temps de direction" in text}
    assert direction
    told = [code for hint in suggest(COMPILED, both, explained=direction) for code, _ in hint.fields]
    assert "etp_animation" in told
    assert "etp_direction" not in told
    # The explanation was of other figures: it holds no longer.
    other = dict.fromkeys(direction, "Le temps de direction (5 ETP)…")
    assert "etp_direction" in [code for hint in suggest(COMPILED, both, explained=other) for code, _ in hint.fields]


def _said(env: Environment) -> tuple[Any, Any, Any]:
    return env.env, env.context, env.previous
