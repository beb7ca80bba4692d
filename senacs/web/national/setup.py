"""« Mise en route »: what a new site needs, in order, with what is done and what is left."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from senacs.accounts.models import User
from senacs.accounts.services import load_charte
from senacs.campaigns.first_steps import first_steps
from senacs.jobs.enums import JobState
from senacs.jobs.queries import last_job
from senacs.jobs.services import ask
from senacs.lib.french import plural
from senacs.questionnaire.management import DEFAULT_DIRECTORY
from senacs.questionnaire.services import load_questionnaire
from senacs.register.services import load_institutions
from senacs.web.jobs import TERRITORIES
from senacs.web.national.access import campaign_manager
from senacs.web.refusals import refusals

# Where each step is done; those that are loaded have their button on the page itself.
_PAGES = {
    "equipe": "national_team",
    "registre": "national_lists",
    "campagne": "national_campaigns",
    "personnes": "mandates",
    "ouverture": "national",
}
_WORDS = {
    "equipe": "La Cnaf et la Fcsf conduisent la campagne à deux : chacune donne, confirme et signe.",
    "territoires": "Régions, départements, EPCI, communes et contours des cartes, livrés avec le logiciel.",
    "institutions": "Les Caf et les représentations fédérales des tables de référence.",
    "charte": "Chacun l’accepte avant son premier accès.",
    "questionnaire": "La version livrée, en brouillon : le comité technique la modifie par son classeur.",
    "registre": "La liste des structures agréées, essayée avant d’être appliquée.",
    "campagne": "Une version, un calendrier, les structures invitées.",
    "personnes": "Un responsable par structure, deux correspondants par département.",
    "ouverture": "La version du questionnaire est alors figée.",
}


def _institutions(user: User) -> str:
    report = load_institutions(by=user)
    return f"{report.cafs} Caf et {plural(report.federations, 'fédération')} chargées."


def _charte(user: User) -> str:
    versions = load_charte(directory=settings.DATA_DIR / "reference", by=user)
    return f"La charte est publiée, version {versions[-1].number}." if versions else "Aucun texte n’est livré."


def _questionnaire(user: User) -> str:
    return f"« {load_questionnaire(directory=DEFAULT_DIRECTORY, by=user).title} » est enregistré."


def _territories(user: User) -> str:
    ask(kind=TERRITORIES.name, by=user)
    return ""


# The sentence is told at once; what is asked to be done in the background tells its own.
LOADED: dict[str, tuple[str, Callable[[User], str]]] = {
    "territoires": ("Charger les territoires", _territories),
    "institutions": ("Charger les Caf et les fédérations", _institutions),
    "charte": ("Publier la charte livrée", _charte),
    "questionnaire": ("Enregistrer la version livrée", _questionnaire),
}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    campaign_manager(request)
    steps = first_steps()
    job = last_job(TERRITORIES.name)
    shown_job = job if job is not None and job.state != JobState.DONE else None
    shown = [
        {
            "step": step,
            "words": _WORDS[step.name],
            "url": reverse(_PAGES[step.name]) if step.name in _PAGES else "",
            "button": LOADED[step.name][0] if step.name in LOADED else "",
            "job": shown_job if step.name == "territoires" else None,
        }
        for step in steps
    ]
    context = {"steps": shown, "left": sum(not step.is_done for step in steps)}
    return render(request, "national/setup.html", context)


@require_POST
def load(request: HttpRequest, part: str) -> HttpResponse:
    """Loads one part of what is delivered with the software."""
    user = campaign_manager(request)
    if part not in LOADED:
        raise Http404
    with refusals(request):
        if said := LOADED[part][1](user):
            messages.success(request, said)
    return redirect("national_setup")
