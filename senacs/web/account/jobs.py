"""How far a job is, asked again every two seconds by the page that it was asked from."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from senacs.jobs.models import BackgroundJob
from senacs.jobs.queries import last_job
from senacs.web.jobs import job_shown
from senacs.web.requests import signed_in


@require_safe
def progress(request: HttpRequest, job: int) -> HttpResponse:
    user = signed_in(request)
    found = get_object_or_404(BackgroundJob.objects.visible_to(user), pk=job)
    last = last_job(found.kind, about=found.about) or found
    response = render(request, "senacs_ui/travail_etat.html", job_shown(last, user))
    if not last.is_under_way:
        response["HX-Refresh"] = "true"
    return response
