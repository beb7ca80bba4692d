"""What is shown when a request cannot be read, is too heavy, or when the database cannot answer."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import render

AWAY = (
    "La base de données ne répond pas. Ce n’est pas de votre fait. Ce qui était marqué « enregistré » l’est toujours ; "
    "réessayez dans une minute."
)
GONE = "Cette page ne peut pas être donnée en ce moment"
RETRY_AFTER = "30"  # seconds


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Too much sent at once, or not in the form that a browser gives it."""
    return render(request, "400.html", status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django calls it while the exception is being handled: what is nobody's mistake gets its own sentence."""
    error = sys.exc_info()[1]
    if is_database_away(error):
        return database_away(request)
    if isinstance(error, UnreadablePostError):
        return bad_request(request)
    return render(request, "500.html", status=500)


def is_database_away(error: BaseException | None) -> bool:
    """Whether the database did not answer; a table or a column that is missing is a fault of the installation."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    return not str(error).startswith(("no such", "near "))  # SQLite's words for a wrong query


def database_away(request: HttpRequest) -> HttpResponse:
    if expects_json(request):
        response: HttpResponse = JsonResponse({"detail": AWAY, "erreurs": []}, status=503)
    else:
        response = render(request, "503.html", {"sentence": AWAY, "title": ""}, status=503)
    response.headers["Retry-After"] = RETRY_AFTER
    response.headers["Cache-Control"] = "no-store"
    return response


def kept_lost(request: HttpRequest, error: Exception) -> HttpResponse:
    """The same page as for a database that is away: nobody's mistake, and it may come back. `error` is a sentence."""
    sentence = f"{error} Les personnes qui tiennent le site en sont averties ; le reste du site fonctionne."
    if expects_json(request):
        return JsonResponse({"detail": sentence, "erreurs": []}, status=503)
    return render(request, "503.html", {"sentence": sentence, "title": GONE}, status=503)


def too_heavy(request: HttpRequest, sentence: str) -> HttpResponse:
    if expects_json(request):
        return JsonResponse({"detail": sentence, "erreurs": []}, status=413)
    return render(request, "413.html", {"sentence": sentence}, status=413)


def expects_json(request: HttpRequest) -> bool:
    """A script or a machine, not a page that somebody reads."""
    return request.path.startswith("/api/") or "text/html" not in request.headers.get("Accept", "text/html")
