"""Texts kept though they look nominative, and why: for the correspondents of their authors, and the national team."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from senacs.accounts.kept_words import kept_words_seen_by, text_of
from senacs.web.agenda.access import words_reader
from senacs.web.incoming import asked

PAGE = 50


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    user = words_reader(request)
    page = Paginator(kept_words_seen_by(user), PAGE).get_page(asked(request).page())
    kept = [(each, text_of(each)) for each in page.object_list]
    return render(request, "agenda/kept_words.html", {"page": page, "kept": kept})
