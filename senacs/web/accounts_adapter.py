"""How allauth creates accounts here: it does not; people are invited."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class InvitationOnlyAdapter(DefaultAccountAdapter):
    """Accounts come from an invitation by the national team, a correspondent or a responsable."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
