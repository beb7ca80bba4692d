"""Small cards about what arrives without being typed, who takes part, and delays; each page asks in one line."""

from django import template

from senacs.accounts.models import User
from senacs.accounts.permissions import can_enter_on_behalf, can_review
from senacs.accounts.reach import unreached_of
from senacs.collection.models import Response
from senacs.collection.on_behalf import entered_for
from senacs.collection.participation import absence_of, delay_asked_for, may_ask_more_time
from senacs.lib.french import inside

register = template.Library()


@register.inclusion_tag("structure/intake_card.html")
def intake_card(response: Response) -> dict[str, object]:
    """For the structure's dashboard: workbook, software, entries of others, participation; no act that would be
    refused.
    """
    entries = entered_for(response)
    acts = [("Demander un délai", may_ask_more_time(response)), ("Ne pas participer", response.is_editable)]
    participation = ", ".join(inside(act) if n else act for n, (act, is_open) in enumerate(acts) if is_open)
    if not participation and response.extension_requests.exists():
        participation = "Délais demandés"
    return {
        "response": response,
        "entries": len(entries),
        "contested": sum(entry.is_contested for entry in entries),
        "absence": absence_of(response),
        "may_write": response.is_editable,
        "participation": participation,
    }


@register.inclusion_tag("correspondent/participation_card.html", takes_context=True)
def participation_card(context: dict[str, object], response: Response, user: User) -> dict[str, object]:
    """For the correspondent's page of a response: absence, delay asked, entry on behalf, contested values."""
    entries = entered_for(response)
    return {
        "response": response,
        "csrf_token": context.get("csrf_token"),
        "absence": absence_of(response),
        "asked": delay_asked_for(response),
        "unreached": unreached_of([response.structure]).get(response.structure_id),
        "contested": [entry for entry in entries if entry.is_contested],
        "may_decide": response.campaign.accepts_entry and can_review(user, response.structure),
        "may_enter": response.is_editable and can_enter_on_behalf(user, response.structure),
        "closes_on": response.closes_on,
    }


@register.filter
def fills_for(user: User, response: Response) -> bool:
    """`{% if user|fills_for:response %}`: the person enters on behalf, and may do so now (charte 2.2)."""
    return response.is_editable and can_enter_on_behalf(user, response.structure)
