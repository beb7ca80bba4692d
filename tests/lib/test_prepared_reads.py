"""A prepared queryset gives what the queryset gives, each time; every one of the product is held to it.

`Prepared` leans on parts of Django that are its own: after an upgrade, what fails here says which of them moved.
"""

import sys
from typing import Any

import pytest
from django.conf import settings
from django.db.models import Model
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from senacs.accounts import backends, queries, sessions
from senacs.collection import queries as collection
from senacs.collection import readings, states
from senacs.collection.enums import ResponseState
from senacs.exchange import queries as exchange
from senacs.exchange.services import ask_question
from senacs.lib.prepared_reads import Prepared
from senacs.review.services import refresh_flags
from senacs.structures.models import Structure
from senacs.web.structure.entry import checks
from tests import factories

by_key = Prepared(lambda pk: Structure.objects.select_related("caf", "commune__departement").filter(pk=pk))
by_code = Prepared(lambda code, pk: Structure.objects.filter(code=code).exclude(pk=pk).order_by("pk"))


@pytest.mark.django_db
def test_prepared_gives_the_rows_of_its_queryset(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    one, other = factories.make_structure(name="Un"), factories.make_structure(name="Deux", caf=None)
    for structure in (one, other, one):
        with django_assert_num_queries(1):
            [read] = by_key.run(structure.pk)
            assert (read.name, read.caf, read.commune.departement.name) == (structure.name, structure.caf, "Drôme")
        assert read.created_at == Structure.objects.get(pk=structure.pk).created_at
    assert by_key.first(0) is None


@pytest.mark.django_db
def test_a_text_is_a_parameter_too() -> None:
    one, other = factories.make_structure(name="Un"), factories.make_structure(name="Deux")
    assert by_code.run(one.code, other.pk) == [one]
    assert by_code.run(one.code, one.pk) == []
    assert by_code.run("'; --", 0) == []


def read_of(row: Model) -> dict[str, Any]:
    """All that an instance holds, its related rows included."""
    held = {name: value for name, value in vars(row).items() if name != "_state"}
    forward = {field.name for field in row._meta.concrete_fields}
    related = {name: value and read_of(value) for name, value in row._state.fields_cache.items() if name in forward}
    return {**held, "related": related, "from": row._state.db}


def test_every_prepared_read_of_the_product(cast: factories.Cast, campaign: Any) -> None:
    factories.accept_charte(cast.responsable)
    former = factories.make_campaign(version=factories.make_questionnaire("minimal_2025"), year=2025)
    factories.make_response(
        structure=cast.structure, campaign=former, state=ResponseState.VALIDATED, by=cast.responsable
    )
    response = factories.make_response(
        structure=cast.structure, campaign=campaign, values={"salaries_total": 2, "etp_total": "3"}
    )
    refresh_flags(response=response)
    ask_question(
        campaign=campaign,
        structure=cast.structure,
        field_code="etp_total",
        text="Lesquels ?",
        by=cast.responsable,
    )
    client = Client()
    client.force_login(cast.responsable)
    reads: dict[Prepared[Any], tuple[int | str, ...]] = {
        sessions._by_key: (client.cookies[settings.SESSION_COOKIE_NAME].value,),
        backends._mandates: (cast.responsable.pk,),
        queries._accepted: (cast.responsable.pk,),
        queries._correspondents_of_both: (cast.structure.caf_id, cast.structure.federation_id),
        states._prepared: (response.pk,),
        readings._by_key: (response.pk,),
        collection._previous_reference: (cast.structure.pk, former.version.data_year),
        checks._flags: (response.pk,),
        exchange._at_fields: (campaign.pk, cast.structure.pk),
    }
    modules = [module for name, module in sys.modules.items() if name.startswith("senacs.")]
    known = {value for module in modules for value in vars(module).values() if isinstance(value, Prepared)}
    assert known == reads.keys()
    for prepared, parameters in reads.items():
        rows = [read_of(row) for row in prepared.queryset(*parameters)]
        assert rows
        assert [read_of(row) for row in prepared.run(*parameters)] == rows
