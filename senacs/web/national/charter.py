"""« Charte » of the national team: the versions published, and the way to publish the next one."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from senacs.accounts.queries import charter_versions
from senacs.accounts.services import publish_charte
from senacs.web.national.access import campaign_manager
from senacs.web.refusals import refusals

LONGEST = 100_000  # characters


class CharterForm(forms.Form):
    text = forms.CharField(
        label="Texte de la nouvelle version",
        help_text="Le texte entier. Une fois publié, il ne change plus.",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 20}),
        error_messages={"required": "Écrivez le texte."},
    )
    confirms = forms.BooleanField(
        label="Je confirme : chacun devra accepter cette version avant d’aller plus loin",
        error_messages={"required": "Confirmez avant de publier."},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """What binds today and since when, who has accepted it; a new text takes the next number."""
    user = campaign_manager(request)
    versions = charter_versions()
    current = versions[0] if versions else None
    form = CharterForm(request.POST or None, initial={"text": current.text if current else ""})
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"].replace("\r\n", "\n")
        with refusals(request, form, "text"):
            if current is not None and text.strip() == current.text.strip():
                form.add_error("text", "Ce texte est déjà celui de la version en vigueur.")
            else:
                version = publish_charte(number=current.number + 1 if current else 1, text=text, by=user)
                messages.success(request, f"{version} : chacun l’acceptera à sa prochaine page.")
                return redirect("national_charter")
    context = {"form": form, "versions": versions, "current": current}
    return render(request, "national/charter.html", context, status=422 if form.errors else 200)
