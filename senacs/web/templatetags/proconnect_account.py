"""The identity that a person attached to their account, for the page of the account."""

from typing import Any

from django import template

from senacs.web.account.proconnect import identity_of
from senacs.web.requests import signed_in

register = template.Library()


@register.simple_tag(takes_context=True)
def proconnect_identity(context: dict[str, Any]) -> str:
    return identity_of(signed_in(context["request"]))
