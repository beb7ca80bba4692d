"""The letter that follows each change of one's own second factor: whoever did not make it learns of it."""

from senacs.accounts.models import User
from senacs.letters import mail
from senacs.lib import clock
from senacs.lib.french import moment

# What each letter says was done, by the name that the library of second factors gives to it.
ACTS = {
    "totp_activated": "une application de codes a été activée",
    "totp_deactivated": "l’application de codes a été retirée",
    "webauthn_added": "une clé d’accès a été ajoutée",
    "webauthn_removed": "une clé d’accès a été retirée",
    "recovery_codes_generated": "de nouveaux codes de secours ont été créés ; les précédents ne valent plus",
}


def tell_factor_changed(*, user: User, act: str, device: str) -> None:
    """Writes to the person at once. `act` is one of `ACTS`; `device` the name of what it was done from."""
    context = {"user": user, "act": ACTS[act], "at": moment(clock.now()), "device": device}
    mail.send_on_commit([mail.write("accounts/mail/second_facteur_change.txt", context, to=user.email)])
