"""« Mandats », as a correspondent and the national team use it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from senacs.accounts.enums import Role, Side
from senacs.accounts.models import Invitation, Mandate, User
from senacs.lib import clock
from tests import factories
from tests.factories import Cast

SignIn = Callable[[User], Client]
PERSON = {"first_name": "Zoé", "last_name": "Roux", "email": "zoe.roux@exemple.fr"}


def text(client: Client, path: str) -> str:
    return " ".join(client.get(path, follow=True).content.decode().split())


def test_a_correspondent_arrives_at_the_own_desk(cast: Cast, sign_in: SignIn) -> None:
    client, caf = sign_in(cast.correspondant_caf), cast.structure.caf
    assert client.get("/mandats/").headers["Location"] == f"/mandats/caf/{caf.pk}/"
    shown = text(client, "/mandats/")
    assert cast.copil.email in shown and cast.structure.name in shown and cast.neighbour.name not in shown
    assert client.get(f"/mandats/federation/{cast.structure.federation.pk}/").status_code == 404
    assert client.get(f"/mandats/caf/{cast.neighbour.caf.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("role", "more", "scope"),
    [
        ("correspondant_caf", {}, "caf"),
        ("copil", {"departement": "26"}, "departement"),
        ("responsable", {"structure": "own"}, "structure"),
    ],
)
def test_somebody_is_named(cast: Cast, sign_in: SignIn, role: str, more: dict[str, str], scope: str) -> None:
    client, path = sign_in(cast.correspondant_caf), f"/mandats/caf/{cast.structure.caf.pk}/"
    filled = {name: str(cast.structure.pk) if value == "own" else value for name, value in more.items()}
    assert client.post(path, PERSON | {"role": role} | filled).status_code == 302
    invitation = Invitation.objects.get()
    assert invitation.role == role and getattr(invitation, scope) is not None
    assert invitation.side == (Side.CAF if role == Role.COPIL else "")
    assert "Zoé Roux" in text(client, path)
    client.post(f"/mandats/invitations/{invitation.pk}/retirer/")
    assert not Invitation.objects.pending().exists()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"role": "copil"}, "Choisissez le département"),
        ({"role": "responsable"}, "Choisissez la structure"),
        ({"role": "national"}, "national"),
        ({"role": "correspondant_caf", "email": "caf@exemple.fr"}, "quelqu’un d’autre que soi"),
        ({"role": "correspondant_caf", "ends_on": "demain"}, "Écrivez la date ainsi"),
    ],
)
def test_what_is_missing_is_said(cast: Cast, sign_in: SignIn, more: dict[str, str], told: str) -> None:
    path = f"/mandats/caf/{cast.structure.caf.pk}/"
    reply = sign_in(cast.correspondant_caf).post(path, PERSON | more)
    assert reply.status_code == 422 and told in reply.content.decode()
    assert not Invitation.objects.exists()


def test_handed_over_renewed_and_ended(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.correspondant_federal)
    held = cast.responsable.mandates.get()
    path = f"/mandats/{held.pk}/"
    assert "Transmettre à quelqu’un d’autre" in text(client, path)
    client.post(f"{path}transmettre/", PERSON)
    assert Invitation.objects.get().replaces == held
    until = clock.today() + timedelta(days=30)
    client.post(f"{path}prolonger/", {"ends_on": until.isoformat()})
    assert Mandate.objects.get(pk=held.pk).ends_on == until
    assert client.post(f"{path}terminer/", {"reason": "Départ"}).status_code == 422
    client.post(f"{path}terminer/", {"reason": "Elle quitte la structure ce vendredi."})
    assert not Mandate.objects.current().filter(pk=held.pk).exists()
    assert "sans responsable" in text(client, "/mandats/") and "Elle quitte la structure" in text(client, "/mandats/")
    assert client.get(f"/mandats/{cast.neighbour_responsable.mandates.get().pk}/").status_code == 404
    assert client.get(f"/mandats/{cast.national.mandates.get().pk}/").status_code == 404


def test_the_national_team_sees_who_is_missing_everywhere(cast: Cast, sign_in: SignIn) -> None:
    shown = text(sign_in(cast.national), "/mandats/")
    assert shown.index("Fédération Nord") < shown.index("Fédération Drôme"), "nobody there yet"
    assert "aucun" in shown
    assert "sans correspondant Caf ou fédéral" in shown and "aucun correspondant fédéral" in shown


@pytest.mark.parametrize(
    ("query", "seen", "unseen"),
    [
        ("words=FEDERATION+drome", "Fédération Drôme", "Caf Drôme"),
        ("departement=59", "Caf Nord", "Caf Drôme"),
        ("kind=caf", "Caf Drôme", "Fédération Drôme"),
        ("state=nobody", "Fédération Nord", "Fédération Drôme"),
        ("state=ending", "Caf Drôme", "Fédération Drôme"),
        ("state=vacant&kind=federation", "Fédération Nord", "Fédération Drôme"),
    ],
)
def test_the_national_team_filters_the_institutions(
    cast: Cast, sign_in: SignIn, query: str, seen: str, unseen: str
) -> None:
    Mandate.objects.filter(user=cast.correspondant_caf).update(ends_on=clock.today() + timedelta(days=20))
    Mandate.objects.filter(user=cast.neighbour_responsable).delete()
    shown = text(sign_in(cast.national), f"/mandats/?{query}")
    rows = shown[shown.index("<tbody") :]
    assert f">{seen}</a>" in rows and f">{unseen}</a>" not in rows
    assert sign_in(cast.national).get("/mandats/?departement=999").status_code == 422


def test_a_long_list_of_institutions_is_paged(cast: Cast, sign_in: SignIn) -> None:
    for number in range(30):
        factories.Federation.objects.create(code=f"F{number}", name=f"Union {number:02}")
    client = sign_in(cast.national)
    assert "Union 29" not in text(client, "/mandats/?words=union")
    second = text(client, "/mandats/?words=union&page=2")
    assert "Union 29" in second and 'href="?words=union&amp;page=1"' in second


def send(client: Client, content: bytes) -> str:
    reply = client.post("/mandats/liste/", {"file": SimpleUploadedFile("p.csv", content)})
    if reply.status_code == 302:
        factories.do_jobs()
        reply = client.get(reply.headers["Location"])
    return " ".join(reply.content.decode().split())


def test_a_list_invites_within_the_rights_of_who_sends_it(cast: Cast, sign_in: SignIn) -> None:
    client, head = sign_in(cast.correspondant_caf), "courriel;role;perimetre\n"
    own = f"{head}a@exemple.fr;responsable;{cast.structure.code}\n"
    refused = send(client, (own + f"b@exemple.fr;responsable;{cast.neighbour.code}\n").encode())
    assert "ligne 3 : Vous ne pouvez pas donner ce rôle." in refused
    assert not Invitation.objects.exists()
    assert "1 personne invitée" in send(client, own.encode()).replace("\xa0", " ")
    assert Invitation.objects.get().structure == cast.structure
    # As an ordinary spreadsheet saves it; what is no text is said.
    other = f"courriel;rôle;périmètre;nom\nb@exemple.fr;Suppléant;{cast.structure.code};Étienne\n"
    assert "1 personne invitée" in send(client, other.encode("cp1252")).replace("\xa0", " ")
    assert "n’est pas un fichier texte" in send(client, b"PK\x03\x04\x00\x00")
    assert "Colonnes manquantes" in send(client, b"nom\nZoe\n")
