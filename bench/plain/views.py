"""A bare save of twenty fields, and the cycle of a plain form: page, save, next page."""

import json
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template import engines
from django.views.decorators.csrf import csrf_exempt

from bench.plain.models import Document, Line

CODES = [f"champ_{number}" for number in range(20)]
TwentyFields = type(
    "TwentyFields",
    (forms.Form,),
    {code: forms.IntegerField(label=f"Question {code}", min_value=0, required=False) for code in CODES},
)
PAGE = """<!DOCTYPE html><html lang="fr"><body><form method="post">{% csrf_token %}{{ form.as_div }}
<button>Continuer</button></form></body></html>"""


def _write(pk: int, cleaned: dict[str, Any]) -> None:
    """One row updated, five of history inserted."""
    with transaction.atomic():
        document = Document.objects.select_for_update().get(pk=pk)
        before = document.values
        document.values = {**before, **cleaned}
        document.save(update_fields=["values"])
        Line.objects.bulk_create(
            Line(document=document, code=code, before=before.get(code), after=cleaned[code]) for code in CODES[:5]
        )


@login_not_required
@csrf_exempt
def save(request: HttpRequest, pk: int) -> JsonResponse:
    form = TwentyFields(json.loads(request.body))
    if not form.is_valid():
        return JsonResponse(form.errors, status=400)
    _write(pk, form.cleaned_data)
    return JsonResponse({"saved": len(CODES)})


def page(request: HttpRequest, pk: int) -> HttpResponse:
    form = TwentyFields(request.POST or None, initial=Document.objects.get(pk=pk).values)
    if request.method == "POST" and form.is_valid():
        _write(pk, form.cleaned_data)
        return redirect(f"/plain/{pk}/page/")
    return HttpResponse(engines["django"].from_string(PAGE).render({"form": form}, request))
