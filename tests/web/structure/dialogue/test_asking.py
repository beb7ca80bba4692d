"""« Cette question n'est pas claire »: from the page of the question to the answer that everyone reads there."""

import re
from collections.abc import Callable
from typing import Any

from django.core import mail
from django.test import Client

from senacs.accounts.models import User
from senacs.collection.models import Response
from senacs.exchange.models import ComprehensionQuestion
from senacs.exchange.services import answer_question, escalate_question
from senacs.lib import french
from senacs.questionnaire.queries import get_compiled
from tests import factories
from tests.factories import Cast

SignIn = Callable[[User], Client]
TEXT = "Les administrateurs comptent-ils parmi les bénévoles ?"


def ask(client: Client, response: Response, code: str = "benevoles", text: str = TEXT) -> Any:
    return client.post(f"/saisie/{response.pk}/question/{code}/", {"text": text})


def section(client: Client, response: Response) -> str:
    return client.get(f"/saisie/{response.pk}/rubrique/emplois/").content.decode()


def test_every_question_leads_to_its_form(cast: Cast, response: Response, sign_in: SignIn) -> None:
    client = sign_in(cast.responsable)
    assert f"/saisie/{response.pk}/question/benevoles/" in section(client, response)
    assert "Qu’est-ce qui n’est pas clair" in client.get(f"/saisie/{response.pk}/question/benevoles/").content.decode()
    assert client.get(f"/saisie/{response.pk}/question/inconnue/").status_code == 404


def test_a_question_is_sent_and_waits_at_its_place(cast: Cast, response: Response, sign_in: SignIn) -> None:
    client = sign_in(cast.responsable)
    reply = ask(client, response)
    assert reply.url == f"/saisie/{response.pk}/rubrique/emplois/#q-benevoles"
    html = section(client, response)
    assert TEXT in html
    assert "la réponse se lira ici" in html


def test_an_empty_or_nominative_question_stays_in_its_form(cast: Cast, response: Response, sign_in: SignIn) -> None:
    client = sign_in(cast.responsable)
    for text in ("", "  ", "Le bénévole 2 69 05 49 588 157 80"):
        assert ask(client, response, text=text).status_code == 422
    assert not ComprehensionQuestion.objects.exists()


def test_the_answer_of_the_comite_alone_is_read_by_every_structure(
    cast: Cast, response: Response, sign_in: SignIn
) -> None:
    ask(sign_in(cast.responsable), response)
    question = ComprehensionQuestion.objects.get()
    neighbours = factories.make_response(structure=cast.neighbour, campaign=response.campaign)
    assert TEXT not in section(sign_in(cast.neighbour_responsable), neighbours)
    own = ask(sign_in(cast.suppleant), response)
    assert own.status_code == 302
    answer_question(question=ComprehensionQuestion.objects.latest("pk"), by=cast.correspondant_caf, text="Pour vous.")
    assert "Pour vous." in section(sign_in(cast.responsable), response)
    assert "Pour vous." not in section(sign_in(cast.neighbour_responsable), neighbours)
    escalate_question(question=question, by=cast.correspondant_caf)
    answer_question(question=question, by=cast.comite_technique, text="Oui, tous.")
    html = section(sign_in(cast.neighbour_responsable), neighbours)
    assert "Oui, tous." in html
    assert cast.structure.name not in html


def test_only_the_structure_asks(cast: Cast, response: Response, sign_in: SignIn) -> None:
    assert ask(sign_in(cast.correspondant_caf), response).status_code == 403
    assert ask(sign_in(cast.stranger), response).status_code == 404


def test_a_correspondent_answers_or_passes_on(cast: Cast, response: Response, sign_in: SignIn) -> None:
    ask(sign_in(cast.responsable), response)
    question = ComprehensionQuestion.objects.get()
    client = sign_in(cast.correspondant_federal)
    assert TEXT in client.get("/suivi/questions/").content.decode()
    assert client.post(f"/suivi/questions/{question.pk}/repondre/", {"text": ""}).status_code == 422
    client.post(f"/suivi/questions/{question.pk}/transmettre/")
    question.refresh_from_db()
    assert question.escalated_at is not None
    client.post(f"/suivi/questions/{question.pk}/repondre/", {"text": "Oui."})
    question.refresh_from_db()
    assert question.answer == ""  # the comité technique alone answers once it is alerted


def test_the_comite_technique_answers_what_was_passed_on(cast: Cast, response: Response, sign_in: SignIn) -> None:
    ask(sign_in(cast.responsable), response)
    question = ComprehensionQuestion.objects.get()
    client = sign_in(cast.comite_technique)
    assert client.post(f"/national/questions/{question.pk}/reponse/", {"text": "Oui."}).status_code == 404
    escalate_question(question=question, by=cast.correspondant_caf)
    assert TEXT in client.get("/national/questions/").content.decode()
    assert client.post(f"/national/questions/{question.pk}/reponse/", {"text": ""}).status_code == 422
    client.post(f"/national/questions/{question.pk}/reponse/", {"text": "Oui, tous."})
    question.refresh_from_db()
    assert (question.answer, question.answered_by) == ("Oui, tous.", cast.comite_technique)


def test_strangers_to_the_questions_read_none(cast: Cast, response: Response, sign_in: SignIn) -> None:
    ask(sign_in(cast.responsable), response)
    assert TEXT not in sign_in(cast.stranger).get("/suivi/questions/").content.decode()
    for url, who in (("/suivi/questions/", cast.responsable), ("/national/questions/", cast.correspondant_caf)):
        assert sign_in(who).get(url).status_code == 403


def test_letters_about_a_table_name_it_and_lead_to_its_page(
    cast: Cast, sign_in: SignIn, django_capture_on_commit_callbacks: Any
) -> None:
    campaign = factories.make_campaign(version=factories.make_questionnaire("minimal"))
    response = factories.make_response(structure=cast.structure, campaign=campaign)
    asker = sign_in(cast.responsable)
    table = next(q for q in get_compiled(campaign.version).questionnaire.questions.values() if q.grid is not None)
    factories.empty_outbox()
    with django_capture_on_commit_callbacks(execute=True):
        ask(asker, response, table.code)
        question = ComprehensionQuestion.objects.get()
        escalate_question(question=question, by=cast.correspondant_caf)
        answer_question(question=question, by=cast.comite_technique, text="Une fois chacun.")
    own = [letter.body for letter in mail.outbox if letter.to == [cast.responsable.email]]
    assert len(own) == 2
    for body in own:
        page = re.search(r"https?://[^/]+(/\S+)", body)
        assert page
        assert page[1] == f"/saisie/{response.pk}/question/{table.code}/"
        assert asker.get(page[1]).status_code == 200
    assert all(french.spaced(f"« {table.label} »") in letter.subject for letter in mail.outbox)
