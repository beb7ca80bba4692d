"""The mandates that one manages, searched and filtered; their confirmation, once a year."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from senacs.accounts.desks import SOON
from senacs.accounts.enums import CORRESPONDENT_ROLES, STRUCTURE_ROLES, Role
from senacs.accounts.mandates import mandates_managed_by
from senacs.accounts.models import Mandate
from senacs.accounts.yearly import mandates_to_reaffirm, reaffirm_mandates
from senacs.lib import clock
from senacs.lib.french import plural
from senacs.territories.models import Departement
from senacs.web.incoming import asked, query_without_page, sent
from senacs.web.mandates.access import mandator
from senacs.web.refusals import refusals

PAGE = 50
# Confirmed at once; the next ones come after.
MOST_CONFIRMED = 100
_ROLES = [role for role in Role if role in STRUCTURE_ROLES | CORRESPONDENT_ROLES | {Role.COPIL, Role.REGIONAL}]


class SearchForm(forms.Form):
    words = forms.CharField(label="Nom, courriel ou structure", max_length=100, required=False)
    role = forms.ChoiceField(
        label="Rôle", choices=[("", "Tous"), *((role.value, role.label) for role in _ROLES)], required=False
    )
    departement = forms.ModelChoiceField(
        Departement.objects.order_by("code"), label="Département", required=False, empty_label="Tous"
    )
    state = forms.ChoiceField(
        label="État",
        choices=[("", "Tous"), ("ending", "Se termine dans deux mois"), ("unsaid", "À confirmer pour l’année")],
        required=False,
    )

    def narrow(self, found: QuerySet[Mandate], unsaid: QuerySet[Mandate]) -> QuerySet[Mandate]:
        """`found` under what is asked; `unsaid` are those that wait for their yearly confirmation."""
        given = self.cleaned_data if self.is_valid() else {}
        for word in given.get("words", "").split():
            found = found.filter(
                Q(user__first_name__icontains=word)
                | Q(user__last_name__icontains=word)
                | Q(user__email__icontains=word)
                | Q(structure__search_name__icontains=word)
                | Q(structure__code__iexact=word)
            )
        if given.get("role"):
            found = found.filter(role=given["role"])
        if place := given.get("departement"):
            own = Q(structure__departement=place) | Q(departement=place) | Q(region__departements=place)
            found = found.filter(own | Q(caf__departements=place) | Q(federation__departements=place)).distinct()
        if given.get("state") == "ending":
            found = found.filter(ends_on__lte=clock.today() + SOON)
        if given.get("state") == "unsaid":
            found = found.filter(pk__in=unsaid.values("pk"))
        return found


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    user = mandator(request)
    form = SearchForm(request.GET or None)
    found = form.narrow(mandates_managed_by(user), mandates_to_reaffirm(user))
    page = Paginator(found.order_by("user__last_name", "user__email", "pk"), PAGE).get_page(asked(request).page())
    context = {"form": form, "page": page, "parameters": query_without_page(request)}
    return render(request, "mandates/search.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def reaffirm(request: HttpRequest) -> HttpResponse:
    """Those of which nobody has said for a year that they hold: ticked, they hold for one more year."""
    user = mandator(request)
    waiting = mandates_to_reaffirm(user)
    if request.method == "POST":
        chosen = sent(request).numbers("mandate")
        with refusals(request):
            done = reaffirm_mandates(mandates=list(waiting.filter(pk__in=chosen)), by=user)
            told = plural(done, "mandat confirmé pour l’année", "mandats confirmés pour l’année")
            if done:
                messages.success(request, f"{told}.")
            else:
                messages.error(request, "Cochez les mandats qui durent.")
        return redirect("mandates_reaffirm")
    context = {"waiting": waiting[:MOST_CONFIRMED], "count": waiting.count(), "most": MOST_CONFIRMED}
    return render(request, "mandates/reaffirm.html", context)
