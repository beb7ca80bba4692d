"""The demonstration's logins, for the sign-in page of a demonstration only."""

from django import template
from django.conf import settings

from senacs.accounts.queries import DEMO_PASSWORD, DemoLogin
from senacs.accounts.queries import demo_logins as accounts_of_demonstration
from senacs.accounts.second_factor import REQUIRED

register = template.Library()


@register.simple_tag
def demo_logins() -> dict[str, str | bool | list[DemoLogin]]:
    """`{"password": …, "accounts": […], "second_factor": …}`; empty outside of a demonstration."""
    if not settings.DEMO:
        return {"password": "", "accounts": [], "second_factor": True}
    is_required = settings.SECOND_FACTOR == REQUIRED
    return {"password": DEMO_PASSWORD, "accounts": accounts_of_demonstration(), "second_factor": is_required}
