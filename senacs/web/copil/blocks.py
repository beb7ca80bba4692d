"""The blocks of a publication: put in order, added, left out, written; its images."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from senacs.lib.refusals import Refused
from senacs.observatory.releases.reader import reader_for
from senacs.publication import richtext
from senacs.publication.editions import composing, drafts, images
from senacs.publication.editions.images import HEAVIEST
from senacs.publication.enums import ImageKind
from senacs.publication.models import Edition
from senacs.publication.trames import TrameBlock
from senacs.web.copil.access import visible_edition
from senacs.web.copil.forms import ImageForm
from senacs.web.incoming import Given, sent
from senacs.web.refusals import refusals
from senacs.web.requests import signed_in


@require_POST
def arrange(request: HttpRequest, edition: int) -> HttpResponse:
    """« haut », « bas », « retirer » or « ajouter » one block."""
    found = visible_edition(request, edition)
    trame, code = composing.trame_of(found), sent(request).text("block")
    moves = {
        "haut": lambda: drafts.move_block(trame, found.content, code, -1),
        "bas": lambda: drafts.move_block(trame, found.content, code, 1),
        "retirer": lambda: drafts.remove_block(trame, found.content, code),
        "ajouter": lambda: drafts.add_block(trame, found.content, code),
    }
    try:
        content = moves[sent(request).text("move")]()
    except (KeyError, ValueError) as error:
        raise Http404("Ce bloc ne peut pas être déplacé ainsi.") from error
    _keep(request, found, content)
    return redirect(f"/copil/{found.pk}/#bloc-{code}")


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, edition: int, code: str) -> HttpResponse:
    """The words of one block, its indicators, its drawings, its photo."""
    found = visible_edition(request, edition)
    block = composing.trame_of(found).block(code)
    own = drafts.entry(found.content, code)
    if block is None or own is None:
        raise Http404
    if request.method == "POST":
        content = drafts.write_block(found.content, code, _changes(block, sent(request)))
        if _keep(request, found, content):
            return redirect(f"/copil/{found.pk}/#bloc-{code}")
        # What was typed stays in the form, beside the reason why it is not kept.
        own = drafts.entry(content, code) or own
    return render(request, "copil/block.html", _context(found, block, own), status=_status(request))


def _status(request: HttpRequest) -> int:
    return 422 if request.method == "POST" else 200


def _changes(block: TrameBlock, data: Given) -> dict[str, object]:
    """What the form says; a text like the trame's is not kept, so that a better trame still serves."""
    changes: dict[str, object] = {}
    if "intro" in data:
        changes["intro"] = _own(data.text("intro"), block.intro)
    if block.kind == "portrait":
        changes |= {"text": _own(data.text("text"), ""), "image": data.number("image")}
    if block.kind == "editorial":
        given = {text.author: _own(data.text(f"texts-{text.author}"), text.text) for text in block.texts}
        changes["texts"] = {author: words for author, words in given.items() if words is not None} or None
    if block.kind == "chapitre":
        changes["figures"] = _picked(data.texts("figures")[:4], list(block.figures))
        changes["visuals"] = _picked(data.texts("visuals"), [visual.title for visual in block.visuals])
    return changes


def _own(written: str, proposed: str) -> str | None:
    # Too long a text comes back whole, with its length: see `editions.change_content`.
    cleaned = richtext.clean(written, longest=3 * len(written))
    return None if cleaned == proposed.strip() else cleaned


def _picked(chosen: list[str], proposed: list[str]) -> list[str] | None:
    return None if chosen == proposed else chosen


def _context(edition: Edition, block: TrameBlock, own: dict[str, Any]) -> dict[str, Any]:
    reader = reader_for(edition.release)
    figures = own.get("figures", list(block.figures))
    offered = [i for i in reader.indicators.values() if i.kind != "distribution" and i.theme == block.theme]
    named = {i.code for i in offered}
    offered += [reader.indicators[code] for code in figures if code in reader.indicators and code not in named]
    return {
        "edition": edition,
        "piece": block,  # Django keeps « block » for itself
        "intro": own.get("intro", block.intro),
        "text": own.get("text", ""),
        "texts": [(text.author, own.get("texts", {}).get(text.author, text.text)) for text in block.texts],
        "offered": offered if block.kind == "chapitre" else [],
        "figures": figures,
        "visuals": own.get("visuals", [visual.title for visual in block.visuals]),
        "photos": edition.images.filter(kind=ImageKind.PHOTO),
        "image": own.get("image"),
        "longest": richtext.LONGEST,
    }


def _keep(request: HttpRequest, edition: Edition, content: drafts.Content) -> bool:
    given = sent(request).number("revision")
    revision = edition.revision if given is None else given
    with refusals(request):
        composing.change_content(edition=edition, content=content, revision=revision, by=signed_in(request))
        return True
    return False


@require_POST
def upload(request: HttpRequest, edition: int) -> HttpResponse:
    found = visible_edition(request, edition)
    form = ImageForm(request.POST, request.FILES)
    with refusals(request):
        if not form.is_valid():
            raise Refused("Choisissez un fichier, sa nature, et décrivez l’image.")
        image = form.cleaned_data
        content = image["file"].read(HEAVIEST + 1)
        composing.add_image(
            edition=found,
            content=content,
            kind=ImageKind(image["kind"]),
            alt=image["alt"],
            credit=image["credit"],
            by=signed_in(request),
        )
        messages.success(request, "L’image est prête ; ses métadonnées ont été retirées.")
    return redirect(f"/copil/{found.pk}/#images")


@require_safe
@cache_control(private=True, max_age=86400, immutable=True)
def thumbnail(request: HttpRequest, edition: int, image: int) -> HttpResponse:
    """A picture small enough to choose by; an image never changes under its number."""
    found = get_object_or_404(visible_edition(request, edition).images, pk=image)
    path = Path(settings.MEDIA_ROOT) / found.path
    if not path.is_file():
        raise Http404("Le fichier de cette image manque.")
    return HttpResponse(images.thumbnail(path.read_bytes()), content_type=found.mime)


@require_POST
def logos(request: HttpRequest, edition: int) -> HttpResponse:
    """The logos of the cover."""
    found = visible_edition(request, edition)
    mine = found.images.filter(kind=ImageKind.LOGO, pk__in=sent(request).numbers("logo"))
    _keep(request, found, {**found.content, "logos": [image.pk for image in mine]})
    return redirect(f"/copil/{found.pk}/#images")
