"""The questionnaire, rules and indicators of 2026 as delivered: complete, sound, silent on plausible structures."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from senacs.lib.text import without_accents
from senacs.observatory.definitions import indicators
from senacs.questionnaire.engine import effort, loader, values
from senacs.questionnaire.engine.compile_python import compile_tree
from senacs.questionnaire.engine.evaluation import Compiled, Verdict, compile_questionnaire
from senacs.questionnaire.engine.patterns import PASTED
from senacs.questionnaire.engine.schema import Kind, Questionnaire, Rule, Severity
from senacs.questionnaire.engine.static import may_be_asked
from senacs.questionnaire.engine.vocabulary import CONTEXT

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
TYPICAL = ("typical_centre_social", "typical_evs")
BLANK: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Situation:
    """One structure's answers of this year and the last, as the engine takes them."""

    context: dict[str, Any]
    env: dict[str, Any]
    previous: dict[str, Any]


@cache
def questionnaire() -> Questionnaire:
    return loader.load_directory(ROOT / "data/questionnaires/2026")


@cache
def compiled() -> Compiled:
    return compile_questionnaire(questionnaire())


def flat(written: Mapping[str, Any]) -> dict[str, Any]:
    """`salaries: {direction: 1}` names the field salaries_direction."""
    found: dict[str, Any] = {}
    for code, value in written.items():
        if isinstance(value, dict):
            found |= {f"{code}_{key}": inner for key, inner in value.items()}
        else:
            found[code] = value
    return found


def parsed(written: Mapping[str, Any]) -> dict[str, Any]:
    fields = questionnaire().fields
    return {
        code: values.parse_input(fields[code], value if isinstance(value, list) else str(value))
        for code, value in flat(written).items()
    }


@cache
def situation(name: str) -> Situation:
    document = yaml.safe_load((HERE / f"{name}.yaml").read_text(encoding="utf-8"))
    context, env = document["context"], parsed(document["values"])
    last_year = {**env, **parsed(document["previous"])}
    previous = compiled().previous_env(compiled().complete(last_year, context, BLANK))
    return Situation(context, env, previous)


def verdicts(given: Situation, env: Mapping[str, Any] | None = None) -> dict[str, Verdict]:
    found = compiled().check(given.env if env is None else env, given.context, given.previous, verdicts=True)
    return {finding.rule.code: finding.verdict for finding in found}


def changed(name: str, **changes: Any) -> dict[str, Verdict]:
    given = situation(name)
    return verdicts(given, {**given.env, **parsed(changes)})


def test_rubriques_are_those_of_the_guide() -> None:
    assert [s.letter for s in questionnaire().sections] == [*"ABCDEFGH", "M1", "M2"]
    assert [s.letter for s in questionnaire().sections if s.is_module] == ["M1", "M2"]


def test_entry_takes_two_to_four_hours() -> None:
    assert 120 <= sum(s.minutes for s in questionnaire().sections) <= 240
    assert all(s.preparation for s in questionnaire().sections)


@pytest.mark.parametrize(("kind", "most_questions", "most_minutes"), [("CS", 120, 180), ("EVS", 90, 90)])
def test_entry_is_short_by_the_products_own_count(kind: str, most_questions: int, most_minutes: int) -> None:
    """At most: as if every service were offered and every condition true."""
    asked = may_be_asked(questionnaire(), kind)
    questions = [q for q in questionnaire().questions.values() if any(f.code in asked for f in q.fields)]
    assert len(questions) <= most_questions
    assert effort.total_minutes(questionnaire(), asked) <= most_minutes


def test_minutes_of_a_section_are_those_of_its_questions() -> None:
    for section in questionnaire().sections:
        whole = effort.seconds(section, {f.code for f in section.fields}) / 60
        assert whole <= section.minutes < whole + 1, section.code


@pytest.mark.parametrize("part", ["help", "source", "warning"])
def test_every_question_says_what_to_count_from_which_document_and_the_frequent_error(part: str) -> None:
    asked = [q for q in questionnaire().questions.values() if not all(f.is_computed for f in q.fields)]
    assert [q.code for q in asked if len(getattr(q, part)) < 15] == []


