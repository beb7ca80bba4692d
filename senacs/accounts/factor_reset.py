"""The second factor of somebody who lost everything: reset by the national team, told to the person and kept."""

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Q, QuerySet

from senacs.accounts.devices import end_sessions
from senacs.accounts.enums import RightsAct
from senacs.accounts.models import Mandate, User
from senacs.accounts.national import stated_reason
from senacs.accounts.permissions import can_reset_second_factor
from senacs.accounts.rights import log_right
from senacs.accounts.second_factor import is_obliged
from senacs.accounts.services import national_people
from senacs.letters import mail
from senacs.lib.refusals import NotAllowed, Refused


@transaction.atomic
def reset_second_factor(*, person: User, reason: str, by: User) -> None:
    """Takes away keys, application and rescue codes, and ends every session: the password alone opens the account,
    then a new factor is asked of whoever must have one. The person is told at once, by a letter that says by whom and
    why; for a member of the national team, the whole team is.
    """
    if not can_reset_second_factor(by, person):
        raise NotAllowed("Une autre personne de l’équipe nationale remet à zéro un second facteur, jamais la sienne.")
    stated = stated_reason(reason)
    if not person.is_active:
        raise Refused("Ce compte est fermé.")
    removed, _ = Authenticator.objects.filter(user=person).delete()
    if not removed:
        raise Refused("Ce compte n’a ni clé d’accès ni application : il n’y a rien à remettre à zéro.")
    end_sessions(user=person)
    log_right(act=RightsAct.FACTOR_RESET, address=person.email, person=person, reason=stated, by=by)
    context = {"person": person, "by": by, "reason": stated, "is_obliged": is_obliged(person)}
    letters = [mail.write("accounts/mail/second_facteur_remis.txt", context, to=person.email)]
    team = national_people()
    if team.filter(pk=person.pk).exists():
        others = team.exclude(pk=person.pk)
        letters += [mail.write("accounts/mail/second_facteur_equipe.txt", context, to=p.email) for p in others]
    mail.send_on_commit(letters)


def people_found(words: str) -> QuerySet[User]:
    """Accounts whose name or address holds each word, by name; none without a word."""
    found = User.objects.filter(is_active=True)
    for word in words.split():
        found = found.filter(Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(email__icontains=word))
    return (found if words.split() else found.none()).order_by("last_name", "first_name", "email")


def roles_told(person: User) -> list[Mandate]:
    """What the person holds today, to be recognised by."""
    held = Mandate.objects.current().filter(user=person)
    return list(held.select_related("structure", "caf", "federation", "departement", "region").order_by("role", "pk"))
