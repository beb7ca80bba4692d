"""« Lettres »: what did not arrive, why, and what can be sent again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from senacs.accounts.post_office import send_again
from senacs.letters.models import GONE, OutgoingLetter
from senacs.letters.queries import TROUBLED, letter_counts, troubled_letters
from senacs.web.national.access import campaign_manager
from senacs.web.refusals import refusals

MOST_SHOWN = 100


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    campaign_manager(request)
    letters = list(troubled_letters()[: MOST_SHOWN + 1])
    context = {
        "counts": [(state.label, count) for state, count in letter_counts().items()],
        "letters": [(letter, letter.state in TROUBLED, letter.state in GONE) for letter in letters[:MOST_SHOWN]],
        "more": len(letters) > MOST_SHOWN,
        "most": MOST_SHOWN,
    }
    return render(request, "national/letters.html", context)


@require_POST
def again(request: HttpRequest, letter: int) -> HttpResponse:
    user = campaign_manager(request)
    found = get_object_or_404(OutgoingLetter, pk=letter)
    with refusals(request):
        send_again(letter=found, by=user)
        messages.success(request, f"La lettre à {found.to} repart.")
    return redirect("national_letters")