# Bands that people are counted in, and why some questions name another age.
CUTS = {0, 6, 7, 10, 11, 14, 15, 17, 18, 25, 26, 59, 60, 74, 75}
OTHER_AGES = {
    "alsh_detail": {12},  # the accueil de jeunes as it is declared to the Caf
    "vacances_detail": {12},  # the series of departures of 12 to 18, which the booklets publish
    "benevoles_ages": {12},  # the published series begins at 12; its cuts are the same
}


def test_ages_are_cut_alike_everywhere() -> None:
    for question in questionnaire().questions.values():
        texts = [
            question.label,
            *(f.label for f in question.fields),
            *(o.label for f in question.fields for o in f.options),
        ]
        ages = {int(n) for text in texts if " ans" in text for n in re.findall(r"\d+", text.replace("2025", ""))}
        assert ages <= CUTS | OTHER_AGES.get(question.code, set()), question.code


def test_a_fact_is_asked_once() -> None:
    """What the register or another question holds is not asked again."""
    for code in ("gestion_nature", "federation_fcsf", "agrement_debut", "agrement_duree"):
        assert code not in questionnaire().fields
    assert {"fiche_gestion", "fiche_agrement", "fiche_federation"} <= questionnaire().fields.keys()


@pytest.mark.parametrize(
    ("changes", "shown", "hidden"),
    [
        # The territory, and not the building's address.
        ({"geographie_prioritaire": "aucune", "qpv_nombre": 1}, "conseil_citoyen contrat_ville_participation", ""),
        ({"geographie_prioritaire": "aucune", "qpv_nombre": 0}, "", "conseil_citoyen contrat_ville_participation"),
        ({"geographie_prioritaire": "veille", "qpv_nombre": 0}, "contrat_ville_participation", ""),
        # Rural structures may hold a priority neighbourhood; towns may be in a ZFRR.
        (
            {"territoire_type": "rural", "geographie_prioritaire": "aucune", "qpv_nombre": 1},
            "participants_qpv zfrr",
            "",
        ),
        ({"territoire_type": "rural", "geographie_prioritaire": "aucune", "qpv_nombre": 0}, "zfrr", "participants_qpv"),
        ({"territoire_type": "urbain"}, "participants_qpv zfrr", ""),
        # Several funders may sign for one year only.
        ({"convention_pluriannuelle": "non", "convention_multipartenariale": "oui"}, "convention_signataires", ""),
        ({"convention_pluriannuelle": "non"}, "convention_multipartenariale", ""),
        ({"fiche_exacte": "non"}, "fiche_adresse fiche_siret", ""),
    ],
)
def test_questions_are_asked_wherever_they_can_be_true(changes: dict[str, Any], shown: str, hidden: str) -> None:
    given = situation("typical_centre_social")
    visible = compiled().visible({**given.env, **parsed(changes)}, given.context, given.previous)
    assert set(shown.split()) <= visible
    assert not set(hidden.split()) & visible


def test_activities_by_rhythm_keep_their_series_by_sector_or_not() -> None:
    for name, regular in (("typical_centre_social", 46), ("typical_evs", 11)):
        given = situation(name)
        complete = compiled().complete(given.env, given.context, given.previous)
        assert complete["activites_regulieres"] == regular
        parts = ("regulieres", "ponctuelles", "projets")
        assert complete["activites_total"] == sum(complete[f"activites_{part}"] for part in parts)


def test_corrections_of_the_record_may_hold_an_address_and_a_telephone() -> None:
    given = situation("typical_centre_social")
    answers = {**given.env, **parsed({"fiche_exacte": "non", "fiche_telephone": "04 72 00 00 00"})}
    assert compiled().check(answers, given.context, given.previous, only={"fiche_telephone"}) == []
    named = {**answers, **parsed({"axe_1": "Appeler le 04 72 00 00 00"})}
    assert [f.rule.code for f in compiled().check(named, given.context, given.previous, only={"axe_1"})] == [
        "NOMINATIF_AXE_1"
    ]


def test_modules_in_reserve_can_join_the_questionnaire() -> None:
    """What is nice to know waits in data/modules, with its rules and its indicators."""
    for path in sorted((ROOT / "data/modules").glob("*_*.yaml")):
        document = json.loads(json.dumps(questionnaire().document))
        document["sections"].append(yaml.safe_load(path.read_text(encoding="utf-8")))
        document["rules"] += yaml.safe_load((path.parent / "rules.yaml").read_text(encoding="utf-8"))
        whole = loader.from_document(document)
        module = whole.sections[-1]
        assert module.is_module
        assert all(q.help and q.source and q.warning for q in module.questions)
        assert indicators.load(path.parent / "indicators", whole)


