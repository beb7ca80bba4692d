"""The first two people of an empty site."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from senacs.accounts.beginning import invite_first, invite_second
from senacs.accounts.enums import RightsAct, Role, Side
from senacs.accounts.models import Invitation, Mandate, RightsEntry, User
from senacs.accounts.national import confirm_national, propose_national
from senacs.lib.refusals import Refused
from tests import factories

pytestmark = pytest.mark.django_db
WHY = "Elle représente la Fcsf depuis janvier."


def first() -> User:
    return factories.accept(invite_first(email="cnaf@exemple.fr", side=Side.CAF)[0]).user


def second(by: User, **more: Any) -> Invitation:
    given: dict[str, Any] = {"email": "fcsf@exemple.fr", "side": Side.FEDERATION, "reason": WHY} | more
    return invite_second(by=by, first_name="Anne", last_name="Roux", **given)


def test_the_command_prints_a_link_that_opens_the_first_account(client: Client, mailoutbox: list[Any]) -> None:
    out = StringIO()
    call_command("first_admin", " Cnaf@Exemple.fr", "--institution", "fcsf", stdout=out)
    link = next(line for line in out.getvalue().splitlines() if line.startswith("http"))
    path = "/" + link.split("/", 3)[3]
    given = {"first_name": "Anne", "last_name": "Roux", "password": "une-phrase-de-passe-assez-longue"}
    shown = client.get(path).content.decode()
    assert "Équipe nationale" in shown
    client.post(path, {**given, "password1": given["password"], "password2": given["password"]})
    mandate = Mandate.objects.get()
    assert (mandate.user.email, mandate.role, mandate.side) == ("cnaf@exemple.fr", Role.NATIONAL, Side.FEDERATION)
    assert RightsEntry.objects.order_by("pk").values_list("act", flat=True)[0] == RightsAct.INSTALLED
    with pytest.raises(CommandError, match="a déjà quelqu’un"):
        call_command("first_admin", "autre@exemple.fr", stdout=out)


def test_asked_again_the_first_link_opens_nothing_more() -> None:
    mistyped = invite_first(email="canf@exemple.fr", side=Side.CAF)[0]
    mended = invite_first(email="cnaf@exemple.fr", side=Side.CAF)[0]
    assert list(Invitation.objects.pending()) == [mended]
    assert not Invitation.objects.filter(pk=mistyped.pk).exists()


def test_the_command_refuses_what_is_no_address() -> None:
    with pytest.raises(CommandError):
        call_command("first_admin", "cnaf", stdout=StringIO())
    assert not Invitation.objects.exists()


def test_two_people_then_give_every_other_right_together(
    mailoutbox: list[Any], django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    cnaf = first()
    with django_capture_on_commit_callbacks(execute=True):
        invitation = second(cnaf)
    assert [letter.to for letter in mailoutbox] == [["fcsf@exemple.fr"]]
    fcsf = factories.accept(invitation).user
    with pytest.raises(Refused, match="se donne à deux"):
        second(cnaf, email="troisieme@exemple.fr")
    proposal = propose_national(email="a@exemple.fr", role=Role.COMITE_TECHNIQUE, side="", reason=WHY, by=cnaf)
    assert proposal.awaits_confirmation
    confirm_national(invitation=proposal, by=fcsf)
    proposed = RightsEntry.objects.filter(act=RightsAct.PROPOSED).order_by("pk").values_list("by", flat=True)
    assert list(proposed) == [cnaf.pk, cnaf.pk]


def test_one_second_person_is_invited_at_a_time() -> None:
    cnaf = first()
    second(cnaf)
    with pytest.raises(Refused, match="se donne à deux"):
        second(cnaf, email="autre@exemple.fr")
    assert second(cnaf).email == "fcsf@exemple.fr", "the same person may be written to again"


def test_the_second_person_is_of_the_other_institution() -> None:
    with pytest.raises(Refused, match="une personne de la Fcsf"):
        second(first(), side=Side.CAF)
