"""What is too heavy is refused before anything of it is read."""

from collections.abc import Callable

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import Client
from django.urls import reverse

from senacs.accounts.models import User
from senacs.collection.models import Response
from senacs.web.bodies import ANYBODY, FORM
from tests.factories import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def unread(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which bodies were read as forms."""
    read: list[str] = []
    load = WSGIRequest._load_post_and_files

    def remember(self: WSGIRequest) -> None:
        read.append(self.path)
        load(self)

    monkeypatch.setattr(WSGIRequest, "_load_post_and_files", remember)
    return read


def send(client: Client, url: str, announced: int) -> int:
    head = b'--x\r\nContent-Disposition: form-data; name="a"; filename="f"\r\n\r\n'
    form = head.ljust(announced - 9, b"1") + b"\r\n--x--\r\n"
    answer = client.generic("POST", url, form, "multipart/form-data; boundary=x", CONTENT_LENGTH=str(announced))
    if answer.status_code == 413:
        assert "Rien n’en a été lu ni enregistré" in answer.content.decode()
    return answer.status_code


@pytest.mark.parametrize("url", ["/compte/login/", "/saisie/", "/charte/", "/api/v1/reponse"])
def test_heavy_body_of_a_visitor_is_refused_unread(client: Client, unread: list[str], url: str) -> None:
    assert send(client, url, ANYBODY + 1) in {404, 413}
    assert send(client, "/compte/login/", ANYBODY + 1) == 413
    assert unread == []


def test_page_that_takes_files_takes_more_from_who_is_signed_in(
    client: Client, cast: Cast, response: Response, sign_in: Callable[[User], Client], unread: list[str]
) -> None:
    url = reverse("saisie_workbook_send", args=[response.pk])
    assert send(client, url, ANYBODY + FORM) == 413
    assert unread == []
    director = sign_in(cast.responsable)
    assert send(director, url, ANYBODY + FORM) == 422  # read, and found wrong
    assert unread == [url]
    assert send(director, url, ANYBODY + FORM + 1) == 413
    assert send(director, "/compte/password/change/", ANYBODY + 1) == 413


def test_length_that_is_no_number_is_none(client: Client) -> None:
    answer = client.generic("POST", "/compte/login/", b"", CONTENT_LENGTH="9" * 40)
    assert answer.status_code < 500
