"""Questions of a Copil in the browser: proposed, agreed, answered, read, taken back."""

from collections.abc import Callable
from datetime import timedelta

from django.test import Client

from senacs.accounts.models import User
from senacs.campaigns.models import Campaign
from senacs.enquiries.models import Enquiry, EnquiryAnswer
from senacs.lib import clock
from tests.factories import Cast
from tests.reading import flat

SignIn = Callable[[User], Client]


def test_from_the_proposal_to_the_answers(cast: Cast, sign_in: SignIn) -> None:
    copil, pair, own = cast.copil, cast.correspondant_federal, cast.responsable
    today = clock.today()
    given = {
        "where": cast.structure.departement_id, "when": "flash", "title": "Les jardins", "purpose": "Les compter.",
        "opens_on": today.isoformat(), "closes_on": (today + timedelta(days=9)).isoformat(),
        "text_1": "Un jardin ?", "answering_1": "oui_non", "text_2": "Combien ?", "answering_2": "nombre",
        "text_4": "Quel jour ?", "answering_4": "choix", "options_4": "Lundi\nMardi",
    }  # fmt: skip
    assert "choix différents" in flat(sign_in(copil).post("/enquetes/nouvelle/", given | {"options_4": "Lundi"}))
    assert "attendent l’accord" in flat(sign_in(copil).post("/enquetes/nouvelle/", given, follow=True))
    enquiry = Enquiry.objects.get()
    page, answers = f"/enquetes/{enquiry.pk}/", f"/enquetes/{enquiry.pk}/reponse/{cast.structure.pk}/"
    assert (
        "Accepter ces questions" not in flat(sign_in(copil).get(page)) and sign_in(own).get(answers).status_code == 404
    )
    assert "Accepter ces questions" in flat(sign_in(pair).get(page))
    sign_in(pair).post(f"{page}accord/")
    assert "(un choix dans une liste : Lundi, Mardi)" in flat(sign_in(copil).get(page))

    assert "Combien ?" in flat(sign_in(own).get(answers))
    assert sign_in(own).post(answers, {"q2": "beaucoup"}).status_code == 422
    assert "enregistrées" in flat(sign_in(own).post(answers, {"q1": "1", "q2": "7", "q3": ""}, follow=True))
    assert list(EnquiryAnswer.objects.order_by("question__number").values_list("value", flat=True)) == [1, 7]
    assert 'value="7"' in flat(sign_in(own).get(answers))
    assert sign_in(cast.neighbour_responsable).get(answers).status_code == 404

    Enquiry.objects.update(opens_on=today - timedelta(days=9), closes_on=today - timedelta(days=1))
    shown = flat(sign_in(copil).get(page))
    assert shown.count("Masqué (secret statistique)") == 3 and "Retirer ces questions" not in shown
    assert "pas posées aujourd’hui" in flat(sign_in(own).get(answers))


def test_taken_back_with_a_reason(cast: Cast, sign_in: SignIn) -> None:
    today = clock.today()
    enquiry = Enquiry.objects.create(
        departement=cast.structure.departement, title="Les jardins", purpose="Les compter.", opens_on=today,
        closes_on=today, side="caf", proposed_by=cast.copil, proposed_at=clock.now(), agreed_at=clock.now(),
    )  # fmt: skip
    client, page = sign_in(cast.correspondant_federal), f"/enquetes/{enquiry.pk}/"
    assert cast.structure.name in flat(client.get(page))
    assert client.post(f"{page}retrait/", {"reason": ""}).status_code == 422
    assert "ne sont plus posées" in flat(client.post(f"{page}retrait/", {"reason": "Trop tôt."}, follow=True))
    assert sign_in(cast.stranger).get(page).status_code == 404
    assert sign_in(cast.responsable).get("/enquetes/").status_code == 403


def test_who_speaks_for_france_is_offered_no_campaign(cast: Cast, campaign: Campaign, sign_in: SignIn) -> None:
    """Questions of a campaign are those of a département: nothing is offered that would be refused."""
    during = f"Pendant la saisie de la campagne {campaign.year}"
    assert during in flat(sign_in(cast.copil).get("/enquetes/nouvelle/"))
    assert during not in flat(sign_in(cast.national).get("/enquetes/nouvelle/"))
