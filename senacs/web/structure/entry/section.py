"""The context of a section's page: its questions, its neighbours, its progress."""

from collections.abc import Mapping, Sequence

from django.template import engines
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from senacs.collection.models import Response
from senacs.collection.queries import compiled_of, environment, known_answers
from senacs.questionnaire.engine.schema import Section
from senacs.web.structure.dashboard import contacts_of, last_return, tasks_of
from senacs.web.structure.dialogue.asking import asked_by_question
from senacs.web.structure.entry.checks import by_question, checks_of, flags_of
from senacs.web.structure.entry.inputs import Raw
from senacs.web.structure.entry.page import QuestionView, build_questions
from senacs.web.structure.entry.register_record import records_of


def section_context(
    response: Response,
    section: Section,
    *,
    may_write: bool,
    may_ask: bool,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, Raw] | None = None,
) -> dict[str, object]:
    """All that the template needs; four reads besides the response (last year, flags, questions, people)."""
    compiled = compiled_of(response)
    at = environment(response)
    findings = compiled.check_while_typing(at.env, at.context, at.previous)
    questions = build_questions(
        section,
        stored=response.values,
        env=at.env,
        previous=at.previous,
        visible=compiled.visible(at.env, at.context, at.previous),
        context=at.context,
        checks=by_question(checks_of(findings, flags_of(response)), section),
        known=known_answers(response),
        errors=errors,
        typed=typed,
        asked=asked_by_question(response, section),
    )
    tasks = tasks_of(response, at)
    codes = [task.section.code for task in tasks]
    here = codes.index(section.code) if section.code in codes else 0
    views = [view for question in questions for view in question.views]
    return {
        "response": response,
        "section": section,
        "questions_markup": _markup(questions, response, section, may_write=may_write, may_ask=may_ask),
        "may_write": may_write,
        "tasks": tasks,
        "task": tasks[here] if tasks else None,
        "preceding": tasks[here - 1] if here > 0 else None,
        "following": tasks[here + 1] if here + 1 < len(tasks) else None,
        "form_url": reverse("saisie_section", args=[response.pk, section.code]),
        "review_url": reverse("saisie_review", args=[response.pk]),
        "present": " ".join(view.code for view in views if view.control != "output"),
        "refused": [view for view in views if view.error],
        "previous_year": response.campaign.data_year - 1,
        "to_take_over": sum(1 for view in views if view.may_be_taken_over),
        "to_confirm": sum(1 for view in views if view.is_open and view.field.is_flow),
        "contacts": contacts_of(response.structure),
        "returned": last_return(response),
    }


def _markup(
    questions: Sequence[QuestionView], response: Response, section: Section, *, may_write: bool, may_ask: bool
) -> SafeString:
    """The questions as HTML; the address of « cette question n’est pas claire » is resolved once for all."""
    place = reverse("saisie_ask", args=[response.pk, "-"]).rpartition("-")
    past = reverse("saisie_history", args=[response.pk, "-"]).rpartition("-")
    template = engines["jinja2"].get_template("structure/questions.html")
    context = {
        "questions": questions,
        "records": records_of(response.structure, section),
        "record": {"url": reverse("registry_entry", args=[response.structure_id])},
        "may_write": may_write,
        # A correspondent who enters for a structure has nobody to ask: the questions come to them.
        "may_ask": may_ask,
        "previous_year": response.campaign.data_year - 1,
        "data_year": response.campaign.data_year,
        "history_urls": {question.code: question.code.join((past[0], past[2])) for question in questions},
        "ask_urls": {question.code: question.code.join((place[0], place[2])) for question in questions},
    }
    return mark_safe(template.render(context))  # noqa: S308  # every value in it was escaped by the engine
