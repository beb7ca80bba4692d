"""The guide: its chapters, the search, its pictures, the whole of it to print."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from senacs.accounts.permissions import can_train
from senacs.web.guide.chapters import BY_NAME, CHAPTERS, IMAGES
from senacs.web.guide.frequent import answered_questions, roles_of
from senacs.web.guide.printing import guide_pdf
from senacs.web.guide.searching import search
from senacs.web.incoming import LONGEST_SEARCH, asked


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Those of the reader's roles first."""
    roles = roles_of(request.user)
    words = asked(request).text("q", longest=LONGEST_SEARCH)
    mine = [chapter for chapter in CHAPTERS if chapter.roles & roles]
    answered = answered_questions(request.user)
    context = {
        "mine": mine,
        "others": [chapter for chapter in CHAPTERS if chapter not in mine],
        "answered": answered,
        "may_train": can_train(request.user),
        "words": words,
        "found": search(words, answered, frozenset(chapter.name for chapter in mine)),
    }
    return render(request, "guide/index.html", context)


@login_not_required
@require_safe
def chapter(request: HttpRequest, name: str) -> HttpResponse:
    found = BY_NAME.get(name)
    if found is None:
        raise Http404("Ce chapitre n’existe pas.")
    return render(request, "guide/chapter.html", {"chapter": found, "chapters": CHAPTERS})


@login_not_required
@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponse:
    path = IMAGES / f"{name}.png"
    if path.parent != IMAGES or not path.is_file():
        raise Http404
    return HttpResponse(path.read_bytes(), content_type="image/png", headers={"Cache-Control": "public, max-age=3600"})


@login_not_required
@require_safe
def printed(request: HttpRequest) -> HttpResponse:
    name = 'attachment; filename="guide-senacs.pdf"'
    content = guide_pdf(answered_questions(request.user))
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": name})
