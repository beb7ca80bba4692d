"""Questions of comprehension: asked at a field, passed to the comité technique, answered for all (charte 2.1)."""

from django.db import transaction
from django.urls import reverse

from senacs.accounts.models import User
from senacs.accounts.permissions import can_answer_question, can_ask, can_escalate, correspondents_of
from senacs.campaigns.models import Campaign
from senacs.collection.models import Response
from senacs.exchange.models import ComprehensionQuestion
from senacs.letters import mail
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused
from senacs.questionnaire.queries import get_compiled
from senacs.structures.models import Structure


@transaction.atomic
def ask_question(
    *, campaign: Campaign, structure: Structure, field_code: str, text: str, by: User
) -> ComprehensionQuestion:
    """« Cette question n'est pas claire »: the structure's correspondents receive it."""
    if not can_ask(by, structure):
        raise NotAllowed("Seule la structure pose une question sur le questionnaire en son nom.")
    field = get_compiled(campaign.version).questionnaire.fields.get(field_code)
    if field is None:
        raise Refused(f"La question « {field_code} » n’est pas dans ce questionnaire.")
    question = ComprehensionQuestion.objects.create(
        campaign=campaign,
        field_code=field_code,
        structure=structure,
        asked_by=by,
        asked_at=clock.now(),
        text=_checked(text),
    )
    context = {"question": question, "label": field.label, "by": by}
    mail.send_on_commit(
        [mail.write("exchange/mail/question.txt", context, to=user.email) for user in correspondents_of(structure)]
    )
    return question


@transaction.atomic
def escalate_question(*, question: ComprehensionQuestion, by: User) -> ComprehensionQuestion:
    """A correspondent alerts the comité technique, which then sees the question."""
    question = _locked(question)
    if not can_escalate(by, question.structure):
        raise NotAllowed("Seuls les correspondants transmettent une question au comité technique.")
    if question.answered_at:
        raise Refused("Cette question a déjà sa réponse.")
    question.escalated_at = question.escalated_at or clock.now()
    question.save(update_fields=["escalated_at"])
    return question


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
    field = get_compiled(question.campaign.version).questionnaire.fields[question.field_code]
    asked_in = Response.objects.filter(structure=question.structure, campaign=question.campaign).first()
    page = reverse("saisie_ask", args=[asked_in.pk, field.code]) if asked_in else reverse("saisie")
    context = {"question": question, "label": field.label, "by": by, "page": page}
    mail.send_on_commit([mail.write("exchange/mail/reponse.txt", context, to=question.asked_by.email)])
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
