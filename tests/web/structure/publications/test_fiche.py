"""The fiche on screen: for its structure, shared by a link, closed to all others."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from senacs.accounts.models import User
from senacs.collection.models import Response
from senacs.publication.models import FicheText, ShareLink, ShareVisit
from tests.factories import Cast
from tests.reading import flat

SignIn = Callable[[User], Client]


def test_structure_reads_writes_and_shares(cast: Cast, response: Response, sign_in: SignIn) -> None:
    client = sign_in(cast.responsable)
    client.post(reverse("fiche_text", args=[response.pk]), {"text": "Un **lieu** <script>"})
    assert FicheText.objects.get().updated_by == cast.responsable
    answer = client.post(reverse("fiche_share", args=[response.pk]), {"purpose": "La Caf"}, follow=True)
    content = flat(answer)
    assert "Un <strong>lieu</strong> &lt;script&gt;" in content
    address = content.split('id="nouveau-lien" readonly value="')[1].split('"')[0]
    assert address not in client.get(reverse("fiche", args=[response.pk])).content.decode()

    visitor = Client()
    shown = visitor.get(address)
    assert shown.status_code == 200
    assert shown.headers["Referrer-Policy"] == "no-referrer" and "noindex" in shown.headers["X-Robots-Tag"]
    assert visitor.get(f"{address}fiche.pdf").content.startswith(b"%PDF")
    assert list(ShareVisit.objects.order_by("id").values_list("is_pdf", flat=True)) == [False, True]

    link = ShareLink.objects.get()
    client.post(reverse("fiche_revoke", args=[response.pk, link.pk]))
    assert visitor.get(address).status_code == 404
    assert ShareVisit.objects.count() == 2


@pytest.mark.parametrize("name", ["correspondant_caf", "correspondant_federal", "national", "copil", "stranger"])
def test_nobody_else_reads_it_without_a_link(cast: Cast, response: Response, sign_in: SignIn, name: str) -> None:
    client = sign_in(cast.users()[name])
    for route in ("fiche", "fiche_pdf"):
        assert client.get(reverse(route, args=[response.pk])).status_code in {403, 404}


def test_link_of_another_structure_is_not_revoked(cast: Cast, response: Response, sign_in: SignIn) -> None:
    other = ShareLink.objects.create(
        structure=cast.neighbour,
        token_hash="x",
        purpose="y",
        created_at="2026-01-01T00:00Z",
        created_by=cast.neighbour_responsable,
    )
    answer = sign_in(cast.responsable).post(reverse("fiche_revoke", args=[response.pk, other.pk]))
    assert answer.status_code == 404
    assert ShareLink.objects.open().count() == 1
