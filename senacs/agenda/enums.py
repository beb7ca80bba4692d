"""Whom a reminder is for, by how far the entry is."""

from django.db import models


class ReminderAudience(models.TextChoices):
    EVERYONE = "toutes", "Toutes celles qui n’ont pas envoyé"
    UNTOUCHED = "non_commencee", "Saisie non commencée"
    BEGUN = "commencee", "Saisie commencée"
    ONE_LEFT = "une_rubrique", "Une seule rubrique à finir"
    RETURNED = "retournee", "Réponse retournée, à corriger"
