"""Tables by question, naming and raw extracts: who may, what comes out, what is written in the ledger."""

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from senacs.accounts.enums import Role, Side
from senacs.accounts.models import AccessEntry, Invitation, Mandate, User
from senacs.accounts.permissions import can_extract_raw_data
from senacs.lib import clock
from senacs.observatory import services
from senacs.observatory.models import Disclosure, Release
from senacs.observatory.releases.build import run_build
from senacs.structures.models import Structure
from senacs.territories.models import Departement
from tests import factories
from tests.observatory.conftest import make_survey

SignIn = Callable[[User], Client]
PURPOSE = "Préparer la réunion d’analyse du comité de pilotage."


@pytest.fixture
def candidate(db: None, settings: Any, tmp_path: Path) -> Release:
    settings.DATA_DIR = factories.FIXTURES / "observatory"
    settings.RELEASES_DIR = tmp_path / "releases"
    settings.MICRODATA_DIR = tmp_path / "microdata"
    return run_build(services.create_release(campaign=make_survey(), by=None).pk)


def member(role: Role, code: str = "69", **scope: Any) -> User:
    user = factories.make_user()
    if role in {Role.COPIL, Role.PREPARATION}:
        scope["departement"] = Departement.objects.get(pk=code)
    factories.make_mandate(user, role, **scope)
    return user


@pytest.fixture
def prepared(candidate: Release) -> User:
    user = member(Role.PREPARATION, side=Side.CAF)
    factories.make_mandate(user, Role.PREPARATION, side=Side.FEDERATION, departement=Departement.objects.get(pk="69"))
    return user


def test_copil_reads_the_tables_of_its_departement_alone(candidate: Release, sign_in: SignIn) -> None:
    client = sign_in(member(Role.COPIL, side=Side.CAF))
    assert client.get("/tables/").headers["Location"] == "/tables/69/"
    html = client.get("/tables/69/?rubrique=toutes").content.decode()
    assert "candidate, à ne pas diffuser" in html
    assert "Budget total de fonctionnement" in html
    assert client.get("/tables/26/").status_code == 404
    assert client.get("/tables/69/?publication=1999-1").status_code == 404
    assert client.get("/tables/69/?rubrique=inconnue").status_code == 404
    one = client.get("/tables/69/?rubrique=emplois").content.decode()
    assert one.count("<section") == 1 and "Budget total" not in one
    # What was read of a candidate is known, whatever becomes of it: the page shows the places around it too.
    read = Disclosure.objects.values_list("source", flat=True)
    places = ("france FR", "region 84", "departement 69")
    assert sorted(read) == sorted(f"candidate {candidate.name}, {place}" for place in places)


def test_tables_of_the_wider_territories_are_read_from_the_departement(candidate: Release, sign_in: SignIn) -> None:
    client = sign_in(member(Role.COPIL, side=Side.CAF))
    page = client.get("/tables/69/").content.decode()
    for url in ("/tables/territoire/region/84/", "/tables/territoire/france/FR/"):
        assert url in page
        assert "Budget total de fonctionnement" in client.get(f"{url}?rubrique=toutes").content.decode()
        rows = list(_sheets(client.get(f"{url}tableaux.xlsx").content))
        assert any(isinstance(row[3], float) for row in rows if row[1])
    epci = Departement.objects.get(pk="69").communes.get().epci_id
    assert client.get(f"/tables/territoire/epci/{epci}/").status_code == 200
    elsewhere = Departement.objects.get(pk="59").communes.get().epci_id
    for closed in ("region/32", f"epci/{elsewhere}", "groupement/69-1", "departement/69", "commune/69001"):
        assert client.get(f"/tables/territoire/{closed}/").status_code == 404


def test_tables_hide_what_the_release_hides(candidate: Release, sign_in: SignIn) -> None:
    client = sign_in(member(Role.COPIL, "62", side=Side.CAF))
    rows = list(_sheets(client.get("/tables/62/tableaux.xlsx").content))
    # Three structures in 62: under the threshold, so neither their figures nor how many they are.
    told = [row for row in rows if row[1]]
    assert told
    assert all(row[2] == "–" and row[3] == "masqué" for row in told)


def test_workbook_has_a_number_for_each_published_figure(candidate: Release, sign_in: SignIn) -> None:
    client = sign_in(member(Role.REGIONAL, region=Departement.objects.get(pk="69").region, side=Side.CAF))
    rows = list(_sheets(client.get("/tables/69/tableaux.xlsx").content))
    budget = next(row for row in rows if row[0] == "Budget total de fonctionnement" and row[1] == "total (€)")
    assert isinstance(budget[3], float)
    assert budget[2] > 5


@pytest.mark.parametrize(
    "page", ["/tables/69/", "/tables/69/tableaux.xlsx", "/tables/69/preparation/", "/tables/territoire/france/FR/"]
)
def test_structures_read_no_tables(candidate: Release, sign_in: SignIn, page: str) -> None:
    structure = Structure.objects.filter(departement="69").first()
    assert sign_in(member(Role.RESPONSABLE, structure=structure)).get(page).status_code == 404


def test_only_the_person_named_by_both_sides_extracts(candidate: Release, prepared: User, sign_in: SignIn) -> None:
    assert sign_in(prepared).get("/tables/69/donnees/").status_code == 200
    named_by_one_side = member(Role.PREPARATION, side=Side.CAF)
    for other, status in ((member(Role.COPIL, side=Side.CAF), 403), (named_by_one_side, 404)):
        assert sign_in(other).get("/tables/69/donnees/").status_code == status
    assert not AccessEntry.objects.exists()


