"""Work of publications in the background."""

from django_tasks import task

from senacs.publication.documents.production import ProductionSuperseded, run_production
from senacs.publication.editions.local_measures import run_measure


@task()
def produce(production_id: int) -> str:
    """Every fiche and plaquette of a release; started again after a kill, it goes on where it stopped."""
    try:
        return f"{run_production(production_id).done} documents"
    except ProductionSuperseded as error:
        return str(error)


@task()
def measure(measure_id: int) -> str:
    """The figures of a local plaquette; started again after a kill, it begins anew."""
    return run_measure(measure_id).refusal or "calculés"
