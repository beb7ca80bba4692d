"""A text that seems to designate a person: one page asks for another text or a reason, whatever form it came from."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from senacs.accounts.words import NamesSomeone, looks_nominative, said_by
from senacs.web.errors import expects_json
from senacs.web.incoming import sent
from senacs.web.requests import signed_in

# Named so that no form of ours has a field called the same.
REASON = "pourquoi-ce-n-est-personne"
LONGEST = 2000
NOT_SENT_AGAIN = frozenset({REASON, "csrfmiddlewaretoken"})

GetResponse = Callable[[HttpRequest], HttpResponse]


class WordsMiddleware:
    """What a signed-in person writes is theirs; a text that names somebody comes back with what to do about it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in {"GET", "HEAD"} or not request.user.is_authenticated:
            return self.get_response(request)
        with said_by(signed_in(request), lambda: sent(request).text(REASON, longest=LONGEST)):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, NamesSomeone):
            return None
        if expects_json(request):
            return JsonResponse({"detail": str(exception), "erreurs": []}, status=422)
        return _ask(request, exception)


def _ask(request: HttpRequest, refusal: NamesSomeone) -> HttpResponse:
    """The form that was sent, as it was: its texts that name somebody may be changed here, the rest is carried."""
    form = sent(request)
    pairs = [(name, text) for name in form if name not in NOT_SENT_AGAIN for text in form.texts(name)]
    page = {
        "sentence": str(refusal),
        "texts": [pair for pair in pairs if looks_nominative(pair[1])],
        "carried": [pair for pair in pairs if not looks_nominative(pair[1])],
        "reason_name": REASON,
        "reason": form.text(REASON, longest=LONGEST),
        # A file is not sent twice by a page: whoever joined one goes back and changes the text there.
        "is_sent_again": bool(pairs) and not request.FILES,
    }
    return render(request, "site/names_someone.html", page, status=422)
