"""A structure answers the few questions of its Copil, or of a flash enquiry."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from senacs.enquiries.models import Enquiry
from senacs.enquiries.permissions import structures_asked
from senacs.enquiries.results import own_answers
from senacs.enquiries.services import answer_enquiry
from senacs.web.enquiries.access import own_structure
from senacs.web.enquiries.forms import AnswerForm
from senacs.web.refusals import refusals
from senacs.web.requests import signed_in


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, enquiry: int, structure: int) -> HttpResponse:
    """What it answered stays readable to it after the end; agreed enquiries only."""
    own = own_structure(request, structure)
    agreed = Enquiry.objects.standing().filter(agreed_at__isnull=False).select_related("departement")
    found = get_object_or_404(agreed, pk=enquiry)
    get_object_or_404(structures_asked(found), pk=own.pk)
    form = AnswerForm(request.POST or None, enquiry=found, given=own_answers(found, own.pk))
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            answer_enquiry(enquiry=found, structure=own, values=form.values(), by=signed_in(request))
            messages.success(request, "Vos réponses sont enregistrées. Vous pouvez les changer jusqu’au dernier jour.")
            return redirect("enquiry_answer", found.pk, own.pk)
    context = {"enquiry": found, "structure": own, "form": form}
    return render(request, "enquiries/answer.html", context, status=422 if form.errors else 200)
