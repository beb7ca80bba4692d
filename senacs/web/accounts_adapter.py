"""How allauth serves the accounts of this site: people are invited, and prove who they are in French."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from senacs.accounts.devices import name_of
from senacs.accounts.factor_letters import ACTS, tell_factor_changed
from senacs.accounts.models import User
from senacs.accounts.throttling import (
    PROOF,
    SIGN_IN_DEVICE,
    SIGN_IN_NETWORK,
    Lane,
    account_lane,
    forget,
    forgive,
    tell_owner,
    try_once,
    wait_in_french,
)
from senacs.audit.security import tell
from senacs.web.account import devices
from senacs.web.account.proconnect import remember_sign_in, way_out
from senacs.web.client import client_address_text, known_device, network_of, remember_device
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

    def get_login_stages(self) -> list[str]:
        own = {"allauth.mfa.stages.AuthenticateStage": "senacs.web.account.proconnect.SecondFactorStage"}
        return [own.get(stage, stage) for stage in super().get_login_stages()]

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return way_out(request) or str(super().get_logout_redirect_url(request))

    def is_reauthentication_required(self, *, app: str, **kwargs: object) -> bool:
        """One rule for the whole site: what was typed at sign-in ten minutes ago at most is proof enough."""
        return not has_fresh_proof(self.request)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, object]]:
        """A key first where there is one, as nobody can steal it by a false page; then codes, then the password."""
        methods = {method["id"]: method for method in super().get_reauthentication_methods(user)}
        return [methods[name] | {"description": words} for name, words in _PROOFS.items() if name in methods]

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counts the attempt before the password is looked at; raises while it must wait."""
        account = account_lane(str(credentials.get("email", "")))
        device, network = known_device(request, account.key), network_of(request)
        if device:
            lanes = [Lane(SIGN_IN_DEVICE, f"{device} {account.key}")]
        else:
            lanes = [Lane(SIGN_IN_NETWORK, network), account] if network else [account]
        if wait := try_once(*lanes):
            raise ValidationError(
                f"Trop d’essais : réessayez dans {wait_in_french(wait)}, depuis un appareil où vous vous êtes déjà"
                " connecté, ou demandez un nouveau mot de passe."
            )
        self._lanes = lanes

    def _rollback_login_failed_rl_usage(self) -> None:
        """The password was right: the attempt is taken back, and the account starts afresh for this person."""
        forgive(*self._lanes)
        forget(*(lane for lane in self._lanes if lane.policy is not SIGN_IN_NETWORK))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        tell_owner(address=str(credentials.get("email", "")))

    def reauthenticate(self, user: Any, password: str) -> bool:
        """A password typed again in one's own session: no stranger's attempts count against it."""
        lane = Lane(PROOF, str(user.pk))
        if wait := try_once(lane):
            raise ValidationError(f"Trop d’essais : réessayez dans {wait_in_french(wait)}.")
        if not user.check_password(password):
            tell("proof_refused", account=user.pk)
            return False
        forget(lane)
        return True

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if isinstance(user, User):
            remember_device(request, response, user)
            devices.notice(request, user)
        if signed := (kwargs.get("signal_kwargs") or {}).get("sociallogin"):
            remember_sign_in(request, signed)
        return response

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, object] | None = None, email: str | None = None
    ) -> None:
        """Our letters in place of the library's, for what they know; a reset password has its own elsewhere."""
        if (act := template_prefix.rpartition("/")[2]) in ACTS:
            tell_factor_changed(user=user, act=act, device=name_of(self.request.headers.get("User-Agent", "")))

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address_text(request)
