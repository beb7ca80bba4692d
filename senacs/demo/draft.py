"""Next year's questionnaire as the comité technique prepares it: a draft, one decision taken and others awaited."""

import json
from typing import Any

from senacs.accounts.enums import Role
from senacs.accounts.models import User
from senacs.questionnaire.engine.loader import from_document
from senacs.questionnaire.enums import Effect
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.questionnaire.queries import changes_of, get_compiled
from senacs.questionnaire.services import decide_change, save_questionnaire

REWORDED, REDEFINED = "vacataires", "statut_juridique"
REWORDED_LABEL = (
    "Nombre de vacataires et d’animateurs saisonniers (contrats d’engagement éducatif compris) dans l’année"
)
DECISION = "Le libellé nomme les contrats d’engagement éducatif, déjà comptés l’an dernier : le sens ne change pas."
NEW_QUESTION = {
    "code": "zone_zfrr",
    "label": "Votre territoire d’intervention est-il classé en zone France ruralités revitalisation (ZFRR) ?",
    "kind": "oui_non",
    "required": True,
    "new": True,
    "help": "Le classement ZFRR a remplacé les zones de revitalisation rurale (ZRR). Votre mairie le connaît.",
}


def prepare_next_year(current: QuestionnaireVersion) -> QuestionnaireVersion:
    """The draft: years moved, the module that ends taken out, one question new, one reworded, one with a new help."""
    version = save_questionnaire(questionnaire=from_document(_next_document(current)))
    member = User.objects.filter(mandates__role=Role.COMITE_TECHNIQUE).order_by("pk").first()
    changes = changes_of(version)
    if member is not None and changes is not None:
        decide_change(version=version, question=REWORDED, effect=Effect.SAME_SERIES, text=DECISION, by=member)
    return version


def _next_document(current: QuestionnaireVersion) -> dict[str, object]:
    questionnaire = get_compiled(current).questionnaire
    text = json.dumps(questionnaire.document, ensure_ascii=False)
    # Labels name the years in full: the newer year first, so that none moves twice.
    for year in (questionnaire.year, questionnaire.data_year):
        text = text.replace(str(year), str(year + 1))
    document: dict[str, Any] = json.loads(text)
    document.update(year=questionnaire.year + 1, data_year=questionnaire.data_year + 1)
    ended = {s.code for s in questionnaire.sections if s.is_module and s.until == questionnaire.year}
    gone = {field.code for field in questionnaire.fields.values() if field.section in ended}
    document["sections"] = [section for section in document["sections"] if section["code"] not in ended]
    lost = {rule.code for rule in questionnaire.rules if gone & {code for code, _ in rule.expression.names}}
    document["rules"] = [rule for rule in document["rules"] if rule["code"] not in lost]
    for section, kept in zip(document["sections"], _sections(questionnaire.document, ended), strict=True):
        section.pop("until", None)
        if "until" in kept:
            section["until"] = kept["until"]
        for question in section["questions"]:
            _asked_before(question)
    first = document["sections"][0]["questions"]
    first.insert(2, dict(NEW_QUESTION))
    _reword(document["sections"])
    return document


def _sections(document: Any, ended: set[str]) -> list[dict[str, object]]:
    return [section for section in document["sections"] if section["code"] not in ended]


def _asked_before(question: dict[str, Any]) -> None:
    """What was new last year has a past now, under the code of last year."""
    for part in (question, *question.get("grid", {}).get("columns", ()), *question.get("grid", {}).get("rows", ())):
        part.pop("new", None)
        part.pop("previous", None)


def _reword(sections: list[dict[str, Any]]) -> None:
    """One question in other words, and one whose choices are no longer the same."""
    questions = {question["code"]: question for section in sections for question in section["questions"]}
    questions[REWORDED]["label"] = REWORDED_LABEL
    choice = questions[REDEFINED]
    choice["options"] = [
        *choice["options"],
        {"code": "scic", "label": "Société coopérative d’intérêt collectif (SCIC)"},
    ]
