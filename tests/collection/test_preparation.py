"""The preparation list is the team's: a tick of one is seen by the other, and never lost by the other's form."""

from typing import Any

import pytest
from django.test import Client

from senacs.collection.models import Response
from senacs.collection.preparation import note_documents, ready_documents
from senacs.lib.refusals import NotAllowed
from senacs.questionnaire.queries import get_compiled
from tests.factories import Cast


@pytest.fixture
def documents(response: Response) -> list[tuple[str, str]]:
    sections = get_compiled(response.campaign.version).questionnaire.sections
    found = [(section.code, document) for section in sections for document in section.preparation]
    assert len(found) > 1
    return found


def test_tick_is_seen_with_who_made_it(cast: Cast, response: Response, documents: list[tuple[str, str]]) -> None:
    note_documents(response=response, found=documents[:1], missing=[], by=cast.responsable)
    note_documents(response=response, found=documents[:2], missing=[], by=cast.suppleant)
    assert {key: ready.by for key, ready in ready_documents(response).items()} == {
        documents[0]: cast.responsable,
        documents[1]: cast.suppleant,
    }


def test_what_the_questionnaire_does_not_ask_is_not_kept(cast: Cast, response: Response) -> None:
    note_documents(response=response, found=[("finances", "Mon journal"), ("zzz", "")], missing=[], by=cast.responsable)
    assert ready_documents(response) == {}


@pytest.mark.parametrize("who", ["correspondant_caf", "stranger"])
def test_only_the_structure_keeps_its_list(cast: Cast, response: Response, who: str) -> None:
    with pytest.raises(NotAllowed):
        note_documents(response=response, found=[], missing=[], by=getattr(cast, who))


def send(client: Client, response: Response, ticked: list[str], seen: list[str]) -> None:
    reply: Any = client.post(f"/saisie/{response.pk}/preparation/", {"pret": ticked, "vu": seen})
    assert reply.status_code == 302


def test_pages_of_two_people_do_not_undo_each_other(
    cast: Cast, response: Response, documents: list[tuple[str, str]], client: Client
) -> None:
    section = documents[0][0]
    name = f"{section}:0"
    other = f"{documents[1][0]}:{1 if documents[1][0] == section else 0}"
    client.force_login(cast.responsable)
    send(client, response, [name], [])
    # The suppléant's page was opened before: it shows no tick, and says so.
    client.force_login(cast.suppleant)
    send(client, response, [other], [])
    assert set(ready_documents(response)) == set(documents[:2])
    page = client.get(f"/saisie/{response.pk}/preparation/").content.decode()
    assert page.count("checked") == 2
    assert cast.responsable.get_full_name() in page
    send(client, response, [other], [name, other])
    assert set(ready_documents(response)) == {documents[1]}
