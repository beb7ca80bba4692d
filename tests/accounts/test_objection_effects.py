"""What a granted objection stops, at once and for good until it is lifted."""

import pytest
from django.test import Client

from senacs.accounts.forgetting import forget_people
from senacs.accounts.models import Mandate, Notice, NoticePace, Objection, User
from senacs.accounts.notices import News, clock_start, send_digests, tell_plainly
from senacs.accounts.objections import answer_objection, lift_objection, object_to
from senacs.campaigns.services import send_reminders
from senacs.letters.enums import LetterState
from senacs.letters.models import OutgoingLetter
from senacs.lib import clock
from senacs.lib.refusals import Refused
from senacs.structures.models import Structure
from tests import factories
from tests.factories import Cast

WHY = "Dans ma situation, je ne veux plus que ce soit fait."

DONE = "C’est fait ce matin, rien ne repartira."


def granted(cast: Cast, processing: str, by: User, structure: Structure | None = None) -> Objection:
    asked = object_to(processing=processing, reason=WHY, structure=structure, by=by)
    return answer_objection(objection=asked, is_granted=True, answer=DONE, by=cast.national)


def letters_to(address: str) -> int:
    return OutgoingLetter.objects.filter(to=address).count()


def test_letters_stop_and_the_clocks_still_start(cast: Cast) -> None:
    person = cast.responsable
    objection = granted(cast, "lettres", person)
    before = letters_to(person.email)
    assert OutgoingLetter.objects.filter(to=person.email, subject__contains="accueillie").exists(), "the last one"
    person.refresh_from_db()
    tell_plainly([person], News("Une nouvelle", "Quelque chose.", "Voir", "/attente/", by=None, key="essai-1"))
    campaign = factories.make_campaign()
    factories.make_response(structure=cast.structure, campaign=campaign)
    send_reminders(campaign=campaign, structures=[cast.structure], by=cast.correspondant_caf)
    send_digests()
    assert letters_to(person.email) == before
    assert Notice.objects.filter(user=person, subject__contains="nouvelle").exists()
    assert clock_start("essai-1") is not None
    lift_objection(number=objection.pk, by=person)
    person.refresh_from_db()
    assert person.notice_pace == NoticePace.AT_ONCE
    with pytest.raises(Refused):
        lift_objection(number=objection.pk, by=person)


def test_no_other_pace_is_given_up_by_choice(client: Client, cast: Cast) -> None:
    client.force_login(cast.responsable)
    assert client.post("/compte/lettres/", {"pace": NoticePace.ON_SITE}).status_code == 422


def test_the_address_of_a_structure_is_written_no_more(cast: Cast) -> None:
    structure = factories.make_structure(email="accueil@exemple.fr", departement=cast.structure.departement)
    deputy = factories.make_user()
    mandate = factories.make_mandate(deputy, "responsable", structure=structure)  # type: ignore[arg-type]
    granted(cast, "lettres", deputy, structure)
    mandate.delete()
    campaign = factories.make_campaign()
    factories.make_response(structure=structure, campaign=campaign)
    assert send_reminders(campaign=campaign, structures=[structure], by=cast.correspondant_caf) == []
    assert not letters_to("accueil@exemple.fr")


def test_contacts_leave_the_public_pages_and_come_back(client: Client, cast: Cast) -> None:
    Structure.objects.filter(pk=cast.structure.pk).update(email="chez.moi@exemple.fr", phone="0612345678")
    page, files = f"/structures/{cast.structure.code}/", "/structures/registre.csv"
    assert "chez.moi@exemple.fr" in client.get(page).content.decode()
    with pytest.raises(Refused, match="au nom de laquelle"):
        object_to(processing="registre", reason=WHY, by=cast.responsable)
    objection = granted(cast, "registre", cast.responsable, cast.structure)
    for address in (page, files):
        shown = client.get(address).content.decode()
        assert cast.structure.name in shown
        assert "chez.moi@exemple.fr" not in shown and "0612345678" not in shown
    with pytest.raises(Refused):
        lift_objection(number=objection.pk, by=cast.correspondant_caf)
    client.force_login(cast.responsable)
    assert "Lever cette opposition" in client.get("/compte/mes-donnees/").content.decode()
    assert client.post("/compte/mes-donnees/opposition/lever/", {"objection": objection.pk}).status_code == 302
    assert "chez.moi@exemple.fr" in Client().get(page).content.decode()


def test_an_account_ends_and_is_emptied_once_the_answer_has_left(cast: Cast) -> None:
    person, address = cast.responsable, cast.responsable.email
    granted(cast, "comptes", person)
    assert not Mandate.objects.current().filter(user=person).exists()
    assert list(forget_people()) == [], "the answer has not left"
    OutgoingLetter.objects.filter(to=address).update(state=LetterState.SENT, sent_at=clock.now(), sealed_body="")
    assert "est effacé" in " ".join(forget_people())
    person.refresh_from_db()
    assert person.email != address and not person.is_active
    assert list(forget_people()) == []


def test_a_refused_objection_changes_nothing(cast: Cast) -> None:
    asked = object_to(processing="comptes", reason=WHY, by=cast.responsable)
    answer_objection(objection=asked, is_granted=False, answer="Votre mandat court encore un an.", by=cast.national)
    assert Mandate.objects.current().filter(user=cast.responsable).exists()
    with pytest.raises(Refused):
        lift_objection(number=asked.pk, by=cast.responsable)
