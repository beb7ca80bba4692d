"""Questions of comprehension: asked at a field, passed to the comité technique, answered for all (charte 2.1)."""

from django.db import transaction
from django.urls import reverse

from senacs.accounts.enums import Role
from senacs.accounts.models import User
from senacs.accounts.notices import News, tell, tell_plainly
from senacs.accounts.permissions import can_answer_question, can_ask, can_escalate, correspondents_of, holders_of
from senacs.campaigns.models import Campaign
from senacs.collection.models import Response
from senacs.exchange.models import ComprehensionQuestion
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused
from senacs.questionnaire.engine.schema import Question
from senacs.questionnaire.queries import get_compiled
from senacs.structures.models import Structure


@transaction.atomic
def ask_question(
    *, campaign: Campaign, structure: Structure, field_code: str, text: str, by: User
) -> ComprehensionQuestion:
    """« Cette question n'est pas claire »: the structure's correspondents receive it."""
    if not can_ask(by, structure):
        raise NotAllowed("Seule la structure pose une question sur le questionnaire en son nom.")
    if field_code not in get_compiled(campaign.version).questionnaire.fields:
        raise Refused(f"La question « {field_code} » n’est pas dans ce questionnaire.")
    question = ComprehensionQuestion.objects.create(
        campaign=campaign,
        field_code=field_code,
        structure=structure,
        asked_by=by,
        asked_at=clock.now(),
        text=_checked(text),
    )
    context = {"question": question, "label": _asked_at(question).label, "by": by}
    page = reverse("suivi_questions")
    tell(correspondents_of(structure), "exchange/mail/question.txt", context, page=page, by=by)
    return question


@transaction.atomic
def escalate_question(*, question: ComprehensionQuestion, by: User) -> ComprehensionQuestion:
    """A correspondent alerts the comité technique, which then sees the question."""
    question = _locked(question)
    if not can_escalate(by, question.structure):
        raise NotAllowed("Seuls les correspondants transmettent une question au comité technique.")
    if question.answered_at:
        raise Refused("Cette question a déjà sa réponse.")
    if question.escalated_at is None:
        question.escalated_at = clock.now()
        question.save(update_fields=["escalated_at"])
        _tell_escalated(question, by)
    return question


def _tell_escalated(question: ComprehensionQuestion, by: User) -> None:
    label = _asked_at(question).label
    subject = f"SENACS {question.campaign.year} : une question sur « {label} »"
    tell_plainly(
        holders_of(Role.COMITE_TECHNIQUE),
        News(
            subject=subject,
            told=f"{by} transmet au comité technique une question de compréhension sur « {label} » :",
            quoted=question.text,
            to_do="Y répondre, pour toutes les structures",
            page=reverse("national_questions"),
            by=by,
        ),
    )
    told = f"{by} transmet au comité technique la question de « {question.structure.name} » sur « {label} »."
    tell_plainly(
        correspondents_of(question.structure),
        News(subject=subject, told=told, to_do="Les questions", page=reverse("suivi_questions"), by=by),
    )
    page = _page_of(question)
    tell_plainly([question.asked_by], News(subject=subject, told=told, to_do="La question", page=page, by=by))


def _asked_at(question: ComprehensionQuestion) -> Question:
    """What the person asked about: the question as the page shows it, of which `field_code` is one cell."""
    questionnaire = get_compiled(question.campaign.version).questionnaire
    return questionnaire.questions[questionnaire.fields[question.field_code].question]


def _page_of(question: ComprehensionQuestion) -> str:
    """Where the structure reads it."""
    asked_in = Response.objects.filter(structure=question.structure, campaign=question.campaign).first()
    return reverse("saisie_ask", args=[asked_in.pk, _asked_at(question).code]) if asked_in else reverse("saisie")


@transaction.atomic
def answer_question(*, question: ComprehensionQuestion, by: User, text: str) -> ComprehensionQuestion:
    """Answers, and the person who asked receives it: a correspondent for that structure, the comité for everyone.

    Once the comité technique is alerted, it alone answers.
    """
    question = _locked(question)
    if not can_answer_question(by, question.structure):
        raise NotAllowed("Seuls les correspondants et le comité technique répondent.")
    if question.escalated_at and can_escalate(by, question.structure):
        raise Refused("Cette question est transmise au comité technique : sa réponse est attendue.")
    if not question.escalated_at and not can_escalate(by, question.structure):
        raise Refused("Cette question n’est pas transmise au comité technique.")
    question.answer, question.answered_by, question.answered_at = _checked(text), by, clock.now()
    question.save(update_fields=["answer", "answered_by", "answered_at"])
    label = _asked_at(question).label
    context = {"question": question, "label": label, "by": by}
    tell([question.asked_by], "exchange/mail/reponse.txt", context, page=_page_of(question), by=by)
    tell_plainly(
        correspondents_of(question.structure),
        News(
            subject=f"SENACS {question.campaign.year} : réponse à la question sur « {label} »",
            told=f"{by} répond à la question de « {question.structure.name} » sur « {label} » :",
            quoted=question.answer,
            to_do="Les questions",
            page=reverse("suivi_questions"),
            by=by,
        ),
    )
    return question


def _locked(question: ComprehensionQuestion) -> ComprehensionQuestion:
    return (
        ComprehensionQuestion.objects.select_for_update(of=("self",))
        .select_related("campaign__version", "structure", "asked_by")
        .get(pk=question.pk)
    )


def _checked(text: str) -> str:
    text = text.strip()
    if not text:
        raise Refused("Le texte est vide.")
    return text
