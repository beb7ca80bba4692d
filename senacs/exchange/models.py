"""Exchanges around the survey: questions of comprehension (charte 2.1)."""

from django.db import models

from senacs.accounts.models import User
from senacs.accounts.words import WordsField
from senacs.campaigns.models import Campaign
from senacs.structures.models import Structure


class ComprehensionQuestion(models.Model):
    """« Cette question n'est pas claire »: asked by a structure at a field.

    A correspondent answers that structure; once passed on (`escalated_at`), the comité technique answers everyone.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="comprehension_questions")
    field_code = models.CharField(max_length=80)
    structure = models.ForeignKey(Structure, on_delete=models.CASCADE, related_name="comprehension_questions")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    text = WordsField("question")
    escalated_at = models.DateTimeField("transmise au comité technique le", null=True)
    answer = WordsField("réponse", blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return self.text[:60]
