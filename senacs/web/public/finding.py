"""The page of the one search, and the glossary that it leads to."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from senacs.observatory.releases.reader import latest_published, reader_for
from senacs.web.incoming import LONGEST_SEARCH, asked
from senacs.web.public.glossary import glossary
from senacs.web.public.search import search_site


@login_not_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """A single place opens at once; anything else is a choice."""
    query = asked(request).text("q", longest=LONGEST_SEARCH).strip()
    release = latest_published()
    found = search_site(query, reader_for(release) if release else None) if query else None
    if found is not None and found.only_place:
        return redirect(found.only_place)
    return render(request, "public/search.html", {"query": query, "found": found, "release": release})


@login_not_required
@require_safe
def glossary_page(request: HttpRequest) -> HttpResponse:
    return render(request, "public/glossary.html", {"words": glossary()})
