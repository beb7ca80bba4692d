"""Participation is voluntary: who declines or is out of scope, who asks for more time, who judges others' entries."""

from django.db import models
from django.db.models import Q

from senacs.accounts.models import User
from senacs.accounts.words import WordsField
from senacs.collection.enums import AbsenceKind, AbsenceReason, EntryVerdict, RequestState


class Absence(models.Model):
    """A structure that does not take part in a campaign, and why. Taken back by deleting it: the events stay."""

    response = models.OneToOneField("collection.Response", on_delete=models.CASCADE, related_name="absence")
    kind = models.CharField("participation", max_length=12, choices=AbsenceKind.choices)
    reason = models.CharField("motif", max_length=14, choices=AbsenceReason.choices)
    comment = WordsField("précision", blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="other_reasons_are_explained",
                violation_error_message="Un autre motif s’explique en quelques mots.",
                condition=~Q(reason=AbsenceReason.OTHER) | ~Q(comment=""),
            )
        ]


class ExtensionRequest(models.Model):
    """More time asked by a structure, granted or refused by a correspondent."""

    response = models.ForeignKey("collection.Response", on_delete=models.CASCADE, related_name="extension_requests")
    until = models.DateField("jusqu’au")
    reason = WordsField("motif")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=RequestState.choices, default=RequestState.PENDING)
    answer = WordsField("réponse", blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["response_id", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["response"], condition=Q(state=RequestState.PENDING), name="one_pending_extension_request"
            ),
            models.CheckConstraint(
                name="decided_requests_are_signed",
                violation_error_message="Une demande traitée dit par qui et quand.",
                condition=Q(state=RequestState.PENDING) | Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
        ]


class EntryOpinion(models.Model):
    """What a structure says of one value that others entered for it (charte 2.2).

    It holds on the stored `revision` of that value alone: a value entered again asks again.
    """

    response = models.ForeignKey("collection.Response", on_delete=models.CASCADE, related_name="entry_opinions")
    code = models.CharField(max_length=80)
    revision = models.PositiveIntegerField()
    verdict = models.CharField(max_length=9, choices=EntryVerdict.choices)
    reason = WordsField("motif", blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["response_id", "code"]
        constraints = [
            models.UniqueConstraint(fields=["response", "code"], name="one_opinion_per_entry"),
            models.CheckConstraint(
                name="contested_entries_say_why",
                violation_error_message="Une valeur contestée dit pourquoi.",
                condition=~Q(verdict=EntryVerdict.CONTESTED) | ~Q(reason=""),
            ),
        ]
