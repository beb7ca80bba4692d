"""What is written is read back the same, and as the standard library reads it."""

import json
from typing import Any

import pytest
from django.core import serializers
from hypothesis import given
from hypothesis import strategies as st

from senacs.collection.models import Response
from senacs.lib.fast_json import DocumentField, written
from tests import factories

texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.none() | st.booleans() | texts | st.integers(-(2**63), 2**63 - 1) | st.lists(texts)
documents = st.dictionaries(texts, st.dictionaries(texts, values))
field: Any = DocumentField(default=dict)


@given(documents)
def test_a_document_comes_back_the_same_either_way(document: dict[str, Any]) -> None:
    assert field.from_db_value(field.get_prep_value(document)) == json.loads(written(document)) == document
    assert field.from_db_value(json.dumps(document)) == document


@pytest.mark.parametrize("beyond", [2**64, "\ud800"])
def test_what_no_database_keeps_is_refused(beyond: object) -> None:
    with pytest.raises(TypeError):
        written({"code": beyond})


def test_half_a_document_is_refused() -> None:
    with pytest.raises(json.JSONDecodeError):
        field.from_db_value('{"code": ')


def test_a_row_keeps_its_document_and_its_copy_in_a_fixture(cast: factories.Cast, campaign: Any) -> None:
    document = {"temoin": {"etat": "valeur", "valeur": "« 1\u202f000 € »", "provenance": "declaree", "revision": 1}}
    response = factories.make_response(structure=cast.structure, campaign=campaign)
    Response.objects.filter(pk=response.pk).update(values=document)
    assert Response.objects.values_list("values", flat=True).get(pk=response.pk) == document
    response.refresh_from_db()
    response.values["autre"] = dict(document["temoin"], valeur=12)
    Response.objects.bulk_update([response], ["values"])
    [copied] = serializers.deserialize("json", serializers.serialize("json", Response.objects.filter(pk=response.pk)))
    assert copied.object.values == response.values == {**document, "autre": {**document["temoin"], "valeur": 12}}
