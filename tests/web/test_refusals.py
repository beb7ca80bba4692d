"""What services refuse, as pages say it."""

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from senacs.lib.refusals import NotAllowed, Refused
from senacs.web.refusals import refusals


class NameForm(forms.Form):
    name = forms.CharField()


@pytest.fixture
def request_with_messages(rf) -> HttpRequest:
    request = rf.post("/")
    request.session = {}
    request._messages = FallbackStorage(request)
    return request


def said(request: HttpRequest) -> list[str]:
    return [str(message) for message in get_messages(request)]


def test_a_refusal_is_said_with_its_details_and_the_view_goes_on(request_with_messages: HttpRequest) -> None:
    with refusals(request_with_messages):
        raise Refused("Il manque une signature.", ["Cnaf", "Fcsf"])
    assert said(request_with_messages) == ["Il manque une signature. Cnaf Fcsf"]


@pytest.mark.parametrize(("field", "place"), [("name", "name"), (None, "__all__")])
def test_a_refusal_stands_at_the_field_that_asked(request_with_messages: HttpRequest, field, place: str) -> None:
    form = NameForm({"name": "x"})
    with refusals(request_with_messages, form, field):
        raise Refused("Ce nom est pris.")
    assert form.errors == {place: ["Ce nom est pris."]}
    assert not said(request_with_messages)


def test_what_a_person_may_never_do_is_403(request_with_messages: HttpRequest) -> None:
    with pytest.raises(PermissionDenied, match="Pas vous"), refusals(request_with_messages):
        raise NotAllowed("Pas vous.")
    assert not said(request_with_messages)


def test_other_errors_are_not_refusals(request_with_messages: HttpRequest) -> None:
    with pytest.raises(ZeroDivisionError), refusals(request_with_messages):
        1 / 0  # noqa: B018
