"""How allauth serves the accounts of this site: people are invited, and prove who they are in French."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from senacs.web.proof import has_fresh_proof

_PROOFS = {
    "mfa_reauthenticate:webauthn": "Avec ma clé d’accès",
    "mfa_reauthenticate": "Avec un code",
    "reauthenticate": "Avec mon mot de passe",
}


class InvitationOnlyAdapter(DefaultAccountAdapter):
    """Accounts come from an invitation by the national team, a correspondent or a responsable."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: object) -> bool:
        """One rule for the whole site: what was typed at sign-in ten minutes ago at most is proof enough."""
        return not has_fresh_proof(self.request)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """A key first where there is one, as nobody can steal it by a false page; then codes, then the password."""
        methods = {method["id"]: method for method in super().get_reauthentication_methods(user)}
        return [methods[name] | {"description": words} for name, words in _PROOFS.items() if name in methods]