def test_stable_codes_are_there() -> None:
    wanted = "etp_total salaries_total benevoles_gouvernance budget_total participants_uniques participants_0_6 caf_agc"
    assert set(wanted.split()) <= questionnaire().fields.keys()


def test_no_field_takes_the_name_of_a_dimension() -> None:
    dimensions = {"structure", "kind", "gestion", "commune", "epci", "departement", "region", "qpv", "fcsf"}
    assert not dimensions & questionnaire().fields.keys()


def test_modules_have_no_previous_year() -> None:
    fields = [f for s in questionnaire().sections if s.is_module for f in s.fields]
    assert [f.code for f in fields if f.previous_code is not None] == []


def test_grids_show_their_totals_last() -> None:
    for question in questionnaire().questions.values():
        if question.grid is not None:
            lines = [[questionnaire().fields[c] for c in line if c] for line in question.grid.cells]
            adds_across = all(line[-1].computed for line in lines) and len(lines[0]) > 1
            assert not any(f.computed for line in lines[:-1] for f in (line[:-1] if adds_across else line)), (
                question.code
            )


@pytest.mark.parametrize("frequent_error", ["etp", "occasionnels", "recettes propres", "plusieurs secteurs"])
def test_frequent_errors_of_the_guide_stand_beside_their_fields(frequent_error: str) -> None:
    asked = questionnaire().questions.values()
    warnings = [q.warning.lower() for q in asked if q.warning] + [f.warning.lower() for q in asked for f in q.fields]
    assert any(frequent_error in text for text in warnings)


def texts() -> list[str]:
    found: list[str] = []
    for section in questionnaire().sections:
        found += [section.title, section.intro, *section.preparation]
        for question in section.questions:
            found += [question.label, question.help, question.warning]
            found += [text for f in question.fields for text in (f.label, *(o.label for o in f.options))]
    found += [rule.message for rule in questionnaire().rules]
    found += [text for i in published() for text in (i.label, i.definition)]
    return found


def test_texts_follow_french_typography() -> None:
    """A no-break space stands before « : ; ? ! % € » and inside guillemets, the apostrophe is curly."""
    ordinary = [f" {mark}" for mark in ":;?!»%€"] + ["« ", "'", "..."]
    wrong = [(mark, text) for text in texts() for mark in ordinary if mark in text]
    assert wrong == []


def test_texts_speak_to_one_reader_without_anglicism() -> None:
    wrong = [t for t in texts() for word in ("login", "email", "mail ", "N/A", "reporting") if word in t]
    assert wrong == []


def test_rules_are_numerous_and_messages_tell_values() -> None:
    rules = questionnaire().rules
    assert len(rules) >= 200
    silent = [
        r.code for r in rules if "{" not in r.message and not r.code.startswith(("PARTIEL", "OUBLI", "NON_", "DETAIL"))
    ]
    # Nothing to tell when the point is that a list or a text is empty.
    assert len(silent) <= 12, silent


def test_blocking_is_kept_for_what_cannot_be() -> None:
    rules = questionnaire().rules
    assert sum(r.severity is Severity.BLOCKING for r in rules) < len(rules) / 4
    previous = {r.code for r in rules if any(is_previous for _, is_previous in r.expression.names)}
    assert not [r.code for r in rules if r.severity is Severity.BLOCKING and r.code in previous]


@pytest.mark.parametrize("name", TYPICAL)
def test_no_rule_fails_on_a_typical_structure(name: str) -> None:
    given = situation(name)
    found = compiled().check(given.env, given.context, given.previous)
    # Last year is written as what differs from this one: that figures repeat is the fixture's doing.
    assert [(f.rule.code, f.message) for f in found if not f.rule.code.startswith(PASTED)] == []


@pytest.mark.parametrize("name", TYPICAL)
def test_typical_structure_answers_everything_required(name: str) -> None:
    given = situation(name)
    assert compiled().missing_required(given.env, given.context, given.previous) == []


