"""The fiche synthétique on screen and on paper: for the structure, and for those to whom it gave a link."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from senacs.collection.models import Response
from senacs.publication.fiches import sharing
from senacs.publication.fiches.services import read_fiche, read_shared_fiche, render_fiche
from senacs.publication.models import FicheText, ShareLink
from senacs.structures.models import Structure
from senacs.web.incoming import sent
from senacs.web.refusals import refusals
from senacs.web.requests import signed_in
from senacs.web.structure.access import own_response

SHOWN_ONCE = "fiche_link"  # in the session: the address of a link just made


@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The fiche, its own text to write, its links."""
    response = own_response(request, pk, with_answers=False)
    structure = _whole(response.structure_id)
    context = {
        "response": response,
        "fiche": read_fiche(structure, by=signed_in(request)),
        "text": FicheText.objects.filter(structure=structure).first(),
        "longest": sharing.LONGEST_TEXT,
        "links": ShareLink.objects.filter(structure=structure).prefetch_related("visits"),
        "new_link": request.session.pop(SHOWN_ONCE, ""),
    }
    return render(request, "structure/fiche.html", context)


@require_safe
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    response = own_response(request, pk, with_answers=False)
    structure = _whole(response.structure_id)
    return _pdf(structure, read_fiche(structure, by=signed_in(request)))


@require_POST
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """The structure's own text."""
    response = own_response(request, pk, with_answers=False)
    with refusals(request):
        sharing.write_fiche_text(structure=response.structure, text=sent(request).text("text"), by=signed_in(request))
        messages.success(request, "Votre texte est enregistré.")
    return redirect(f"{reverse('fiche', args=[response.pk])}#texte")


@require_POST
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """A new link, shown once on the page that follows."""
    response = own_response(request, pk, with_answers=False)
    with refusals(request):
        _, token = sharing.create_share_link(
            structure=response.structure, purpose=sent(request).text("purpose"), by=signed_in(request)
        )
        request.session[SHOWN_ONCE] = request.build_absolute_uri(reverse("shared_fiche", args=[token]))
    return redirect(f"{reverse('fiche', args=[response.pk])}#liens")


@require_POST
def revoke(request: HttpRequest, pk: int, link: int) -> HttpResponse:
    response: Response = own_response(request, pk, with_answers=False)
    found = get_object_or_404(ShareLink, pk=link, structure=response.structure_id)
    sharing.revoke_share_link(link=found, by=signed_in(request))
    messages.success(request, "Le lien ne mène plus à rien.")
    return redirect(f"{reverse('fiche', args=[response.pk])}#liens")


@login_not_required
@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """What a link shows: the fiche alone. Each reading is logged for the structure."""
    link = _open(token)
    context = {"fiche": read_shared_fiche(link, is_pdf=False), "token": token}
    return _discreet(render(request, "structure/shared_fiche.html", context))


@login_not_required
@require_safe
def shared_paper(request: HttpRequest, token: str) -> HttpResponse:
    link = _open(token)
    return _discreet(_pdf(link.structure, read_shared_fiche(link, is_pdf=True)))


def _open(token: str) -> ShareLink:
    link = sharing.open_link(token)
    if link is None:
        raise Http404("Ce lien n’existe pas, ou la structure l’a révoqué.")
    return link


def _whole(pk: int) -> Structure:
    related = ("commune", "departement", "gestionnaire", "caf", "federation")
    return get_object_or_404(Structure.objects.select_related(*related), pk=pk)


def _pdf(structure: Structure, fiche: Mapping[str, Any]) -> HttpResponse:
    response = HttpResponse(render_fiche(fiche), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="fiche-senacs-{structure.code}.pdf"'
    return response


def _discreet(response: HttpResponse) -> HttpResponse:
    """A secret address is neither indexed, nor kept, nor told to the next site."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, no-store"
    return response
