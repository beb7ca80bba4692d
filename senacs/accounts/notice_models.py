"""What people were told of others' acts, when, and how often each wants to be written to."""

from datetime import datetime
from typing import ClassVar

from django.db import models

from senacs.letters.models import OutgoingLetter
from senacs.lib import clock


class NoticePace(models.TextChoices):
    AT_ONCE = "aussitot", "Aussitôt, une lettre par acte"
    DAILY = "par_jour", "Une lettre par jour, le matin, s’il y a du nouveau"
    # Only by an objection to letters that was granted.
    ON_SITE = "site", "Aucune lettre : les avis se lisent sur le site"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def waiting(self) -> "NoticeQuerySet":
        """Those of the next digest."""
        return self.filter(letter__isnull=True, told_at__isnull=True)


class Notice(models.Model):
    """One act told to one person: by a letter of its own, or in the digest of the day.

    `letter` is the one that carried it, `told_at` when it was written; both empty until the digest. `key` names what a
    clock runs on (« approval-12 »): it starts when the letter has left.
    """

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="notices")
    at = models.DateTimeField(default=clock.now)
    subject = models.CharField("objet", max_length=300)
    page = models.CharField(max_length=300)
    key = models.CharField(max_length=60, blank=True)
    letter = models.ForeignKey(OutgoingLetter, on_delete=models.SET_NULL, null=True, related_name="notices")
    told_at = models.DateTimeField(null=True)

    objects: ClassVar = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["key"], name="notice_key", condition=~models.Q(key="")),
            models.Index(fields=["user", "told_at"], name="notice_user_told"),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def url(self) -> str:
        """Where the person goes on: an address of this site, made by the service that told."""
        return self.page

    @property
    def left_at(self) -> datetime | None:
        """When the server took the letter; for one that is kept no more, when it was written."""
        return self.told_at if self.letter is None else self.letter.sent_at
