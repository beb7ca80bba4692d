"""Publications of a territory: composed, previewed page by page, commented, signed by both institutions, published."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from senacs.accounts.enums import Role, Side
from senacs.accounts.models import User
from senacs.accounts.permissions import has_role
from senacs.lib import clock
from senacs.observatory.releases.reader import latest_published
from senacs.publication.decks import files as deck_files
from senacs.publication.editions import agreements, composing, drafts, local_measures, shelf, signing
from senacs.publication.editions.shelf import name_of
from senacs.publication.models import Edition
from senacs.publication.permissions import editions_visible_to, sides_of, territories_composed_by
from senacs.territories.queries import get_territory
from senacs.web.copil.access import visible_edition
from senacs.web.copil.forms import ImageForm, NewEditionForm
from senacs.web.copil.plausible import plausibility_of
from senacs.web.incoming import Given, sent
from senacs.web.proof import fresh_proof_for
from senacs.web.refusals import refusals
from senacs.web.requests import signed_in

COVER = "Couverture"
# What the history of an edition says, by the name of its events.
EVENTS = {
    "submit": "soumise au comité",
    "sign-caf": "signée au titre de la Caf",
    "sign-federation": "signée au titre de la fédération",
    "sign": "signée des deux côtés",
    "return": "renvoyée à la rédaction",
    "publish": "publiée",
}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return _index(request, _new_form(signed_in(request)))


def _index(request: HttpRequest, form: NewEditionForm, status: int = 200) -> HttpResponse:
    found = (
        editions_visible_to(signed_in(request))
        .select_related("release__campaign", "group")
        .order_by("-updated_at", "-pk")
    )
    names = {e.pk: name_of(e) for e in found}
    rows = [(e, names[e.pk], composing.trame_of(e)) for e in found]
    context = {
        "rows": rows,
        "form": form,
        "release": latest_published(),
        "working": shelf.working_documents(signed_in(request)),
        "may_ask": has_role(signed_in(request), Role.COPIL),
    }
    return render(request, "copil/index.html", context, status=status)


def _new_form(user: User, data: object = None) -> NewEditionForm:
    mine = sorted(territories_composed_by(user))
    places = [(f"{level}:{code}", get_territory(level, code)) for level, code in mine]
    levels = {level for level, _ in mine}
    offered = [trame for trame in composing.trames().values() if levels & set(trame.levels)]
    return NewEditionForm(
        data,
        territories=[(key, place.name) for key, place in places if place],
        trames=[(trame.code, f"{trame.title} – {trame.subtitle}") for trame in offered],
    )


@require_safe
def working_document(request: HttpRequest, plaquette: int) -> FileResponse:
    """What was computed for a territory, for those who compose there: nobody has signed it."""
    mine = {found.pk: found for found, _ in shelf.working_documents(signed_in(request))}
    found = mine.get(plaquette)
    if found is None or not shelf.is_intact(found):
        raise Http404("Ce document de travail n’est pas de vos territoires, ou son fichier manque.")
    filename = f"senacs-{found.release.name}-{found.level}-{found.code}-document-de-travail.pdf"
    return FileResponse(shelf.file_of(found).open("rb"), content_type="application/pdf", filename=filename)


@require_POST
def create(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    form, release = _new_form(user, request.POST), latest_published()
    if not form.is_valid() or release is None:
        return _index(request, form, status=422)
    level, _, code = form.cleaned_data["territory"].partition(":")
    with refusals(request, form, "trame"):
        edition = composing.create_edition(
            release=release, level=level, code=code, trame=form.cleaned_data["trame"], by=user
        )
        return redirect("copil_edition", edition.pk)
    return _index(request, form, status=422)


@require_safe
def show(request: HttpRequest, edition: int) -> HttpResponse:
    """The blocks in order, what may be added, images, comments, signatures."""
    found = visible_edition(request, edition)
    trame, newer = composing.trame_of(found), composing.newer_release(found)
    sides = [Side(side) for side in sorted(sides_of(signed_in(request), found))]
    context = {
        "edition": found,
        "trame": trame,
        "name": name_of(found),
        "blocks": [block for own in found.content["blocks"] if (block := trame.block(own["code"]))],
        "fixed": drafts.FIRST | drafts.LAST,
        "written": {"chapitre", "editorial", "portrait"},
        "addable": drafts.missing_blocks(trame, found.content),
        "images": found.images.all(),
        "logos": set(found.content.get("logos", ())),
        "image_form": ImageForm(),
        "comments": found.comments.select_related("by", "settled_by"),
        "titles": {block.code: block.title or COVER for block in trame.blocks},
        "agreements": found.group.agreements.select_related("structure__commune") if found.group else [],
        "told": agreements.told(found.group) if found.group else "",
        "measure": local_measures.last_measure(found),
        "hidden": local_measures.hidden_count(found.figures),
        "too_few": agreements.too_few(found),
        "unready": agreements.unready(found),
        "is_left_out": agreements.left_out(found),
        "signatures": found.signatures.select_related("by"),
        "missing": signing.missing_sides(found),
        "plausibility": plausibility_of(found, signed_in(request)) if found.state in signing.SIGNABLE else None,
        "sides": sides,
        "seal": signing.seal_of(found) if sides and found.state in signing.SIGNABLE else "",
        "events": [
            (event, EVENTS.get(event.transition, event.transition)) for event in found.events.select_related("by")
        ],
        "files": [(name, made.label) for name, made in deck_files.FILES.items()],
        "newer": newer,
        "moved": composing.moved_blocks(found, newer) if newer and found.is_editable else [],
    }
    return render(request, "copil/edition.html", context)


@require_POST
def comment(request: HttpRequest, edition: int) -> HttpResponse:
    found = visible_edition(request, edition)
    with refusals(request):
        block, text = sent(request).text("block"), sent(request).text("text")
        composing.comment(edition=found, block=block, text=text, by=signed_in(request))
    return redirect("copil_edition", found.pk)


@require_POST
def settle(request: HttpRequest, edition: int, comment: int) -> HttpResponse:
    """A remark that was dealt with."""
    found = visible_edition(request, edition)
    composing.settle_comment(comment=get_object_or_404(found.comments, pk=comment), by=signed_in(request))
    return redirect(f"/copil/{found.pk}/#commentaires")


@require_safe
def preview(request: HttpRequest, edition: int) -> HttpResponse:
    """The pages as they will print."""
    found = visible_edition(request, edition)
    pages = composing.preview(found)
    return render(request, "copil/preview.html", {"edition": found, "pages": range(1, len(pages) + 1)})


@require_safe
def preview_page(request: HttpRequest, edition: int, page: int) -> FileResponse:
    pages = composing.preview(visible_edition(request, edition))
    if not 1 <= page <= len(pages):
        raise Http404
    return FileResponse(pages[page - 1].open("rb"), content_type="image/png")


@require_safe
def working_file(request: HttpRequest, edition: int, name: str) -> HttpResponse:
    """The slides, pictures and figures of an edition as it composes now, for a meeting before it is signed."""
    found, made = visible_edition(request, edition), deck_files.FILES.get(name)
    if made is None:
        raise Http404
    content = made.make(composing.compose_edition(found), clock.now())
    stem = name.removesuffix(f"-{made.ending}")
    filename = f"senacs-{found.level}-{found.code}-{stem}.{made.ending}"
    headers = {"Content-Disposition": content_disposition_header(made.ending != "pdf", filename) or ""}
    return HttpResponse(content, content_type=made.media_type, headers=headers)


@require_POST
@fresh_proof_for("signer-", "publier")
def act(request: HttpRequest, edition: int, act: str) -> HttpResponse:
    """Submit, sign for a side, return, publish, move to the newer release."""
    found = visible_edition(request, edition)
    with refusals(request):
        messages.success(request, _act(found, act, signed_in(request), sent(request)))
    return redirect("copil_edition", found.pk)


def _act(edition: Edition, act: str, user: User, given: Given) -> str:
    if act == "soumettre":
        signing.submit_edition(edition=edition, by=user)
        return "La publication est soumise au comité de pilotage."
    if act in {f"signer-{side.value}" for side in Side}:
        side = Side(act.removeprefix("signer-"))
        signing.sign_edition(edition=edition, side=side, by=user, seal=given.text("seal"))
        return f"Votre signature au titre de « {side.label} » est enregistrée."
    if act == "renvoyer":
        signing.return_edition(edition=edition, reason=given.text("reason"), by=user)
        return "La publication repart en rédaction."
    if act == "publier":
        signing.publish_edition(edition=edition, by=user)
        return "La publication est en ligne, à son adresse définitive."
    newer = composing.newer_release(edition)
    if act == "actualiser" and newer:
        composing.rebase_edition(edition=edition, release=newer, by=user)
        return f"Les chiffres viennent maintenant de la publication {newer.name}."
    raise Http404
