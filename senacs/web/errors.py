"""What is shown when a request cannot be read at all."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Too much sent at once, or not in the form that a browser gives it."""
    return render(request, "400.html", status=400)
