"""« Le secret de mes chiffres »: the responsable gives up the secrecy of the own figures of a structure, or not."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from senacs.observatory.answers.waivers import is_settled, standing_waiver, waive_secrecy, waivers_of, withdraw_waiver
from senacs.observatory.permissions import can_waive_secrecy
from senacs.web.incoming import sent
from senacs.web.refusals import refusals
from senacs.web.requests import signed_in
from senacs.web.structure.access import own_response


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, pk: int) -> HttpResponse:
    response, user = own_response(request, pk, with_answers=False), signed_in(request)
    campaign, structure = response.campaign, response.structure
    if request.method == "POST":
        with refusals(request):
            if sent(request).text("action") == "renoncer":
                waive_secrecy(campaign=campaign, structure=structure, by=user)
                messages.success(
                    request, "C’est noté : les chiffres de votre structure ne sont plus masqués pour elle."
                )
            else:
                withdraw_waiver(campaign=campaign, structure=structure, by=user)
                messages.success(request, "C’est noté : vos chiffres sont protégés comme ceux des autres.")
        return redirect("saisie_secrecy", response.pk)
    context = {
        "response": response,
        "waiver": standing_waiver(campaign, structure),
        "is_settled": is_settled(campaign),
        "may_choose": can_waive_secrecy(user, structure),
        "history": waivers_of(structure),
    }
    return render(request, "structure/secrecy.html", context)
