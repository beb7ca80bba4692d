"""Mass production as the national team follows it: start, progress, one archive a département, every extract logged."""

from django.contrib import messages
from django.db.models import Count
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from senacs.observatory.models import Release
from senacs.publication.documents.production import start_production, take_archive
from senacs.publication.models import ProducedFile, Production
from senacs.publication.tasks import produce
from senacs.territories.models import Departement
from senacs.territories.queries import get_territory
from senacs.web.incoming import sent
from senacs.web.national.access import campaign_manager
from senacs.web.national.releases import release_of
from senacs.web.proof import fresh_proof
from senacs.web.refusals import refusals


@require_safe
def show(request: HttpRequest, name: str) -> HttpResponse:
    campaign_manager(request)
    release = release_of(name)
    counts = ProducedFile.objects.filter(release=release).exclude(departement="").values("departement")
    by_departement = dict(counts.annotate(n=Count("pk")).order_by("departement").values_list("departement", "n"))
    names = dict(Departement.objects.filter(pk__in=by_departement).order_by("pk").values_list("pk", "name"))
    booklets = _booklets(release)
    context = {
        "release": release,
        "to_look_at": sum(bool(one.faults) for _, one in booklets),
        "production": Production.objects.filter(release=release).first(),
        "failed": [(_title(one.key), one.reason) for one in release.failed.all()],
        "booklets": booklets,
        "archives": [(code, names.get(code, code), n) for code, n in by_departement.items()],
    }
    return render(request, "national/production.html", context)


def _booklets(release: Release) -> list[tuple[str, ProducedFile]]:
    """What was composed for a territory, by its name; those with something to look at first."""
    found = ProducedFile.objects.filter(release=release, key__startswith="plaquette/")
    return sorted(((_title(one.key), one) for one in found), key=lambda row: (not row[1].faults, row[0]))


def _title(key: str) -> str:
    """« Fiche S000123 », « Plaquette : Lozère »."""
    kind, _, what = key.partition("/")
    if kind == "fiche":
        return f"Fiche {what}"
    level, _, code = what.partition("-")
    place = get_territory(level, code)
    return f"Plaquette : {place.name if place else what}"


@require_safe
def progress(request: HttpRequest, name: str) -> HttpResponse:
    """Asked again every two seconds by the page while a run goes on."""
    campaign_manager(request)
    production = Production.objects.filter(release=release_of(name)).first()
    response = render(request, "national/production_progress.html", {"production": production, "name": name})
    if production is None or production.ended_at:
        response["HX-Refresh"] = "true"
    return response


@require_POST
def start(request: HttpRequest, name: str) -> HttpResponse:
    user = campaign_manager(request)
    with refusals(request):
        production = start_production(release=release_of(name), by=user)
        produce.enqueue(production.pk)
        messages.success(request, "La production est lancée ; elle ne refait que ce qui a changé.")
    return redirect("national_production", name)


@require_POST
@fresh_proof
def archive(request: HttpRequest, name: str, code: str) -> HttpResponse | FileResponse:
    """Fiches hold individual answers: the extract states its purpose, each structure reads it in its ledger (3.2)."""
    user, release = campaign_manager(request), release_of(name)
    departement = get_object_or_404(Departement, pk=code)
    purpose = sent(request).text("purpose")
    with refusals(request):
        target = take_archive(release=release, departement=departement, purpose=purpose, by=user)
        return FileResponse(target.open("rb"), as_attachment=True, filename=f"senacs-{release.name}-{code}.zip")
    return redirect("national_production", name)
