"""The list of mandates in the browser: searched, filtered, confirmed once a year."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from senacs.accounts.models import Mandate, User
from senacs.accounts.yearly import A_YEAR
from senacs.lib import clock
from tests.factories import Cast
from tests.reading import flat

SignIn = Callable[[User], Client]


@pytest.mark.parametrize(
    ("query", "seen", "unseen"),
    [
        ("words=suppleant", "suppleant", "copil"),
        ("role=copil", "copil", "suppleant"),
        ("role=responsable&departement=26", "responsable", "copil"),
        ("state=ending", "suppleant", "copil"),
        ("state=unsaid", "copil", "suppleant"),
    ],
)
def test_mandates_are_found(cast: Cast, sign_in: SignIn, query: str, seen: str, unseen: str) -> None:
    Mandate.objects.filter(user=cast.suppleant).update(ends_on=clock.today() + timedelta(days=20))
    Mandate.objects.filter(user=cast.copil).update(starts_on=clock.today() - A_YEAR)
    html = flat(sign_in(cast.correspondant_caf).get(f"/mandats/recherche/?{query}"))
    assert cast.users()[seen].email in html and cast.users()[unseen].email not in html


def test_a_correspondent_finds_nobody_of_elsewhere_and_the_national_team_everybody(cast: Cast, sign_in: SignIn) -> None:
    address, page = cast.neighbour_responsable.email, "/mandats/recherche/?departement=59"
    assert address not in flat(sign_in(cast.correspondant_caf).get(page))
    assert address in flat(sign_in(cast.national).get(page))
    assert sign_in(cast.national).get("/mandats/recherche/?departement=999").status_code == 422


def test_mandates_are_confirmed_for_the_year(cast: Cast, sign_in: SignIn) -> None:
    Mandate.objects.update(starts_on=clock.today() - A_YEAR)
    client, mandate = sign_in(cast.correspondant_caf), cast.suppleant.mandates.get()
    assert cast.suppleant.get_full_name() in flat(client.get("/mandats/confirmer/"))
    elsewhere = cast.neighbour_responsable.mandates.get()
    client.post("/mandats/confirmer/", {"mandate": [mandate.pk, elsewhere.pk, "x"]})
    mandate.refresh_from_db()
    elsewhere.refresh_from_db()
    assert mandate.reaffirmed_on == clock.today() and elsewhere.reaffirmed_on is None
    assert cast.suppleant.get_full_name() not in flat(client.get("/mandats/confirmer/"))
    assert "Cochez" in flat(client.post("/mandats/confirmer/", {}, follow=True))
