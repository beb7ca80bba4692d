"""Published plaquettes and notes: their list and archive, the web twin of each, its PDF at a permanent address."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from senacs.publication.decks import files as deck_files
from senacs.publication.editions import signing
from senacs.publication.editions.shelf import newest_version
from senacs.publication.models import Edition

# What is read first; the rest opens at a click, from the contents or by what a search finds.
OPEN = frozenset({"editorial", "chiffres_cles", "analyse", "phrases", "portrait"})


@login_not_required
@require_safe
def edition(request: HttpRequest, slug: str) -> HttpResponse:
    """The document as it was published, on screen."""
    found = _published(slug)
    document = signing.read_document(slug)
    newest = newest_version(found)
    context = {
        "edition": found,
        "document": {**document, "blocks": [_shown(block) for block in document["blocks"]]},
        "newest": newest if newest != found else None,
        "files": [(name, deck_files.FILES[name].label) for name in deck_files.present_files(signing.deck_folder(slug))],
    }
    return render(request, "public/edition.html", context)


@login_not_required
@require_safe
def edition_pdf(request: HttpRequest, slug: str) -> FileResponse:
    found = _published(slug)
    if not signing.is_intact(found):
        raise Http404("Le fichier de cette publication manque, ou n’est plus celui qui a été signé.")
    return FileResponse(
        signing.pdf_path(slug).open("rb"), content_type="application/pdf", filename=f"senacs-{slug}.pdf"
    )


@login_not_required
@require_safe
def edition_file(request: HttpRequest, slug: str, name: str) -> FileResponse:
    """Slides, pictures, figures of the drawings: made with the edition."""
    found, made = _published(slug), deck_files.FILES.get(name)
    path = signing.deck_folder(slug) / f"{name}.{made.ending}" if made else None
    if made is None or path is None or not path.is_file():
        raise Http404("Ce fichier n’a pas été fait avec cette publication.")
    stem = name.removesuffix(f"-{made.ending}")
    return FileResponse(
        path.open("rb"),
        content_type=made.media_type,
        filename=f"senacs-{found.slug}-{stem}.{made.ending}",
        as_attachment=made.ending != "pdf",
    )


def _published(slug: str) -> Edition:
    return get_object_or_404(Edition.objects.published().select_related("release__campaign"), slug=slug)


def _shown(block: dict[str, Any]) -> dict[str, Any]:
    """A block with its tables under one key, so that one template shows them all; the annex repeats the drawings."""
    tables = [{"title": group["title"], "headers": block.get("headers"), **group} for group in block.get("groups", ())]
    tables += block.get("tables", ())
    tables += [
        {"title": block["title"], **block[key]} for key in ("table", "rates") if isinstance(block.get(key), dict)
    ]
    shown = [table for table in tables if table["rows"]]
    return {**block, "shown_tables": shown, "is_open": block["kind"] in OPEN}