@pytest.mark.parametrize("name", TYPICAL)
def test_typical_structure_holds_only_visible_fields(name: str) -> None:
    given = situation(name)
    assert given.env.keys() - compiled().visible(given.env, given.context, given.previous) == set()


def test_evs_has_a_lighter_path() -> None:
    shown = {n: compiled().visible(situation(n).env, situation(n).context, situation(n).previous) for n in TYPICAL}
    assert len(shown["typical_evs"]) < 0.9 * len(shown["typical_centre_social"])
    assert "referent_familles" not in shown["typical_evs"]
    assert "alsh_places_mercredis" not in shown["typical_evs"]


def test_most_rules_are_verified_on_a_typical_centre_social() -> None:
    found = verdicts(situation("typical_centre_social"))
    assert sum(v is Verdict.PASS for v in found.values()) > 0.9 * len(found)


def test_nothing_but_oversights_is_told_of_an_empty_response() -> None:
    given = situation("typical_centre_social")
    failing = {f.rule.code for f in compiled().check(BLANK, given.context, BLANK)}
    assert {c for c in failing if not c.startswith(("OUBLI_", "AXE_"))} == set()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"salaries_animation": 7, "etp_animation": 12}, "ETP_ANIMATION_SUPERIEUR_SALARIES"),
        ({"budget_total": 712}, "BUDGET_INFERIEUR_DETAIL"),
        ({"budget_total": 7_120_000}, "PRODUITS_SANS_RAPPORT_AVEC_BUDGET"),
        ({"budget_total": 7_120_000}, "CHARGES_SANS_RAPPORT_AVEC_BUDGET"),
        ({"charges_activites": 9_600_000}, "CHARGES_SANS_RAPPORT_AVEC_BUDGET"),
        ({"budget_total": 712}, "MILLE_FOIS_BUDGET_TOTAL"),
        ({"budget_total": 7_120_000}, "DIX_FOIS_PLUS_BUDGET_TOTAL"),
        ({"budget_total": 71_200}, "DIX_FOIS_MOINS_BUDGET_TOTAL"),
        ({"budget_total": 1_500_000}, "EVOLUTION_BUDGET_TOTAL"),
        ({"recettes": {"cotisations": 0, "usagers": 0, "ventes": 0}}, "RECETTES_PROPRES_ABSENTES"),
        ({"recettes": {"cotisations": 0, "usagers": 0, "ventes": 0}}, "BUDGET_SUPERIEUR_DETAIL"),
        ({"participants_26_59": 3300}, "PARTICIPANTS_AGE_SUPERIEUR"),
        ({"participants_uniques": 1355}, "UNIQUES_SOMME_SECTEURS"),
        ({"participants_enfance": 1100}, "ENFANCE_PARTICIPANTS_SUPERIEURS"),
        ({"participations_enfance": 300}, "ENFANCE_PARTICIPATIONS_INFERIEURES"),
        ({"passages_accueil": 900}, "PASSAGES_INFERIEURS_PARTICIPANTS"),
        ({"benevoles_gouvernance": 180}, "BENEVOLES_GOUVERNANCE_SUPERIEURS"),
        ({"benevoles_occasionnels": 0, "benevoles_heures_occasionnels": 0}, "BENEVOLES_OCCASIONNELS_OUBLIES"),
        ({"clas_lycee": "non concerné", "clas_primaire": 0, "clas_college": 0}, "CLAS_SANS_ENFANT"),
        ({"caf_agc": "non concerné"}, "NON_CONCERNE_CAF_AGC"),
        ({"alsh_heures_mercredis": 142_000}, "ALSH_MERCREDIS_HEURES_IMPOSSIBLES"),
    ],
)
def test_declarants_faults_are_seen(changes: dict[str, Any], code: str) -> None:
    assert changed("typical_centre_social", **changes)[code] is Verdict.FAIL


def test_factor_ten_and_thousand_are_told_once() -> None:
    """A slip is told by the rule that names it, not by the one on doubled values besides."""
    found = changed("typical_centre_social", budget_total=712)
    told = {c for c, v in found.items() if v is Verdict.FAIL and c.endswith("_BUDGET_TOTAL")}
    assert told == {"MILLE_FOIS_BUDGET_TOTAL"}
    found = changed("typical_centre_social", budget_total=7_120_000)
    told = {c for c, v in found.items() if v is Verdict.FAIL and c.endswith("_BUDGET_TOTAL")}
    assert told == {"DIX_FOIS_PLUS_BUDGET_TOTAL"}


