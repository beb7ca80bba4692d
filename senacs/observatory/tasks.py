"""Work of the observatory in the background."""

from django_tasks import task

from senacs.lib.french import plural
from senacs.observatory.enums import ReleaseState
from senacs.observatory.models import Release
from senacs.observatory.releases.build import Superseded, run_build
from senacs.observatory.releases.figures_check import run_check


@task()
def build(release_id: int) -> str:
    """Builds one release, then has its writings read; started again after a kill, it resumes from the answers read."""
    try:
        release = run_build(release_id)
    except Superseded as error:
        return str(error)
    check_figures.enqueue(release_id)
    return release.name


@task()
def check_figures(release_id: int) -> str:
    """Reads every writing of a candidate; started again after a kill, it begins anew."""
    release = Release.objects.select_related("campaign__version").get(pk=release_id)
    if release.state != ReleaseState.CANDIDATE:
        return f"La publication {release.name} n’est plus candidate."
    return plural(len(run_check(release).disagreements), "désaccord")
