"""Schemathesis holds the API to its own OpenAPI description: no crash, no status nor body that it does not announce."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from senacs.collection.models import Response
from senacs.collection.tokens import create_token
from senacs.web.api.operations import api
from tests.factories import Cast

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
EXAMPLES = settings(
    max_examples=25,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_operation_keeps_its_contract(
    cast: Cast, response: Response, live_server: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api.throttle[0], "calls", 1_000_000)
    _, secret = create_token(structure=cast.structure, label="contrat", by=cast.responsable)
    schema = schemathesis.openapi.from_url(f"{live_server}/api/openapi.json")
    tried = set()
    for found in schema.get_all_operations():
        operation = found.ok()

        @EXAMPLES
        @given(case=operation.as_strategy())
        def keeps_its_contract(case: schemathesis.Case) -> None:
            reply = case.call(headers={"Authorization": f"Bearer {secret}"})
            assert reply.status_code < 500, reply.text
            case.validate_response(reply, checks=[schemathesis.checks.not_a_server_error])
            checks = [
                schemathesis.specs.openapi.checks.status_code_conformance,
                schemathesis.specs.openapi.checks.response_schema_conformance,
                schemathesis.specs.openapi.checks.content_type_conformance,
            ]
            case.validate_response(reply, checks=checks)

        keeps_its_contract()
        tried.add(operation.label)
    assert "POST /api/propositions" in tried
    response.refresh_from_db()
    assert response.values == {}
