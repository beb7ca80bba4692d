"""« Registre » in the browser: acts done by whoever decides, proposed by others, accepted or refused with a reason."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from senacs.accounts.models import User
from senacs.letters.models import OutgoingLetter
from senacs.lib import clock
from senacs.register.enums import ActKind, RegisterProposalState
from senacs.register.models import RegisterAct, RegisterProposal
from senacs.structures.models import Structure
from senacs.territories.models import PostalCode
from tests import factories
from tests.factories import Cast

TODAY = clock.today()
WHY = "Délibération du conseil municipal du 3 novembre."


@pytest.fixture(autouse=True)
def reference(cast: Cast, settings: object, tmp_path: Path) -> None:
    folder = tmp_path / "reference"
    folder.mkdir()
    (folder / "caf.csv").write_text("code;nom;departements;epci\n", encoding="utf-8")
    settings.DATA_DIR = tmp_path  # type: ignore[attr-defined]
    PostalCode.objects.create(code="26000", commune=cast.structure.commune)


def signed_in(client: Client, user: User) -> Client:
    factories.accept_charte(user)
    factories.set_up_second_factor(user)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def act_url(structure: Structure, kind: ActKind) -> str:
    return f"/registre/{structure.pk}/{kind.value}/"


def corrections(structure: Structure, **changes: str) -> dict[str, str]:
    """What the form of corrections sends: the entry as it is, but for `changes`."""
    sent = {"name": structure.name, "kind": structure.kind, "gestion": structure.gestion}
    sent |= {"territory_type": structure.territory_type, "priority_geography": structure.priority_geography}
    sent |= {"is_fcsf_member": "true", "on": f"{TODAY}", "reason": WHY}
    return sent | changes


def test_a_correction_of_the_structure_waits_for_the_pair_who_accept_it(client: Client, cast: Cast) -> None:
    sent = corrections(cast.structure, phone="04 75 12 12 12")
    reply = signed_in(client, cast.responsable).post(act_url(cast.structure, ActKind.CORRECT), sent)
    proposal = RegisterProposal.objects.get()
    assert reply.headers["Location"] == f"/registre/propositions/{proposal.pk}/"
    assert Structure.objects.get(pk=cast.structure.pk).phone == ""
    told = set(OutgoingLetter.objects.values_list("to", flat=True))
    assert told == {cast.correspondant_caf.email, cast.correspondant_federal.email}
    page = signed_in(client, cast.correspondant_federal).get(reply.headers["Location"]).content.decode()
    assert "04 75 12 12 12" in page and "Accepter et écrire l’acte" in page
    client.post(reply.headers["Location"], sent | {"reason": "Vérifié au téléphone avec la structure."})
    assert Structure.objects.get(pk=cast.structure.pk).phone == "04 75 12 12 12"
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by) == (RegisterProposalState.ACCEPTED, cast.correspondant_federal)
    assert RegisterAct.objects.get().proposal == proposal
    assert OutgoingLetter.objects.filter(to=cast.responsable.email).exists()


def test_a_refused_proposal_says_why_and_waits_no_more(client: Client, cast: Cast) -> None:
    signed_in(client, cast.responsable).post(
        act_url(cast.structure, ActKind.CORRECT), corrections(cast.structure, phone="04 75 12 12 12")
    )
    proposal = RegisterProposal.objects.get()
    address = f"/registre/propositions/{proposal.pk}/refuser/"
    assert client.post(address, {"answer": "Non."}).status_code == 403
    signed_in(client, cast.correspondant_caf)
    assert client.post(address, {"answer": ""}).status_code == 422
    client.post(address, {"answer": "Ce numéro est celui de la mairie."})
    proposal.refresh_from_db()
    assert (proposal.state, proposal.answer) == (
        RegisterProposalState.REFUSED,
        "Ce numéro est celui de la mairie.",
    )
    again = client.post(f"/registre/propositions/{proposal.pk}/", corrections(cast.structure, phone="04 75 12 12 12"))
    assert "n’est pas possible" in again.content.decode()
    assert not RegisterAct.objects.exists()


def test_a_newer_proposal_replaces_the_older(client: Client, cast: Cast) -> None:
    signed_in(client, cast.suppleant)
    for phone in ("04 75 12 12 12", "04 75 13 13 13"):
        client.post(act_url(cast.structure, ActKind.CORRECT), corrections(cast.structure, phone=phone))
    states = list(RegisterProposal.objects.order_by("pk").values_list("state", flat=True))
    assert states == [RegisterProposalState.REPLACED, RegisterProposalState.PENDING]


def test_a_merger_proposed_by_the_caf_is_accepted_by_the_national_team(client: Client, cast: Cast) -> None:
    other = factories.make_structure(name="Centre social des Lilas")
    sent = {"others": other.code, "on": f"{TODAY}", "reason": WHY, "confirms": "on"}
    reply = signed_in(client, cast.correspondant_caf).post(act_url(cast.structure, ActKind.MERGE), sent)
    assert "Accepter" not in client.get(reply.headers["Location"]).content.decode()
    assert client.post(reply.headers["Location"], sent).status_code == 403
    signed_in(client, cast.national).post(reply.headers["Location"], sent)
    assert Structure.objects.get(pk=other.pk).closed_on == TODAY
    page = client.get(f"/registre/{cast.structure.pk}/").content.decode()
    assert "issue d’une fusion avec" in page and other.code in page


def test_dangerous_acts_ask_for_a_confirmation(client: Client, cast: Cast) -> None:
    sent = {"on": f"{TODAY}", "reason": WHY}
    reply = signed_in(client, cast.national).post(act_url(cast.structure, ActKind.CLOSE), sent)
    assert reply.status_code == 422 and "Confirmez avant d’enregistrer" in reply.content.decode()
    assert Structure.objects.get(pk=cast.structure.pk).closed_on is None
    client.post(act_url(cast.structure, ActKind.CLOSE), sent | {"confirms": "on"})
    assert Structure.objects.get(pk=cast.structure.pk).closed_on == TODAY
    assert "Réouverture" in client.get(f"/registre/{cast.structure.pk}/").content.decode()


def test_a_new_structure_is_entered_by_its_place(client: Client, cast: Cast) -> None:
    sent = {
        "name": "EVS du Vercors", "kind": "EVS", "postal_code": "26 000", "city": "VALENCE", "on": f"{TODAY}",
        "ends_on": f"{TODAY + timedelta(days=1000)}", "has_families": "oui", "reason": WHY,
    }  # fmt: skip
    wrong = signed_in(client, cast.national).post("/registre/nouvelle/", sent | {"city": "Nulle-Part"})
    assert wrong.status_code == 422 and "inconnue" in wrong.content.decode()
    reply = client.post("/registre/nouvelle/", sent)
    new = Structure.objects.get(name="EVS du Vercors")
    assert reply.headers["Location"] == f"/registre/{new.pk}/"
    assert (new.commune, new.agrements.get().has_families) == (cast.structure.commune, True)


@pytest.mark.parametrize("kind", [kind for kind in ActKind if kind not in {ActKind.CREATE, ActKind.LIST}])
def test_each_act_has_a_page_for_the_national_team(client: Client, cast: Cast, kind: ActKind) -> None:
    page = signed_in(client, cast.national).get(act_url(cast.structure, kind))
    assert page.status_code == 200 and kind.label in page.content.decode()


def test_a_structure_may_ask_for_what_its_entry_says_and_no_more(client: Client, cast: Cast) -> None:
    signed_in(client, cast.responsable)
    for kind, status in ((ActKind.MOVE, 200), (ActKind.SITES, 200), (ActKind.CLOSE, 403), (ActKind.AGREMENT, 403)):
        assert client.get(act_url(cast.structure, kind)).status_code == status
    assert client.get(act_url(cast.neighbour, ActKind.CORRECT)).status_code == 404
    assert client.get("/registre/nouvelle/").status_code == 403


def test_the_register_of_a_past_day_is_shown_and_downloaded(client: Client, cast: Cast) -> None:
    Structure.objects.filter(pk=cast.structure.pk).update(first_agrement_on=TODAY - timedelta(days=1000))
    signed_in(client, cast.correspondant_caf)
    now = client.get("/registre/au-jour/").content.decode()
    assert cast.structure.name in now and cast.neighbour.name not in now
    before = client.get(f"/registre/au-jour/?jour={TODAY - timedelta(days=2000)}").content.decode()
    assert cast.structure.name not in before
    file = client.get(f"/registre/au-jour/registre.csv?jour={TODAY}")
    assert cast.structure.code in file.content.decode()
    assert client.get("/registre/au-jour/?jour=hier").status_code == 422


def test_the_index_asks_a_constant_number_of_queries(
    client: Client, cast: Cast, django_assert_max_num_queries: object
) -> None:
    signed_in(client, cast.national).get("/registre/")
    for _ in range(3):
        one = factories.make_structure()
        one.agrements.create(starts_on=TODAY - timedelta(days=900), ends_on=TODAY + timedelta(days=30))
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        page = client.get("/registre/").content.decode()
    assert "5\u00a0fiches" in page and "jusqu’au" in page
    assert "1\u00a0fiche<" in client.get(f"/registre/?name={cast.structure.code}").content.decode().replace("\n", "")
