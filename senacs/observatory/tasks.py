"""Work of the observatory in the background."""

from django_tasks import task

from senacs.observatory.releases.build import Superseded, run_build


@task()
def build(release_id: int) -> str:
    """Builds one release; started again after a kill, it resumes from the answers already read."""
    try:
        return run_build(release_id).name
    except Superseded as error:
        return str(error)
