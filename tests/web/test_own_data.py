"""« Mes données » of a person and of a structure, the register of processing, objections, in the browser."""

import json
from collections.abc import Callable

from django.test import Client

from senacs.accounts.models import Objection, User
from senacs.collection.models import Response
from tests.factories import Cast
from tests.reading import flat

SignIn = Callable[[User], Client]
WHY = "Mon adresse est celle de mon domicile, je ne veux plus de lettres."


def test_the_register_of_processing_is_open_to_everyone(db: None, client: Client) -> None:
    html = flat(client.get("/donnees-personnelles/"))
    assert "RGPD, article 30" in html and "trois ans" in html and "Cnaf" in html


def test_a_person_reads_takes_away_and_objects(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.responsable)
    html = flat(client.get("/compte/mes-donnees/"))
    assert cast.responsable.email in html and "S’opposer à un traitement" in html
    file = client.get("/compte/mes-donnees.json")
    assert json.loads(file.content)["personne"] == cast.responsable.email
    refused = client.post("/compte/mes-donnees/opposition/", {"processing": "lettres"})
    assert refused.status_code == 422 and "dans votre situation" in flat(refused)
    elsewhere = {"processing": "lettres", "reason": WHY, "structure": cast.neighbour.pk}
    assert client.post("/compte/mes-donnees/opposition/", elsewhere).status_code == 422
    sent = client.post("/compte/mes-donnees/opposition/", {"processing": "lettres", "reason": WHY})
    assert sent.status_code == 302 and Objection.objects.get().user == cast.responsable


def test_the_national_team_answers(cast: Cast, sign_in: SignIn) -> None:
    sign_in(cast.responsable).post("/compte/mes-donnees/opposition/", {"processing": "lettres", "reason": WHY})
    asked, client = Objection.objects.get(), sign_in(cast.national)
    assert WHY in flat(client.get("/national/oppositions/"))
    empty = client.post(f"/national/oppositions/{asked.pk}/", {})
    assert empty.status_code == 422 and "Choisissez d’accueillir" in flat(empty)
    done = {f"{asked.pk}-is_granted": "oui", f"{asked.pk}-answer": "Les lettres vont désormais à la structure."}
    assert client.post(f"/national/oppositions/{asked.pk}/", done).status_code == 302
    html = flat(client.get("/national/oppositions/"))
    assert "Aucune opposition n’attend" in html and "Accueillie" in html
    assert "accueillie : Les lettres" in flat(sign_in(cast.responsable).get("/compte/mes-donnees/"))


def test_a_structure_sees_what_is_kept_and_takes_it_away(cast: Cast, response: Response, sign_in: SignIn) -> None:
    client = sign_in(cast.responsable)
    assert "historique.csv" in flat(client.get(f"/saisie/{response.pk}/mes-donnees/"))
    assert client.get(f"/saisie/{response.pk}/mes-donnees.zip").content.startswith(b"PK")
    assert sign_in(cast.correspondant_caf).get(f"/saisie/{response.pk}/mes-donnees.zip").status_code == 403
