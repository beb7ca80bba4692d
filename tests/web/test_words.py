"""A text that seems to designate a person comes back on one page, from any form: another text, or a reason."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client

from senacs.accounts.models import User
from senacs.accounts.words import KeptWords
from senacs.collection.models import Response
from senacs.exchange.models import ComprehensionQuestion
from senacs.web.words import REASON
from tests.factories import Cast

SignIn = Callable[[User], Client]
NAMING = "Madame Lefèvre, bénévole, compte-t-elle deux fois ?"


def test_the_page_carries_the_form_and_takes_another_text(cast: Cast, response: Response, sign_in: SignIn) -> None:
    client = sign_in(cast.responsable)
    address = f"/saisie/{response.pk}/question/benevoles/"
    reply = client.post(address, {"text": NAMING, "autre": "gardé"})
    html = unescape(reply.content.decode())
    assert reply.status_code == 422
    assert "Madame L…" in html
    assert 'name="autre" value="gardé"' in html
    assert re.search(rf'<textarea[^>]*name="text"[^>]*>{re.escape(NAMING)}</textarea>', html)
    assert '<form method="post">' in html  # goes again where it was sent
    assert not ComprehensionQuestion.objects.exists()
    assert client.post(address, {"text": "Une bénévole compte-t-elle deux fois ?"}).status_code == 302


def test_a_reason_lets_it_through(cast: Cast, response: Response, sign_in: SignIn) -> None:
    client = sign_in(cast.responsable)
    sent = {"text": NAMING, REASON: "personnage de conte, qui n’existe pas"}
    assert client.post(f"/saisie/{response.pk}/question/benevoles/", sent).status_code == 302
    assert ComprehensionQuestion.objects.get().text == NAMING
    assert KeptWords.objects.get().by == cast.responsable


def test_a_script_is_told_the_same_words(cast: Cast, response: Response, sign_in: SignIn) -> None:
    client = sign_in(cast.responsable)
    reply = client.post(
        f"/saisie/{response.pk}/question/benevoles/", {"text": NAMING}, headers={"accept": "application/json"}
    )
    assert reply.status_code == 422
    assert "Madame L…" in reply.json()["detail"]


@pytest.mark.parametrize("text", ["Madame la Présidente compte-t-elle ?", "Les élus comptent-ils ?"])
def test_ordinary_words_pass(cast: Cast, response: Response, sign_in: SignIn, text: str) -> None:
    reply = sign_in(cast.responsable).post(f"/saisie/{response.pk}/question/benevoles/", {"text": text})
    assert reply.status_code == 302
