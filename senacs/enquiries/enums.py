"""What a question of an enquiry asks for, and what is done with an enquiry."""

from django.db.models import TextChoices


class Answering(TextChoices):
    """No free text: what somebody writes freely cannot be aggregated, and may name somebody."""

    YES_NO = "oui_non", "Oui ou non"
    CHOICE = "choix", "Un choix dans une liste"
    NUMBER = "nombre", "Un nombre"


class EnquiryStep(TextChoices):
    PROPOSED = "proposee", "Questions proposées"
    AGREED = "acceptee", "Questions acceptées"
    WITHDRAWN = "retiree", "Questions retirées"
