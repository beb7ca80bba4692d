"""The address of an account: it changes by the link sent to the new one, and by nothing else."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.urls import reverse

from senacs.accounts.addresses import read_address
from senacs.accounts.keys import key_hash, new_key, public_address
from senacs.accounts.models import AddressChange, User
from senacs.accounts.throttling import ADDRESS_CHANGE, Lane, try_once, wait_in_french
from senacs.audit.security import tell_once_done
from senacs.letters import mail
from senacs.lib import clock
from senacs.lib.refusals import Refused

LIFE = timedelta(hours=24)
_USED = "Ce lien a déjà servi, ou un plus récent le remplace."


@transaction.atomic
def ask_address_change(*, user: User, new_email: str) -> None:
    """Sends a link to the new address and tells the present one; the caller has asked for a fresh proof of identity.

    Whoever asks learns nothing of the accounts of others: an address that is taken receives a letter that says so.
    """
    address = read_address(new_email)
    if address == user.email:
        raise Refused("C’est déjà votre adresse.")
    if wait := try_once(Lane(ADDRESS_CHANGE, str(user.pk))):
        raise Refused(f"Trop de demandes : réessayez dans {wait_in_french(wait)}.")
    AddressChange.objects.filter(user=user, confirmed_at__isnull=True).delete()
    key = new_key()
    change = AddressChange.objects.create(
        user=user, new_email=address, key_hash=key_hash(key), expires_at=clock.now() + LIFE
    )
    context = {
        "user": user,
        "change": change,
        "link": public_address(reverse("account_address_confirm", args=[key])),
        "hours": int(LIFE.total_seconds()) // 3600,
    }
    tell_once_done("address_change_asked", account=user.pk)
    is_taken = User.objects.filter(email=address).exists()
    to_new = "accounts/mail/adresse_prise.txt" if is_taken else "accounts/mail/adresse_nouvelle.txt"
    mail.send_on_commit(
        [
            mail.write(to_new, context, to=address),
            mail.write("accounts/mail/adresse_demandee.txt", context, to=user.email),
        ]
    )


def find_address_change(*, key: str, user: User) -> AddressChange:
    """The change that the key confirms, for the person who asked for it; Refused says why there is none."""
    change = AddressChange.objects.filter(key_hash=key_hash(key), user=user).first()
    if change is None:
        raise Refused("Ce lien n’ouvre rien pour ce compte : connectez-vous avec celui dont l’adresse doit changer.")
    if change.confirmed_at is not None:
        raise Refused(_USED)
    if change.expires_at <= clock.now():
        raise Refused("Ce lien n’est plus valable : demandez de nouveau le changement d’adresse.")
    return change


@transaction.atomic
def confirm_address_change(*, key: str, user: User) -> User:
    """The new address counts from now on; the old one is told."""
    change = find_address_change(key=key, user=user)
    person = User.objects.select_for_update().get(pk=user.pk)
    old = person.email
    confirmed = AddressChange.objects.filter(pk=change.pk, confirmed_at__isnull=True).update(
        confirmed_at=clock.now(), old_email=old
    )
    if not confirmed:
        raise Refused(_USED)
    person.email = change.new_email
    try:
        with transaction.atomic():
            person.save(update_fields=["email"])
    except IntegrityError as error:
        raise Refused("Cette adresse a déjà un compte : elle ne peut pas être aussi celle du vôtre.") from error
    # allauth's own table says nothing that this column does not: what it held would still receive reset letters.
    EmailAddress.objects.filter(user=person).delete()
    tell_once_done("address_changed", account=person.pk)
    context = {"user": person, "old": old, "new": person.email}
    mail.send_on_commit([mail.write("accounts/mail/adresse_changee.txt", context, to=old)])
    return person
