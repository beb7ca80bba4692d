"""Two people, entries late or sent twice: what the server acknowledged is what history and document say."""

import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from senacs.accounts.enums import Role
from senacs.campaigns.models import Campaign
from senacs.collection.models import Response
from senacs.collection.queries import progress_counts, replay_history
from tests import factories
from tests.factories import Cast

CODES = ["salaries_total", "etp_total", "personnes_animation", "clas", "clas_enfants", "commentaire"]
RAW = st.sampled_from(["", "nc", "0", "3", "12,5", "1 234", "oui", "non", "-2", "abc", "jeanne@exemple.fr", "1e400"])
ACTS = st.one_of(
    st.tuples(st.just("type"), st.sampled_from([0, 1]), st.dictionaries(st.sampled_from(CODES), RAW, min_size=1)),
    st.tuples(st.just("again"), st.sampled_from([0, 1]), st.integers(0, 9)),  # an entry whose answer was lost
    st.tuples(st.just("reload"), st.sampled_from([0, 1]), st.none()),
    st.tuples(st.just("mine"), st.sampled_from([0, 1]), st.none()),  # « garder la mienne », as the page does it
)


class Browser:
    """What one person's page knows: the revision of each field as it saw it, and the entries it sent."""

    def __init__(self, client: Client, response: Response, name: str) -> None:
        self.client, self.response, self.name = client, response, name
        self.seen: dict[str, int] = {}
        self.sent: list[dict[str, Any]] = []
        self.conflicts: dict[str, tuple[Any, int]] = {}

    def reload(self) -> None:
        values = Response.objects.get(pk=self.response.pk).values
        self.seen = {code: stored["revision"] for code, stored in values.items()}

    def type(self, values: dict[str, Any]) -> dict[str, Any]:
        expected = {code: self.seen.get(code, 0) for code in values}
        return self.send({"key": f"{self.name}{len(self.sent)}", "values": values, "expected": expected})

    def send(self, body: dict[str, Any]) -> dict[str, Any]:
        path = f"/saisie/{self.response.pk}/valeurs/"
        reply = self.client.post(path, json.dumps(body), content_type="application/json")
        assert reply.status_code == 200
        told: dict[str, Any] = reply.json()
        if body not in self.sent:
            self.sent.append(body)
        self.seen |= {code: entry["revision"] for code, entry in told["saved"].items()}
        self.conflicts = {code: (body["values"][code], entry["revision"]) for code, entry in told["conflicts"].items()}
        return told

    def keep_mine(self) -> dict[str, Any] | None:
        chosen, self.conflicts = self.conflicts, {}
        if not chosen:
            return None
        self.seen |= {code: revision for code, (_, revision) in chosen.items()}
        return self.type({code: raw for code, (raw, _) in chosen.items()})


def opened(cast: Cast, campaign: Campaign) -> tuple[Response, list[Browser]]:
    """A structure of the example's own: the transaction is the test's."""
    structure = factories.make_structure(caf=cast.structure.caf, federation=cast.structure.federation)
    response = factories.make_response(structure=structure, campaign=campaign)
    browsers = []
    for name, person, role in (("a", cast.responsable, Role.RESPONSABLE), ("b", cast.suppleant, Role.SUPPLEANT)):
        factories.make_mandate(person, role, structure=structure)
        factories.accept_charte(person)
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        browsers.append(Browser(client, response, name))
    return response, browsers


@pytest.mark.slow
@pytest.mark.django_db
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(acts=st.lists(ACTS, max_size=10))
def test_history_equals_the_document_after_any_sequence_of_entries(
    cast: Cast, campaign: Campaign, acts: list[tuple[str, int, Any]]
) -> None:
    response, browsers = opened(cast, campaign)
    for act, who, what in acts:
        browser = browsers[who]
        before = Response.objects.get(pk=response.pk)
        told = None
        if act == "type":
            told = browser.type(what)
        elif act == "again" and browser.sent:
            told = browser.send(browser.sent[what % len(browser.sent)])
        elif act == "reload":
            browser.reload()
        elif act == "mine":
            told = browser.keep_mine()
        after = Response.objects.get(pk=response.pk)
        assert replay_history(after) == after.values
        assert after.revision == after.revisions.count()
        if act == "again":
            # Nothing that was written is written twice; what had failed may be tried again, against what was seen.
            assert after.revision - before.revision <= 1
        if told is None:
            assert after.values == before.values
            continue
        left_alone = told["refused"].keys() | told["conflicts"].keys()
        assert all(after.values.get(code) == before.values.get(code) for code in left_alone)
        if act != "again":
            assert all(
                after.values.get(code, {}).get("revision", 0) == entry["revision"]
                for code, entry in told["saved"].items()
            )
    counts = progress_counts(response := Response.objects.get(pk=response.pk)).values()
    if response.revision:
        expected = sum(count.expected for count in counts)
        assert response.progress == 100 * sum(count.answered for count in counts) // expected
