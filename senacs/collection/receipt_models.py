"""What stays of each sending, and what the people of a structure tell each other while they prepare it."""

import zlib

from django.db import models

from senacs.accounts.models import User


class Receipt(models.Model):
    """One sending: the PDF that left, byte for byte, and the checksums that its letter quotes. Append-only.

    The file is kept and not made again: another version of a font or of a template would give other bytes, and the
    checksum that the structure holds would prove nothing.
    """

    response = models.ForeignKey("collection.Response", on_delete=models.CASCADE, related_name="receipts")
    number = models.PositiveIntegerField("envoi")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answers_checksum = models.CharField("empreinte des réponses", max_length=64)
    pdf_checksum = models.CharField("empreinte du PDF", max_length=64)
    compressed = models.BinaryField("PDF, comprimé")

    class Meta:
        ordering = ["response_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["response", "number"], name="one_receipt_per_sending"),
        ]

    def __str__(self) -> str:
        return f"{self.response_id}, envoi {self.number}"

    @property
    def pdf(self) -> bytes:
        return zlib.decompress(self.compressed)


class ReadyDocument(models.Model):
    """A document of the preparation that somebody of the structure has at hand: their colleague sees it too."""

    response = models.ForeignKey("collection.Response", on_delete=models.CASCADE, related_name="ready_documents")
    section = models.CharField("rubrique", max_length=80)
    document = models.CharField(max_length=300)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["response_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["response", "section", "document"], name="one_tick_per_document"),
        ]

    def __str__(self) -> str:
        return self.document
