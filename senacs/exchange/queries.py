"""Reads on questions of comprehension: who sees which, and the answers that everyone reads at the field."""

from collections import defaultdict

from django.db.models import Q, QuerySet

from senacs.accounts.enums import Role
from senacs.accounts.permissions import AnyUser, has_role, structures_visible_to
from senacs.campaigns.models import Campaign
from senacs.exchange.models import ComprehensionQuestion
from senacs.lib.prepared_reads import Prepared
from senacs.structures.models import Structure


def questions_visible_to(user: AnyUser) -> QuerySet[ComprehensionQuestion]:
    """Questions of the structures that the user sees; the national roles those passed on to the comité (2.1)."""
    visible = Q(structure__in=structures_visible_to(user))
    if has_role(user, Role.COMITE_TECHNIQUE, Role.NATIONAL):
        visible |= Q(escalated_at__isnull=False)
    return (
        ComprehensionQuestion.objects.filter(visible)
        .select_related("campaign__version", "structure", "asked_by", "answered_by")
        .defer("campaign__version__document")
    )


_at_fields = Prepared(
    lambda campaign, structure: ComprehensionQuestion.objects.filter(
        Q(answered_at__isnull=False, escalated_at__isnull=False) | Q(structure=structure), campaign=campaign
    ).order_by("asked_at", "id")
)


def questions_at_fields(campaign: Campaign, structure: Structure) -> dict[str, list[ComprehensionQuestion]]:
    """By field, what a structure reads there: the answers of the comité technique, and all of its own questions.

    A correspondent answers the structure that asked; only the comité technique speaks to everyone (charte 2.1).
    """
    by_field: dict[str, list[ComprehensionQuestion]] = defaultdict(list)
    for question in _at_fields.run(campaign.pk, structure.pk):
        by_field[question.field_code].append(question)
    return dict(by_field)


def answers_by_field(campaign: Campaign) -> dict[str, list[ComprehensionQuestion]]:
    """What the comité technique answered, by field, oldest first; shown to everyone without who asked."""
    answers: dict[str, list[ComprehensionQuestion]] = defaultdict(list)
    answered = ComprehensionQuestion.objects.filter(
        campaign=campaign, answered_at__isnull=False, escalated_at__isnull=False
    )
    for question in answered.order_by("answered_at", "id"):
        answers[question.field_code].append(question)
    return dict(answers)
