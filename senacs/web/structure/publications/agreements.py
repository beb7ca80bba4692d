"""« Accords demandés »: local plaquettes that ask a structure to appear, and its answer, changed until publication."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from senacs.accounts.permissions import can_agree
from senacs.publication.editions.agreements import agreements_asked_of, answer_agreement
from senacs.publication.enums import AgreementState, EditionState
from senacs.publication.models import Agreement
from senacs.web.incoming import sent
from senacs.web.refusals import refusals
from senacs.web.requests import signed_in

# What the form sends: the transition, and whether the figures may be shown by name.
ANSWERS = {"non": ("decline", False), "ensemble": ("accept", False), "nom": ("accept", True)}


@dataclass(frozen=True, slots=True)
class AskedAgreement:
    agreement: Agreement
    may_answer: bool

    @property
    def is_closed(self) -> bool:
        return self.agreement.group.edition.state == EditionState.PUBLISHED

    @property
    def answer(self) -> str:
        """The value of the form that stands for the answer given; none yet: nothing is chosen beforehand."""
        if self.agreement.state == AgreementState.ACCEPTED:
            return "nom" if self.agreement.is_named else "ensemble"
        return "non" if self.agreement.state == AgreementState.DECLINED else ""


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    asked = [AskedAgreement(found, can_agree(user, found.structure)) for found in agreements_asked_of(user)]
    return render(request, "structure/agreements.html", {"asked": asked})


@require_POST
def answer(request: HttpRequest, agreement: int) -> HttpResponse:
    user = signed_in(request)
    found = next((a for a in agreements_asked_of(user) if a.pk == agreement), None)
    if found is None:
        raise Http404
    chosen = ANSWERS.get(sent(request).text("reponse"))
    if chosen is None:
        messages.error(request, "Choisissez une réponse.")
        return redirect("saisie_agreements")
    name, is_named = chosen
    with refusals(request):
        if not (name == "decline" and found.state == AgreementState.DECLINED):
            answer_agreement(agreement=found, name=name, is_named=is_named, by=user)
        messages.success(request, "Votre réponse est enregistrée. Vous pouvez la changer jusqu’à la publication.")
    return redirect("saisie_agreements")
