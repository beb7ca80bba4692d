"""« Équipe nationale » and « Comptes », as the national team uses them."""

from collections.abc import Callable

import pytest
from django.test import Client

from senacs.accounts.enums import Role, Side
from senacs.accounts.models import Invitation, RightsEntry, User
from senacs.accounts.second_factor import has_second_factor
from tests import factories
from tests.factories import Cast

SignIn = Callable[[User], Client]
WHY = "Elle remplace Paul Noir, parti à la retraite."
GIVEN = {
    "first_name": "Anne",
    "last_name": "Roux",
    "email": "anne.roux@exemple.fr",
    "role": "national",
    "side": "caf",
    "reason": WHY,
}


@pytest.fixture
def fcsf(cast: Cast) -> User:
    user = factories.make_user("fcsf@exemple.fr")
    factories.make_mandate(user, Role.NATIONAL, side=Side.FEDERATION)
    return user


def text(client: Client, path: str = "/national/equipe/") -> str:
    return client.get(path).content.decode()


def test_from_the_proposal_to_the_register(cast: Cast, fcsf: User, sign_in: SignIn) -> None:
    client = sign_in(cast.national)
    assert "Pourront confirmer : Fcsf Martin." in " ".join(text(client).split())
    assert client.post("/national/equipe/proposer/", GIVEN).headers["Location"] == "/national/equipe/"
    shown, proposal = text(client), Invitation.objects.get()
    assert "Vous l’avez proposée" in shown and f"/invitations/{proposal.pk}/confirmer/" not in shown
    assert client.post(f"/national/equipe/invitations/{proposal.pk}/confirmer/").status_code == 403

    client = sign_in(fcsf)
    assert WHY in text(client)
    assert client.post(f"/national/equipe/invitations/{proposal.pk}/confirmer/").status_code == 302
    assert "Confirmée par Fcsf Martin" in text(client)
    anne = factories.accept(Invitation.objects.get()).user
    shown = text(client)
    assert "National Martin et Fcsf Martin" in shown
    for act in ("Proposition", "Confirmation", "Invitation acceptée"):
        assert f"{act} : Équipe nationale" in " ".join(shown.split())

    mandate = anne.mandates.get()
    short = client.post(f"/national/equipe/{mandate.pk}/terminer/", {"reason": "Départ."}, follow=True)
    assert "en une phrase" in short.content.decode()
    told = client.post(f"/national/equipe/{mandate.pk}/terminer/", {"reason": WHY}, follow=True).content.decode()
    assert "a plus ce rôle" in told
    assert not anne.mandates.exists()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"side": ""}, "Dites au titre de quelle institution"),
        ({"email": "national@exemple.fr"}, "quelqu’un d’autre que vous"),
        ({"email": "anne"}, "pas complète"),
        ({"reason": "départ"}, "en une phrase"),
        ({"role": "copil"}, "copil"),
    ],
)
def test_a_refused_proposal_says_why(
    cast: Cast, fcsf: User, sign_in: SignIn, changed: dict[str, str], told: str
) -> None:
    reply = sign_in(cast.national).post("/national/equipe/proposer/", GIVEN | changed)
    assert reply.status_code == 422
    assert told in reply.content.decode()
    assert not Invitation.objects.exists()


def test_a_proposal_is_withdrawn(cast: Cast, fcsf: User, sign_in: SignIn) -> None:
    client = sign_in(cast.national)
    client.post("/national/equipe/proposer/", GIVEN)
    pk = Invitation.objects.get().pk
    assert "plus rien" in client.post(f"/national/equipe/invitations/{pk}/retirer/", follow=True).content.decode()
    assert client.post(f"/national/equipe/invitations/{pk}/retirer/").status_code == 404


def test_alone_one_invites_the_other_institution(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.national)
    assert "Vous êtes seul dans l’équipe nationale" in text(client)
    reply = client.post("/national/equipe/proposer/", GIVEN)
    assert reply.status_code == 422 and "une personne de la Fcsf" in reply.content.decode()
    client.post("/national/equipe/proposer/", GIVEN | {"side": "federation"})
    shown = " ".join(text(client).split())
    assert "Invitée par la première personne de l’équipe le" in shown and WHY in shown
    factories.accept(Invitation.objects.get())
    assert "Pourront confirmer : Anne" in " ".join(text(client).split())


def test_lost_second_factor_is_reset_from_the_search(cast: Cast, sign_in: SignIn) -> None:
    person = cast.correspondant_caf
    factories.set_up_second_factor(person)
    client = sign_in(cast.national)
    assert "aucun compte" not in text(client, "/national/comptes/").lower()
    assert "Aucun compte" in text(client, "/national/comptes/?q=inconnue")
    found = text(client, "/national/comptes/?q=caf@exemple")
    path = f"/national/comptes/{person.pk}/second-facteur/"
    assert path in found and "Correspondant Caf" in found
    assert "obligatoire pour ses rôles" in text(client, path)
    assert client.post(path, {"reason": "Perdu."}).status_code == 422
    assert has_second_factor(User.objects.get(pk=person.pk))
    assert client.post(path, {"reason": WHY}).headers["Location"] == "/national/comptes/"
    assert not has_second_factor(User.objects.get(pk=person.pk))
    assert "rien à remettre" in text(client, path)
    assert "Second facteur remis à zéro" in text(client)


def test_one_s_own_is_not_offered_and_not_done(cast: Cast, sign_in: SignIn) -> None:
    client, path = sign_in(cast.national), f"/national/comptes/{cast.national.pk}/second-facteur/"
    assert "C’est votre compte" in text(client, path)
    assert client.post(path, {"reason": WHY}).status_code == 403
    assert has_second_factor(cast.national)
    assert not RightsEntry.objects.exists()


@pytest.mark.parametrize("who", ["comite_technique", "regional", "copil", "responsable"])
def test_these_pages_are_the_national_team_s(cast: Cast, sign_in: SignIn, who: str) -> None:
    client = sign_in(cast.users()[who])
    for path in ("/national/equipe/", "/national/comptes/", f"/national/comptes/{cast.nobody.pk}/second-facteur/"):
        assert client.get(path).status_code == 403
