"""What is done with an enquiry: proposed by one institution, agreed by the other, answered, taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from senacs.accounts.models import User
from senacs.accounts.notices import News, tell_plainly
from senacs.accounts.permissions import can_enter
from senacs.campaigns.models import Campaign
from senacs.enquiries.enums import Answering, EnquiryStep
from senacs.enquiries.models import Enquiry, EnquiryAct, EnquiryAnswer, EnquiryQuestion
from senacs.enquiries.permissions import can_agree, can_propose, can_withdraw, sides_at, structures_asked
from senacs.enquiries.standing_in import other_side, people_of_side, stand_ins_of, why_stand_in
from senacs.lib import clock
from senacs.lib.french import long_date
from senacs.lib.refusals import NotAllowed, Refused
from senacs.structures.models import Structure
from senacs.territories.models import Departement

# Few, and short: the national survey already takes two to four hours.
MOST_QUESTIONS = 5
MOST_OPTIONS = 8
LONGEST_FLASH = timedelta(days=31)
LARGEST = 10_000_000


@dataclass(frozen=True, slots=True)
class DraftQuestion:
    text: str
    answering: Answering
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EnquiryDraft:
    """What one institution proposes to ask, and when."""

    title: str
    purpose: str
    opens_on: date
    closes_on: date
    questions: Sequence[DraftQuestion]


@transaction.atomic
def propose_enquiry(
    *, departement: Departement | None, campaign: Campaign | None, draft: EnquiryDraft, by: User
) -> Enquiry:
    """Local questions of a campaign, or without one a flash enquiry; the other institution is told, and decides."""
    if not can_propose(by, departement):
        raise NotAllowed("Les questions d’un territoire sont celles de son comité de pilotage.")
    _require_questions(draft.questions)
    _require_days(departement, campaign, draft)
    side = sorted(sides_at(by, departement))[0]
    enquiry = Enquiry(
        departement=departement, campaign=campaign, title=draft.title.strip(), purpose=draft.purpose.strip(),
        opens_on=draft.opens_on, closes_on=draft.closes_on, side=side, proposed_by=by, proposed_at=clock.now(),
    )  # fmt: skip
    try:
        enquiry.validate_constraints()
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    enquiry.save()
    for number, asked in enumerate(draft.questions, 1):
        EnquiryQuestion.objects.create(
            enquiry=enquiry, number=number, text=asked.text.strip(), answering=asked.answering,
            options="\n".join(option.strip() for option in asked.options),
        )  # fmt: skip
    EnquiryAct.objects.create(enquiry=enquiry, step=EnquiryStep.PROPOSED, by=by)
    tell_plainly(
        _others(enquiry),
        News(
            subject=f"SENACS : des questions à relire, {enquiry.place}",
            told=f"{by} propose « {enquiry.title} » aux structures, du {long_date(enquiry.opens_on)} au"
            f" {long_date(enquiry.closes_on)}."
            " Elles ne les verront qu’avec votre accord.",
            quoted=enquiry.purpose,
            to_do="Relire, accepter ou retirer",
            page=reverse("enquiry", args=[enquiry.pk]),
            by=by,
        ),
    )
    return enquiry


@transaction.atomic
def agree_enquiry(*, enquiry: Enquiry, by: User) -> Enquiry:
    """The other institution lets it be asked; refused once its last day is past."""
    held = _hold(enquiry)
    if not can_agree(by, held):
        raise NotAllowed("L’accord vient d’une personne de l’autre institution.")
    if held.agreed_at is not None or held.withdrawn_at is not None:
        raise Refused("Ces questions ont déjà leur réponse.")
    if clock.today() > held.closes_on:
        raise Refused("Leur dernier jour est passé : proposez-les de nouveau.")
    instead = why_stand_in(held)
    held.agreed_by, held.agreed_at = by, clock.now()
    held.save(update_fields=["agreed_by", "agreed_at"])
    own = sides_at(by, held.departement) - {held.side}
    EnquiryAct.objects.create(enquiry=held, step=EnquiryStep.AGREED, by=by, reason="" if own else instead)
    tell_plainly(
        [held.proposed_by],
        News(
            subject=f"SENACS : vos questions sont acceptées, {held.place}",
            told=f"« {held.title} » sera posé aux structures à partir du {long_date(held.opens_on)}.",
            to_do="Suivre les réponses",
            page=reverse("enquiry", args=[held.pk]),
            by=by,
            can_wait=True,
        ),
    )
    return held


@transaction.atomic
def withdraw_enquiry(*, enquiry: Enquiry, reason: str, by: User) -> Enquiry:
    """Either institution takes the questions back before their end; the answers already given are erased."""
    held = _hold(enquiry)
    if not can_withdraw(by, held):
        raise NotAllowed("Seules les deux institutions du territoire retirent ces questions.")
    if held.withdrawn_at is not None or held.is_over:
        raise Refused("Ces questions ne sont plus posées.")
    if not reason.strip():
        raise Refused("Dites en une phrase pourquoi ces questions sont retirées.")
    held.withdrawn_at = clock.now()
    held.save(update_fields=["withdrawn_at"])
    EnquiryAnswer.objects.filter(question__enquiry=held).delete()
    EnquiryAct.objects.create(enquiry=held, step=EnquiryStep.WITHDRAWN, by=by, reason=reason.strip())
    people = {*_others(held), held.proposed_by} | ({held.agreed_by} if held.agreed_by else set())
    tell_plainly(
        people,
        News(
            subject=f"SENACS : des questions retirées, {held.place}",
            told=f"{by} a retiré « {held.title} ». Les réponses déjà données sont effacées.",
            quoted=reason.strip(),
            to_do="Voir",
            page=reverse("enquiry", args=[held.pk]),
            by=by,
            can_wait=True,
        ),
    )
    return held


@transaction.atomic
def answer_enquiry(*, enquiry: Enquiry, structure: Structure, values: Mapping[int, int | None], by: User) -> int:
    """Keeps what a structure answers, by number of question; None takes an answer back. Gives how many it holds."""
    held = _hold(enquiry)
    if not can_enter(by, structure):
        raise NotAllowed("La structure répond elle-même.")
    if not held.is_open or not structures_asked(held).filter(pk=structure.pk).exists():
        raise Refused("Ces questions ne sont pas posées à cette structure aujourd’hui.")
    for question in held.questions.all():
        if question.number not in values:
            continue
        value = values[question.number]
        if value is None:
            EnquiryAnswer.objects.filter(question=question, structure=structure).delete()
            continue
        most = LARGEST if question.answering == Answering.NUMBER else len(question.labels) - 1
        if not 0 <= value <= most:
            raise Refused(f"« {question.text} » : cette réponse n’est pas possible.")
        EnquiryAnswer.objects.update_or_create(
            question=question, structure=structure, defaults={"value": value, "at": clock.now(), "by": by}
        )
    return EnquiryAnswer.objects.filter(question__enquiry=held, structure=structure).count()


def _hold(enquiry: Enquiry) -> Enquiry:
    return Enquiry.objects.select_for_update(of=("self",)).select_related("departement").get(pk=enquiry.pk)


def _require_questions(questions: Sequence[DraftQuestion]) -> None:
    if not questions:
        raise Refused("Écrivez au moins une question.")
    if len(questions) > MOST_QUESTIONS:
        raise Refused(f"Pas plus de {MOST_QUESTIONS} questions à la fois.")
    for asked in questions:
        options = [option.strip() for option in asked.options]
        if asked.answering == Answering.CHOICE and not (
            2 <= len(options) <= MOST_OPTIONS and all(options) and len(set(options)) == len(options)
        ):
            raise Refused(f"« {asked.text} » : donnez de 2 à {MOST_OPTIONS} choix différents, un par ligne.")


def _require_days(departement: Departement | None, campaign: Campaign | None, draft: EnquiryDraft) -> None:
    opens_on, closes_on = draft.opens_on, draft.closes_on
    if opens_on < clock.today():
        raise Refused("L’ouverture ne peut pas être passée : l’autre institution doit encore donner son accord.")
    around = Enquiry.objects.standing().filter(opens_on__lte=closes_on, closes_on__gte=opens_on)
    if campaign is not None:
        if not (campaign.opens_on <= opens_on and closes_on <= campaign.closes_on):
            raise Refused(
                f"Des questions locales accompagnent la saisie : du {long_date(campaign.opens_on)}"
                f" au {long_date(campaign.closes_on)}."
            )
        if Enquiry.objects.standing().filter(departement=departement, campaign=campaign).exists():
            raise Refused("Ce département a déjà ses questions locales dans cette campagne.")
        return
    if closes_on - opens_on > LONGEST_FLASH:
        raise Refused("Une enquête flash dure un mois au plus.")
    surveyed = Campaign.objects.filter(opens_on__lte=closes_on, closes_on__gte=opens_on).first()
    if surveyed is not None:
        raise Refused(f"La saisie de la campagne {surveyed.year} est ouverte à ces dates : une enquête flash l’évite.")
    if around.filter(departement=departement, campaign=None).exists():
        raise Refused("Une autre enquête flash est prévue ici à ces dates.")


def _others(enquiry: Enquiry) -> set[User]:
    """The people of the other institution, who decide; those who stand in for it where it has nobody."""
    return people_of_side(enquiry, other_side(enquiry)) or stand_ins_of(enquiry)
