"""« Lettres »: what did not arrive, why, and what can be sent again."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from senacs.accounts.post_office import send_again
from senacs.letters.models import GONE, OutgoingLetter
from senacs.letters.previews import letter_model, letter_models, send_test
from senacs.letters.queries import TROUBLED, letter_counts, troubled_letters
from senacs.web.national.access import campaign_manager
from senacs.web.refusals import refusals

MOST_SHOWN = 100


@require_safe
def models(request: HttpRequest) -> HttpResponse:
    """Every letter that the site writes, and what is not right in one."""
    campaign_manager(request)
    return render(request, "national/letter_models.html", {"models": letter_models()})


@require_http_methods(["GET", "HEAD", "POST"])
def model(request: HttpRequest, letter_key: str) -> HttpResponse:
    """One letter as it arrives; sent to whoever asks, and to nobody else."""
    user, found = campaign_manager(request), letter_model(letter_key)
    if found is None:
        raise Http404
    if request.method == "POST":
        send_test(found, to=user.email)
        messages.success(request, f"La lettre d’essai part à {user.email}.")
        return redirect("national_letter_model", found.key)
    return render(request, "national/letter_model.html", {"model": found, "letter": found.preview()})


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
