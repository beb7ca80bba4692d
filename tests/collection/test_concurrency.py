"""Two people at once on one response: each save waits its turn, none is lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from senacs.accounts.models import User
from senacs.collection.models import Response
from senacs.collection.queries import replay_history
from senacs.collection.services import SaveResult, Sending, save_values
from tests import factories

CODES = ["salaries_total", "benevoles", "budget_total", "budget_caf", "budget_autres"]


def save(response: Response, code: str, raw: str, by: User, expected: dict[str, int] | None = None) -> SaveResult:
    try:
        return save_values(response=response, inputs={code: raw}, by=by, sending=Sending(expected))
    finally:
        connection.close()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_simultaneous_saves_of_different_fields_are_all_kept() -> None:
    cast = factories.make_cast()
    response = factories.make_response(structure=cast.structure)
    people = [cast.responsable, cast.suppleant]
    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(save, response, code, str(n), people[n % 2]) for n, code in enumerate(CODES * 3)]
        results = [future.result() for future in done]
    stored = Response.objects.get(pk=response.pk)
    assert all(result.saved for result in results)
    assert set(stored.values) == set(CODES)
    assert stored.revision == stored.revisions.count() == len(results)
    assert replay_history(stored) == stored.values


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_simultaneous_saves_of_one_field_let_one_through_and_tell_the_others() -> None:
    cast = factories.make_cast()
    response = factories.make_response(structure=cast.structure)
    with ThreadPoolExecutor(4) as pool:
        done = [
            pool.submit(save, response, "benevoles", str(number), cast.responsable, {"benevoles": 0})
            for number in range(1, 5)
        ]
        results = [future.result() for future in done]
    stored = Response.objects.get(pk=response.pk)
    assert sorted(len(result.saved) for result in results) == [0, 0, 0, 1]
    assert all(result.conflicts == {"benevoles": stored.values["benevoles"]} for result in results if not result.saved)
    assert stored.revisions.count() == 1