@pytest.mark.parametrize("file_format", ["xlsx", "csv", "parquet"])
def test_extract_is_marked_and_every_structure_concerned_reads_it(
    candidate: Release, prepared: User, sign_in: SignIn, file_format: str
) -> None:
    given = {"release": candidate.name, "file_format": file_format, "purpose": PURPOSE}
    reply = sign_in(prepared).post("/tables/69/donnees/", given)
    frame = _frame(reply.content, file_format)
    entry = AccessEntry.objects.get()
    assert set(frame["structure"]) == set(entry.structures.values_list("code", flat=True))
    assert {str(code) for code in frame["departement"]} == {"69"}
    assert all(f"Extrait n° {entry.pk}" in mark and prepared.email in mark for mark in frame["marque"])

    structure = entry.structures.get(code=frame["structure"][0])
    response = structure.responses.get()
    page = sign_in(member(Role.RESPONSABLE, structure=structure)).get(f"/saisie/{response.pk}/acces/")
    assert PURPOSE in page.content.decode()
    neighbour = Structure.objects.filter(departement="26", responses__isnull=False).first()
    assert neighbour is not None
    client = sign_in(member(Role.RESPONSABLE, structure=neighbour))
    assert client.get(f"/saisie/{response.pk}/acces/").status_code == 404
    assert PURPOSE not in client.get(f"/saisie/{neighbour.responses.get().pk}/acces/").content.decode()


def test_no_extract_without_a_purpose_or_of_too_few_structures(
    candidate: Release, prepared: User, sign_in: SignIn
) -> None:
    departement = Departement.objects.get(pk="62")
    for side in Side:
        factories.make_mandate(prepared, Role.PREPARATION, side=side, departement=departement)
    client, given = sign_in(prepared), {"release": candidate.name, "file_format": "csv"}
    assert client.post("/tables/69/donnees/", {**given, "purpose": "étude"}).status_code == 422
    refused = client.post("/tables/62/donnees/", {**given, "purpose": PURPOSE})
    assert "au moins 5 réponses validées" in refused.content.decode()
    assert not AccessEntry.objects.exists()


def test_both_sides_of_the_copil_name_on_their_page(candidate: Release, sign_in: SignIn) -> None:
    departement = Departement.objects.get(pk="69")
    given = {"email": "statisticien@exemple.fr", "ends_on": (clock.today() + timedelta(days=60)).isoformat()}
    for side, is_open in ((Side.CAF, False), (Side.FEDERATION, True)):
        reply = sign_in(member(Role.COPIL, side=side)).post("/tables/69/preparation/nommer/", given)
        assert reply.headers["Location"] == "/tables/69/preparation/"
        person = factories.accept(Invitation.objects.pending().get(email=given["email"])).user
        assert can_extract_raw_data(person, departement) is is_open
    late = {**given, "ends_on": (clock.today() + timedelta(days=600)).isoformat()}
    client = sign_in(member(Role.COPIL, side=Side.CAF))
    assert client.post("/tables/69/preparation/nommer/", late).status_code == 422
    assert (
        User.objects.get(email=given["email"]).get_full_name() in client.get("/tables/69/preparation/").content.decode()
    )


def test_a_naming_that_waits_is_seen_and_taken_back_by_its_own_side(candidate: Release, sign_in: SignIn) -> None:
    given = {"email": "statisticien@exemple.fr", "ends_on": (clock.today() + timedelta(days=60)).isoformat()}
    client = sign_in(member(Role.COPIL, side=Side.CAF))
    client.post("/tables/69/preparation/nommer/", given)
    waiting = Invitation.objects.get()
    assert given["email"] in client.get("/tables/69/preparation/").content.decode()
    address = f"/tables/69/preparation/invitation/{waiting.pk}/reprendre/"
    assert sign_in(member(Role.COPIL, side=Side.FEDERATION)).post(address).status_code == 403
    assert sign_in(member(Role.COPIL, side=Side.CAF)).post(address).status_code == 302
    assert not Invitation.objects.pending().exists()


def test_a_member_ends_the_naming_of_its_own_side_before_its_term(candidate: Release, sign_in: SignIn) -> None:
    departement = Departement.objects.get(pk="69")
    person = factories.make_user("statisticien@exemple.fr")
    yesterday = clock.today() - timedelta(days=1)
    held = {}
    for side in Side:
        held[side] = factories.make_mandate(person, Role.PREPARATION, side=side, departement=departement)
        Mandate.objects.filter(pk=held[side].pk).update(starts_on=yesterday)
    assert can_extract_raw_data(person, departement)
    client = sign_in(member(Role.COPIL, side=Side.CAF))
    address = f"/tables/69/preparation/{held[Side.FEDERATION].pk}/terminer/"
    assert client.post(address).status_code == 403
    assert client.post(address.replace(str(held[Side.FEDERATION].pk), str(held[Side.CAF].pk))).status_code == 302
    assert not can_extract_raw_data(User.objects.get(pk=person.pk), departement)
    assert "Mettre fin" not in client.get("/tables/69/preparation/").content.decode()


def test_nobody_else_names(candidate: Release, sign_in: SignIn) -> None:
    assert sign_in(member(Role.NATIONAL, side=Side.CAF)).get("/tables/69/preparation/").status_code == 403


def _sheets(content: bytes) -> Iterator[list[Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for name in book.sheet_names[1:]:
        yield from book.get_sheet_by_name(name).to_python(skip_empty_area=False)[1:]


def _frame(content: bytes, file_format: str) -> pl.DataFrame:
    if file_format == "parquet":
        return pl.read_parquet(io.BytesIO(content))
    if file_format == "csv":
        return pl.read_csv(content, infer_schema=False)
    header, *rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    columns = [str(name) for name in header]
    return pl.DataFrame({name: [str(row[i]) for row in rows] for i, name in enumerate(columns)})
