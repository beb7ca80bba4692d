"""One JSON row and the rows of its history, as plainly as Django stores them."""

from django.db import models


class Document(models.Model):
    values = models.JSONField(default=dict)


class Line(models.Model):
    document = models.ForeignKey(Document, on_delete=models.CASCADE)
    code = models.CharField(max_length=80)
    before = models.IntegerField(null=True)
    after = models.IntegerField(null=True)
    at = models.DateTimeField(auto_now_add=True)
