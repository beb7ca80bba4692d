"""The outbox: letters written with the act that they tell, and what became of each."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from senacs.letters.enums import LetterState
from senacs.lib import clock

# What bodies are sealed for (lib.sealing).
SEALED_FOR = "senacs.letters.sealing"

# The server took it, whatever became of it afterwards.
GONE = (LetterState.SENT, LetterState.BOUNCED)


class OutgoingLetter(models.Model):
    """One letter to one address. Changed through `letters.states.apply` only.

    `sealed_body` may carry one-time keys: nothing without the key of the installation, and emptied once it is sent.
    """

    to = models.EmailField("destinataire", max_length=320)
    subject = models.CharField("objet", max_length=300)
    sealed_body = models.TextField(blank=True)
    state = models.CharField("état", max_length=12, choices=LetterState.choices, default=LetterState.WAITING)
    written_at = models.DateTimeField("écrite le", default=clock.now)
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    next_at = models.DateTimeField("prochain essai", default=clock.now)
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField("envoyée le", null=True)
    # What the server, or the connection to it, said last.
    answer = models.CharField("réponse", max_length=300, blank=True)

    objects: ClassVar = models.Manager()

    class Meta:
        ordering = ["-written_at", "-id"]
        indexes = [
            models.Index(fields=["state", "next_at"], name="letter_state_next"),
            models.Index(fields=["to"], name="letter_to"),
        ]
        constraints = [
            models.CheckConstraint(
                name="sent_letters_say_when",
                violation_error_message="Une lettre envoyée dit quand, et ne garde pas son texte.",
                condition=Q(state__in=GONE, sent_at__isnull=False, sealed_body="")
                | ~Q(state__in=GONE) & Q(sent_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} ({self.to})"
