"""Whatever is saved, refused, in conflict, sent twice or killed half-way, history replays to the stored document."""

from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from senacs.accounts.enums import Role
from senacs.campaigns.models import Campaign
from senacs.collection import services
from senacs.collection.enums import ResponseState
from senacs.collection.models import Response
from senacs.collection.queries import replay_history
from senacs.collection.services import CLEAR, NOT_CONCERNED, SaveResult, carry_over_section, save_values
from tests import factories
from tests.factories import Cast

CODES = ["salaries_total", "etp_total", "benevoles", "budget_caf", "clas", "themes", "inconnue", "budget_detail"]
INPUTS = st.one_of(
    st.sampled_from(["0", "1", "12,5", " 1 234 ", "-3", "oui", "non", "famille", "1e400", "", "Non concerné", "abc"]),
    st.just(CLEAR),
    st.just(NOT_CONCERNED),
    st.lists(st.sampled_from(["famille", "jeunesse"]), max_size=2),
)
PEOPLE = ["responsable", "suppleant", "correspondant_caf", "correspondant_federal"]
SAVES = st.fixed_dictionaries(
    {
        "by": st.sampled_from(PEOPLE),
        "inputs": st.dictionaries(st.sampled_from(CODES), INPUTS, min_size=1, max_size=4),
        # How many revisions ago the author read the response; None: expects nothing.
        "lag": st.one_of(st.none(), st.integers(0, 2)),
        "key": st.sampled_from(["", "a", "b", "c"]),
        # Where the server dies: before the history row, between it and the document, or not at all.
        "killed": st.sampled_from([None, None, None, "history", "document"]),
    }
)


class Killed(BaseException):
    """The process ends here."""


def seen_revisions(documents: list[dict], lag: int) -> dict[str, int]:
    document = documents[max(0, len(documents) - 1 - lag)]
    return {code: document[code]["revision"] if code in document else 0 for code in CODES}


def attempt(response: Response, cast: Cast, save: dict, seen: dict[str, int] | None) -> SaveResult | None:
    """One save, killed where `save` says; None when it did not come to its end."""
    target = {"history": (services, "_record"), "document": (Response, "save")}.get(save["killed"])
    call: dict[str, Any] = {
        "response": response,
        "inputs": save["inputs"],
        "by": cast.users()[save["by"]],
        "expected": seen,
        "idempotency_key": save["key"] and f"{save['by']}-{save['key']}-{len(save['inputs'])}",
    }
    if target is None:
        return save_values(**call)
    with mock.patch.object(*target, side_effect=Killed):
        try:
            return save_values(**call)
        except Killed:
            return None


@pytest.mark.slow
@pytest.mark.django_db
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(saves=st.lists(SAVES, max_size=6), carry_at=st.integers(0, 6))
def test_history_replays_to_the_stored_document(
    cast: Cast, campaign: Campaign, saves: list[dict], carry_at: int
) -> None:
    # The transaction is the test's, not the example's: each example gets a structure of its own.
    structure = factories.make_structure(caf=cast.structure.caf, federation=cast.structure.federation)
    factories.make_mandate(cast.responsable, Role.RESPONSABLE, structure=structure)
    factories.make_mandate(cast.suppleant, Role.SUPPLEANT, structure=structure)
    factories.make_response(
        structure=structure,
        campaign=Campaign.objects.filter(year=2025).first()
        or factories.make_campaign(version=factories.make_questionnaire("minimal_2025")),
        values={"salaries_total": 7, "benevoles_actifs": 3},
        state=ResponseState.VALIDATED,
        by=cast.responsable,
    )
    response = factories.make_response(structure=structure, campaign=campaign)
    documents: list[dict] = [{}]
    for index, save in enumerate(saves):
        if index == carry_at:
            carry_over_section(response=response, section="emplois", by=cast.responsable)
            documents.append(Response.objects.get(pk=response.pk).values)
        before = documents[-1]
        seen = None if save["lag"] is None else seen_revisions(documents, save["lag"])
        result = attempt(response, cast, save, seen)
        stored = Response.objects.get(pk=response.pk)
        documents.append(stored.values)
        if result is None:
            assert stored.values == before
        elif stored.values != before:  # not a save sent twice: what is acknowledged is there
            assert {code: stored.values.get(code) for code in result.saved} == result.saved
            if seen:  # nobody overwrites what they have not seen
                written = [code for code in result.saved if stored.values.get(code) != before.get(code)]
                assert all(seen[code] == (before[code]["revision"] if code in before else 0) for code in written)
        if result is not None:
            left_alone = {*result.refused, *result.conflicts}
            assert all(stored.values.get(code) == before.get(code) for code in left_alone)
        assert replay_history(stored) == stored.values
        assert stored.revision == stored.revisions.count()
