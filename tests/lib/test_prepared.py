"""A prepared queryset gives what the queryset gives, each time."""

import pytest
from pytest_django import DjangoAssertNumQueries

from senacs.lib.prepared import Prepared
from senacs.structures.models import Structure
from tests import factories

by_key = Prepared(lambda pk: Structure.objects.select_related("caf", "commune__departement").filter(pk=pk))


@pytest.mark.django_db
def test_prepared_gives_the_rows_of_its_queryset(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    one, other = factories.make_structure(name="Un"), factories.make_structure(name="Deux", caf=None)
    for structure in (one, other, one):
        with django_assert_num_queries(1):
            [read] = by_key.run(structure.pk)
            assert (read.name, read.caf, read.commune.departement.name) == (structure.name, structure.caf, "Drôme")
        assert read.created_at == Structure.objects.get(pk=structure.pk).created_at
    assert by_key.first(0) is None
