"""Who calls the API, how often, and what is said in French when it cannot answer."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError
from ninja.parser import Parser
from ninja.security import HttpBearer
from ninja.throttling import BaseThrottle

from senacs.campaigns.queries import current_campaign
from senacs.collection.models import ApiToken, Response
from senacs.collection.readings import read_by_software
from senacs.collection.tokens import count_call, recognise
from senacs.lib import clock
from senacs.lib.json_bodies import RepeatedKey, read_json
from senacs.lib.refusals import Refused


class TokenAuth(HttpBearer):
    """`Authorization: Bearer senacs_…`"""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        return recognise(token.strip())


class StrictParser(Parser):
    """JSON in which an object says each thing once."""

    def parse_body(self, request: HttpRequest) -> dict[str, object]:
        body: dict[str, object] = read_json(request.body)
        return body


class PerMinute(BaseThrottle):
    """So many calls a minute for each token, whatever the number of server processes."""

    def __init__(self, calls: int) -> None:
        self.calls = calls

    def allow_request(self, request: HttpRequest) -> bool:
        return count_call(token_of(request), most=self.calls)

    def wait(self) -> float:
        return 60 - clock.now().timestamp() % 60


def token_of(request: HttpRequest) -> ApiToken:
    token = getattr(request, "auth", None)
    if not isinstance(token, ApiToken):
        raise TypeError("an operation without token asked which one called it")
    return token


def response_of(request: HttpRequest) -> Response:
    """The response of the token's structure to the campaign at work."""
    campaign = current_campaign()
    response = read_by_software(token_of(request), campaign) if campaign else None
    if response is None:
        raise HttpError(404, "Cette structure n’est invitée à aucune campagne en cours.")
    return response


_REASONS = {
    "missing": "manque",
    "json_invalid": "JSON illisible",
    "dict_type": "un objet est attendu",
    "too_long": "trop d’éléments",
    "too_short": "vide",
    "string_too_long": "texte trop long",
    "string_too_short": "texte vide",
    "string_unicode": "texte illisible",
}


def speak_french(api: NinjaAPI) -> None:
    """Every error as {"detail": French text, "erreurs": [places]}."""

    def answer(request: HttpRequest, status: int, detail: str, errors: list[str] | None = None) -> HttpResponse:
        return api.create_response(request, {"detail": detail, "erreurs": errors or []}, status=status)

    def no_token(request: HttpRequest, error: Any) -> HttpResponse:
        reply = answer(request, 401, "Jeton absent, inconnu, expiré ou retiré : « Authorization: Bearer senacs_… ».")
        reply.headers["WWW-Authenticate"] = "Bearer"
        return reply

    def throttled(request: HttpRequest, error: Any) -> HttpResponse:
        return answer(request, 429, "Trop d’appels en une minute : attendez un peu.")

    def invalid(request: HttpRequest, error: Any) -> HttpResponse:
        found = error.errors if isinstance(error, ValidationError) else []
        return answer(request, 422, "L’envoi n’a pas la forme attendue.", list(dict.fromkeys(map(_place, found))))

    def refused(request: HttpRequest, error: Any) -> HttpResponse:
        return answer(request, 409, error.message, error.details)

    def http(request: HttpRequest, error: Any) -> HttpResponse:
        if isinstance(error.__cause__, RepeatedKey):
            return answer(request, 400, f"« {str(error.__cause__)[:80]} » y figure deux fois : laquelle est la bonne ?")
        if error.status_code == 400:
            return answer(request, 400, "Le corps de l’envoi n’est pas du JSON lisible.")
        return answer(request, error.status_code, error.message)

    def absent(request: HttpRequest, error: Any) -> HttpResponse:
        return answer(request, 404, "Rien à cette adresse.")

    def too_big(request: HttpRequest, error: Any) -> HttpResponse:
        return answer(request, 413, "Envoi trop volumineux : 5 Mo au plus.")

    api.add_exception_handler(AuthenticationError, no_token)
    api.add_exception_handler(Throttled, throttled)
    api.add_exception_handler(ValidationError, invalid)
    api.add_exception_handler(Refused, refused)
    api.add_exception_handler(HttpError, http)
    api.add_exception_handler(Http404, absent)
    api.add_exception_handler(RequestDataTooBig, too_big)


def _place(error: dict[str, Any]) -> str:
    """« valeurs › clas : texte trop long »; the names of our own Python parameters say nothing to the caller."""
    path = [str(part) for part in error.get("loc", ()) if part not in {"body", "envoi"}]
    reason = _REASONS.get(str(error.get("type", "")), "nombre, texte, vrai ou faux, ou liste de textes attendu")
    return f"{' › '.join(path[:2]) or 'envoi'} : {reason}"
