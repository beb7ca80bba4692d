"""The demonstration's logins, for the sign-in page of a demonstration only."""

from django import template
from django.conf import settings

from senacs.accounts.queries import DEMO_PASSWORD, DemoLogin
from senacs.accounts.queries import demo_logins as accounts_of_demonstration

register = template.Library()


@register.simple_tag
def demo_logins() -> dict[str, str | list[DemoLogin]]:
    """`{"password": …, "accounts": […]}`; empty outside of the demonstration, whatever the template asks."""
    if not settings.DEMO:
        return {"password": "", "accounts": []}
    return {"password": DEMO_PASSWORD, "accounts": accounts_of_demonstration()}
