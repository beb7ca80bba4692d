"""The right to object (RGPD, art. 21): asked by anybody signed in, answered by the national team, told and kept."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse

from senacs.accounts.enums import Role
from senacs.accounts.models import Objection, ObjectionAct, ObjectionStep, User
from senacs.accounts.national import stated_reason
from senacs.accounts.notices import News, tell_plainly
from senacs.accounts.objection_effects import DIRECTORY, apply_effect, can_be_lifted, take_effect_back
from senacs.accounts.permissions import can_answer_objections, can_enter, current_mandates, holders_of
from senacs.accounts.processing import processing_register
from senacs.lib import clock
from senacs.lib.french import long_date
from senacs.lib.refusals import NotAllowed, Refused
from senacs.structures.models import Structure

# RGPD, art. 12.3: one month to answer.
TIME_TO_ANSWER = timedelta(days=30)


@transaction.atomic
def object_to(*, processing: str, reason: str, structure: Structure | None = None, by: User) -> Objection:
    """Objects to one processing, for oneself or for a structure that one enters for; the national team is told."""
    entry = processing_register().entry(processing)
    if entry is None or not entry.allows_objection:
        raise Refused("Choisissez le traitement auquel vous vous opposez.")
    if structure is not None and not can_enter(by, structure):
        raise NotAllowed("Seule la structure s’oppose pour elle-même.")
    if structure is None and processing == DIRECTORY:
        raise Refused("Les coordonnées publiques sont celles d’une structure : dites au nom de laquelle.")
    stated = stated_reason(reason)
    try:
        with transaction.atomic():
            objection = Objection.objects.create(user=by, structure=structure, processing=processing, reason=stated)
    except IntegrityError as error:
        raise Refused("Vous vous êtes déjà opposé à ce traitement : la réponse est attendue.") from error
    ObjectionAct.objects.create(objection=objection, step=ObjectionStep.ASKED, by=by, reason=stated)
    tell_plainly(
        holders_of(Role.NATIONAL),
        News(
            subject="SENACS : une opposition à traiter",
            told=f"{by} s’oppose à « {entry.title} ». La réponse est due le {long_date(answer_due(objection))}.",
            quoted=stated,
            to_do="Répondre",
            page=reverse("national_objections"),
            by=by,
        ),
    )
    return objection


@transaction.atomic
def answer_objection(*, objection: Objection, is_granted: bool, answer: str, by: User) -> Objection:
    """Grants or refuses it, with what was done or why not; the person is told. Refused once it is answered."""
    if not can_answer_objections(by):
        raise NotAllowed("L’équipe nationale répond aux oppositions.")
    held = Objection.objects.select_for_update(of=("self",)).get(pk=objection.pk)
    if held.is_granted is not None:
        raise Refused("Cette opposition a déjà sa réponse.")
    if held.user_id == by.pk:
        raise Refused("Une autre personne répond à votre opposition.")
    held.is_granted, held.answer = is_granted, stated_reason(answer)
    held.answered_at, held.answered_by = clock.now(), by
    held.save(update_fields=["is_granted", "answer", "answered_at", "answered_by"])
    step = ObjectionStep.GRANTED if is_granted else ObjectionStep.REFUSED
    ObjectionAct.objects.create(objection=held, step=step, by=by, reason=held.answer)
    tell_plainly(
        [held.user],
        News(
            subject=f"SENACS : votre opposition est {step.label}",
            told=f"Vous vous étiez opposé à « {title_of(held)} » le {long_date(held.asked_at)}.",
            quoted=" ".join(part for part in (effect_of(held), held.answer) if part),
            to_do="Vos données, et le recours devant la CNIL",
            page=reverse("own_data"),
            by=by,
        ),
    )
    # After the letter that says it: letters may be what stops.
    if is_granted:
        apply_effect(held, by)
    return held


@transaction.atomic
def lift_objection(*, number: int | None, by: User) -> None:
    """Whoever objected takes it back, by its number, and what it had stopped goes on."""
    found = next((one for one in liftable_objections(by) if one.pk == number), None)
    if found is None:
        raise Refused("Cette opposition ne se lève pas.")
    held = Objection.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if not can_be_lifted(held):
        raise Refused("Cette opposition est déjà levée.")
    held.lifted_at = clock.now()
    held.save(update_fields=["lifted_at"])
    take_effect_back(held)
    ObjectionAct.objects.create(objection=held, step=ObjectionStep.LIFTED, by=by)


def liftable_objections(user: User) -> list[Objection]:
    """Those that the person may take back, of their own or of the structures that they enter for."""
    entered = [m.structure_id for m in current_mandates(user) if m.structure_id]
    found = Objection.objects.filter(Q(user=user) | Q(structure__in=entered), is_granted=True, lifted_at__isnull=True)
    own = [one for one in found.select_related("structure").order_by("asked_at", "pk") if can_be_lifted(one)]
    return [one for one in own if one.user_id == user.pk or (one.structure and can_enter(user, one.structure))]


def effect_of(objection: Objection) -> str:
    """What was granted, in a sentence; empty where the answer alone says it."""
    return effect_once_granted(objection) if objection.is_granted else ""


def effect_once_granted(objection: Objection) -> str:
    entry = processing_register().entry(objection.processing)
    return entry.effect if entry else ""


def title_of(objection: Objection) -> str:
    entry = processing_register().entry(objection.processing)
    return entry.title if entry else objection.processing


def answer_due(objection: Objection) -> datetime:
    return objection.asked_at + TIME_TO_ANSWER


def waiting_objections() -> QuerySet[Objection]:
    """Those without an answer, the oldest first."""
    waiting = Objection.objects.filter(is_granted__isnull=True).select_related("user", "structure")
    return waiting.order_by("asked_at", "pk")


def answered_objections() -> QuerySet[Objection]:
    done = Objection.objects.filter(is_granted__isnull=False).select_related("user", "structure", "answered_by")
    return done.order_by("-answered_at", "-pk")
