"""What is written is read back the same, and as the standard library reads it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from senacs.lib.fast_json import Decoder, Encoder

texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.none() | st.booleans() | texts | st.integers(-(2**63), 2**63 - 1) | st.lists(texts)
documents = st.dictionaries(texts, st.dictionaries(texts, values))


@given(documents)
def test_a_document_comes_back_the_same_either_way(document: dict[str, Any]) -> None:
    written = json.dumps(document, cls=Encoder)
    assert json.loads(written) == json.loads(written, cls=Decoder) == document
    assert json.loads(json.dumps(document), cls=Decoder) == document


@pytest.mark.parametrize("beyond", [2**64, "\ud800"])
def test_what_no_database_keeps_is_refused(beyond: object) -> None:
    with pytest.raises(TypeError):
        json.dumps({"code": beyond}, cls=Encoder)


def test_half_a_document_is_refused() -> None:
    with pytest.raises(json.JSONDecodeError):
        json.loads('{"code": ', cls=Decoder)
