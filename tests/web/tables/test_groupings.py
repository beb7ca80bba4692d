"""The Copil draws groupings on screen: counts first, then draws, and closes; nobody else opens the page."""

from collections.abc import Callable

import pytest
from django.test import Client

from senacs.accounts.models import User
from senacs.observatory.models import Grouping
from tests import factories
from tests.factories import Cast
from tests.reading import flat

SignIn = Callable[[User], Client]
URL = "/tables/26/regroupements/"


@pytest.fixture
def communes(cast: Cast) -> list[str]:
    """Six more structures in Valence, two in Romans."""
    factories.make_structures(6)
    factories.make_structures(2, commune=factories.make_commune("26281", "Romans-sur-Isère"))
    return ["26362", "26281"]


def test_copil_counts_then_draws_then_closes(cast: Cast, communes: list[str], sign_in: SignIn) -> None:
    client = sign_in(cast.copil)
    assert URL in client.get("/tables/26/").content.decode()
    counted = flat(client.post(URL, {"commune": communes, "name": "Rhône", "action": "compter"}))
    assert "9\xa0structures" in counted and "beaucoup de chiffres seront masqués" in counted
    assert 'value="Rhône"' in counted and counted.count(" checked") == 2
    assert not Grouping.objects.exists()
    assert client.post(URL, {"commune": communes, "name": "Rhône", "action": "tracer"}).headers["Location"] == URL
    drawn = Grouping.objects.get()
    assert (drawn.code, drawn.drawn_by) == ("26-1", cast.copil)
    page = flat(client.get(URL))
    assert page.count(" disabled") == 2 and "dans «&nbsp;Rhône&nbsp;»" in page
    client.post(f"{URL}1/clore/")
    drawn.refresh_from_db()
    assert drawn.closed_by == cast.copil


def test_refusal_keeps_what_was_chosen(cast: Cast, communes: list[str], sign_in: SignIn) -> None:
    reply = sign_in(cast.copil).post(URL, {"commune": ["26281"], "name": "Romans", "action": "tracer"})
    page = reply.content.decode()
    assert reply.status_code == 422
    assert "il en faut au moins 5" in page and 'value="Romans"' in page and page.count(" checked") == 1


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("responsable", 404),
        ("correspondant_caf", 403),
        ("correspondant_federal", 403),
        ("national", 403),
        ("preparation", 403),
        ("regional", 403),
        ("stranger", 404),
    ],
)
def test_nobody_else_draws(cast: Cast, sign_in: SignIn, name: str, status: int) -> None:
    client = sign_in(cast.users()[name])
    assert client.get(URL).status_code == status
    assert client.post(URL, {"commune": ["26362"], "name": "x", "action": "tracer"}).status_code == status
    assert not Grouping.objects.exists()