def test_a_wrong_budget_is_not_told_once_per_funder() -> None:
    found = changed("typical_centre_social", budget_total=712)
    assert [c for c, v in found.items() if v is Verdict.FAIL and c.endswith("_SUPERIEUR_BUDGET")] == []
    found = changed("typical_centre_social", caf_agc=720_000)
    assert found["CAF_AGC_SUPERIEUR_BUDGET"] is Verdict.FAIL


def draw(name: str, is_previous: bool, mood: str, random: Random) -> Any:
    """A value that the field could hold: near the typical one, blank, or one of two numbers (equalities)."""
    field = questionnaire().fields.get(name)
    if field is None:
        return random.choice(CONTEXT[name].options or (True, False))
    options = tuple(option.code for option in field.options)
    match field.kind:
        case Kind.YES_NO:
            return random.choice([True, False])
        case Kind.CHOICE:
            return random.choice([*options, values.NOT_CONCERNED, None])
        case Kind.MULTIPLE:
            return random.choice([options, options[:1], options[-1:], None])
        case Kind.TEXT | Kind.LONG_TEXT:
            return random.choice(["texte", None])
    if mood != "near":
        return None if mood == "blank" else random.choice([0, 500])
    typical = situation(TYPICAL[0])
    usual = (typical.previous if is_previous else typical.env).get(name)
    near = [usual, usual, usual * 2, usual * 20, usual * 1000] if isinstance(usual, int) else []
    below = [field.minimum] if field.minimum else []
    return random.choice([*near, *below, 0, 1, 3, 40, 500, 9000, 10**6, values.NOT_CONCERNED, None])


def seen_verdicts(rule: Rule) -> set[bool]:
    """The verdicts met in drawing the values that the rule reads, totals included, freely."""
    random = Random(rule.code)
    run = compile_tree(rule.expression.tree)
    names = sorted(rule.expression.names)
    seen: set[bool] = set()
    for _ in range(4000):
        mood = random.choice(["near", "near", "near", "blank", "two"])
        env: dict[str, Any] = {}
        previous: dict[str, Any] = {}
        for name, is_previous in names:
            value = draw(name, is_previous, mood, random)
            if value is not None:
                (previous if is_previous else env)[name] = value
        result = run(env, previous)
        if result is not None:
            seen.add(bool(result))
        if len(seen) == 2:
            break
    return seen


def test_every_rule_can_pass_and_fail() -> None:
    stuck = {rule.code: seen for rule in questionnaire().rules if len(seen := seen_verdicts(rule)) < 2}
    assert stuck == {}


@cache
def published() -> tuple[indicators.Indicator, ...]:
    return indicators.load(ROOT / "data/indicators", questionnaire())


def test_indicators_are_numerous_and_of_all_kinds() -> None:
    found = published()
    assert len(found) >= 150
    assert {i.kind for i in found} == {"total", "mean", "median", "share", "ratio", "distribution", "density"}
    assert {i.theme for i in found} == set(indicators.THEMES)
    assert 10 <= sum(i.is_key for i in found) <= 15


def test_indicators_have_one_code_and_one_label_each() -> None:
    for pick in ("code", "label"):
        named = [getattr(i, pick) for i in published()]
        assert sorted({n for n in named if named.count(n) > 1}) == []


def test_indicators_read_fields_of_the_questionnaire() -> None:
    known = questionnaire().fields.keys() | CONTEXT.keys()
    for i in published():
        named = {n for e in (i.formula, i.denominator, i.population) if e is not None for n, _ in e.names}
        assert named
        assert named <= known


def test_every_section_feeds_an_indicator() -> None:
    read = {n for i in published() for e in (i.formula, i.denominator) if e is not None for n, _ in e.names}
    assert [s.code for s in questionnaire().sections if not read & {f.code for f in s.fields}] == []


def test_indicator_codes_are_plain() -> None:
    assert all(i.code == without_accents(i.code).lower() for i in published())


def test_shares_and_distributions_are_in_percent() -> None:
    assert [i.code for i in published() if i.kind in {"share", "distribution"} and i.unit != "%"] == []
