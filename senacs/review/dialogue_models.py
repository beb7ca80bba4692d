"""What correspondents and structures say at one cell, and what both correspondents waive."""

from typing import ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from senacs.accounts.models import User
from senacs.accounts.permissions import structures_visible_to
from senacs.accounts.words import WordsField, WordsLine
from senacs.collection.models import Response
from senacs.review.enums import QueryState


class QueryQuerySet(models.QuerySet["Query"]):
    def visible_to(self, user: User | AnonymousUser) -> "QueryQuerySet":
        return self.filter(response__structure__in=structures_visible_to(user))

    def standing(self) -> "QueryQuerySet":
        return self.exclude(state=QueryState.CLOSED)


class Query(models.Model):
    """A question or a correction asked at one cell; both correspondents of the pair and the structure see it all."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="queries")
    field_code = models.CharField(max_length=80)
    state = models.CharField(max_length=8, choices=QueryState.choices, default=QueryState.OPEN)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    objects: ClassVar = QueryQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["response", "field_code"], condition=~Q(state=QueryState.CLOSED), name="one_query_at_a_cell"
            ),
            models.CheckConstraint(
                condition=Q(state=QueryState.CLOSED, closed_at__isnull=False)
                | (~Q(state=QueryState.CLOSED) & Q(closed_at__isnull=True)),
                name="closed_queries_say_when",
            ),
        ]
        indexes = [models.Index(fields=["response", "state"], name="query_response_state")]


class QueryMessage(models.Model):
    """One message of the thread. `proposal` is the value proposed, as a person would type it; "" for none."""

    query = models.ForeignKey(Query, on_delete=models.CASCADE, related_name="messages")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = WordsField(blank=True)
    proposal = WordsLine(max_length=500, blank=True)
    is_acceptance = models.BooleanField(default=False)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text="") | ~Q(proposal="") | Q(is_acceptance=True), name="query_messages_say_something"
            )
        ]


class Waiver(models.Model):
    """A blocking rule that both correspondents set aside for one response; listed in the release's methodology.

    Asked by one side, granted when the other agrees; it concerns the figures of `message` only.
    """

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="waivers")
    rule_code = models.CharField(max_length=80)
    message = models.TextField()
    reason = WordsField()
    caf_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    caf_at = models.DateTimeField(null=True)
    federation_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    federation_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["response_id", "rule_code"]
        constraints = [
            models.UniqueConstraint(fields=["response", "rule_code", "message"], name="one_waiver_per_finding"),
            models.CheckConstraint(condition=~Q(reason=""), name="waivers_say_why"),
            models.CheckConstraint(
                condition=Q(caf_by__isnull=True) | Q(federation_by__isnull=True) | ~Q(caf_by=models.F("federation_by")),
                name="waivers_take_two_people",
            ),
        ]

    @property
    def is_granted(self) -> bool:
        return self.caf_by_id is not None and self.federation_by_id is not None
