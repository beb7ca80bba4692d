"""Passwords forgotten: the link by which a person chooses another one, and why an old link opens nothing."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse
from django.utils.http import base36_to_int

from senacs.accounts.addresses import canonical_address
from senacs.accounts.keys import public_address
from senacs.accounts.models import User
from senacs.letters import mail
from senacs.lib import clock

_EPOCH_OF_TOKENS = 978307200  # 2001-01-01, from which Django's reset tokens count their seconds


def send_reset_link(*, address: str) -> None:
    """Writes to the account of that address, if there is one; whoever asks is told the same in both cases."""
    user = User.objects.filter(email=canonical_address(address), is_active=True).first()
    if user is None:
        return
    context = {"user": user, "link": reset_link(user), "minutes": settings.PASSWORD_RESET_TIMEOUT // 60}
    mail.send_on_commit([mail.write("accounts/mail/mot_de_passe.txt", context, to=user.email)])


def reset_link(user: User) -> str:
    """The address at which `user` chooses a password, once."""
    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    return public_address(path)


def why_unusable(key: str) -> str:
    """What to say of a reset key that opens nothing; it says nothing of the account."""
    try:
        made_at = base36_to_int(key.split("-")[0]) + _EPOCH_OF_TOKENS
    except ValueError:
        return "Ce lien est incomplet : copiez-le en entier depuis la lettre."
    if clock.now().timestamp() - made_at > settings.PASSWORD_RESET_TIMEOUT:
        return "Ce lien n’est plus valable : il l’est pendant une heure."
    return "Ce lien a déjà servi, ou le compte a changé depuis."
