"""`/sante`: how the site is, for people and for monitors, even when the database is away; `/pret`: may it be asked."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from senacs.operation.health import Health, examine, unready, worst

TITLES = {
    Health.WELL: "Le service fonctionne",
    Health.DEGRADED: "Le service fonctionne, en partie",
    Health.DOWN: "Le service est momentanément indisponible",
}


@login_not_required
@never_cache
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """JSON unless a browser asks; 503 when the site cannot answer people."""
    findings = examine()
    health = worst(findings)
    status = 503 if health is Health.DOWN else 200
    if "text/html" in request.headers.get("Accept", ""):
        context = {"title": TITLES[health], "findings": findings}
        return render(request, "site/health.html", context, status=status)
    probes = {found.code: {"etat": found.health.value, "dit": found.said} for found in findings}
    told = {"etat": health.value, "sondes": probes}
    return JsonResponse(told, status=status, json_dumps_params={"ensure_ascii": False})


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """For what hands requests out (proxy, container): 503 until this process can answer people."""
    why = unready()
    told = {"pret": not why, "dit": why or "Prêt."}
    return JsonResponse(told, status=503 if why else 200, json_dumps_params={"ensure_ascii": False})
