"""A version of the charter is published in the browser, and everyone accepts it before going on."""

from collections.abc import Callable

from django.test import Client

from senacs.accounts.models import CharteVersion, User
from tests.factories import Cast

SignIn = Callable[[User], Client]
PATH = "/national/charte/"


def test_a_new_version_is_published_and_accepted_again(cast: Cast, sign_in: SignIn) -> None:
    assert sign_in(cast.correspondant_caf).get("/suivi/").status_code == 200
    client, before = sign_in(cast.national), CharteVersion.objects.count()
    sent = {"text": "Un texte nouveau de la charte."}
    assert client.post(PATH, sent).status_code == 422
    assert CharteVersion.objects.count() == before
    assert client.post(PATH, sent | {"confirms": "on"}).status_code == 302
    newest = CharteVersion.objects.order_by("-number").first()
    assert newest is not None and newest.text == sent["text"]
    client.force_login(cast.correspondant_caf, backend="django.contrib.auth.backends.ModelBackend")
    assert "/charte/accepter/" in client.get("/suivi/").headers["Location"]


def test_the_same_text_is_no_new_version(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.national)
    current = CharteVersion.objects.order_by("-number").first()
    assert current is not None
    page = client.post(PATH, {"text": current.text, "confirms": "on"})
    assert page.status_code == 422 and "déjà celui de la version en vigueur" in page.content.decode()
    assert sign_in(cast.comite_technique).get(PATH).status_code == 403
