"""The right to object: asked, answered by somebody else, told, kept in the journal; refused where it makes no sense."""

import pytest

from senacs.accounts.models import Notice, Objection
from senacs.accounts.objections import answer_objection, object_to, waiting_objections
from senacs.accounts.processing import processing_register
from senacs.agenda.waiting import waiting_for
from senacs.audit.models import AuditLine
from senacs.lib.refusals import NotAllowed, Refused
from tests import factories
from tests.factories import Cast

WHY = "Mon adresse est celle de mon domicile, je ne veux plus de lettres."
DONE = "L’adresse est remplacée par celle de la structure."


def test_an_objection_is_told_answered_and_kept(cast: Cast) -> None:
    asked = object_to(processing="lettres", reason=WHY, structure=cast.structure, by=cast.responsable)
    assert list(waiting_objections()) == [asked]
    assert Notice.objects.filter(user=cast.national, subject__contains="opposition").count() == 1
    waits = [found.told for column in waiting_for(cast.national).values() for found in column]
    assert any("opposition" in told for told in waits)
    answer_objection(objection=asked, is_granted=True, answer=DONE, by=cast.national)
    assert not waiting_objections().exists()
    assert Notice.objects.get(user=cast.responsable, subject__contains="accueillie")
    acts = AuditLine.objects.filter(act__startswith="Opposition").order_by("pk").values_list("act", "reason")
    assert list(acts) == [("Opposition : demandée", WHY), ("Opposition : accueillie", DONE)]
    with pytest.raises(Refused, match="déjà sa réponse"):
        answer_objection(objection=asked, is_granted=False, answer=DONE, by=cast.national)


def test_what_cannot_be_objected_to_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="Choisissez"):
        object_to(processing="enquete", reason=WHY, by=cast.responsable)
    with pytest.raises(Refused, match="Choisissez"):
        object_to(processing="inconnu", reason=WHY, by=cast.responsable)
    with pytest.raises(NotAllowed):
        object_to(processing="lettres", reason=WHY, structure=cast.neighbour, by=cast.responsable)
    object_to(processing="lettres", reason=WHY, by=cast.responsable)
    with pytest.raises(Refused, match="déjà opposé"):
        object_to(processing="lettres", reason=WHY, by=cast.responsable)
    assert Objection.objects.count() == 1


def test_nobody_answers_for_oneself_nor_without_being_of_the_team(cast: Cast) -> None:
    own = object_to(processing="comptes", reason=WHY, by=cast.national)
    with pytest.raises(Refused, match="autre personne"):
        answer_objection(objection=own, is_granted=True, answer=DONE, by=cast.national)
    for user in (cast.correspondant_caf, cast.copil, cast.nobody):
        with pytest.raises(NotAllowed):
            answer_objection(objection=own, is_granted=True, answer=DONE, by=user)
    colleague = factories.make_user()
    factories.make_mandate(colleague, "national", side="federation")  # type: ignore[arg-type]
    assert answer_objection(objection=own, is_granted=False, answer=DONE, by=colleague).is_granted is False


def test_the_register_of_processing_tells_every_purpose_whole() -> None:
    register = processing_register()
    assert len({entry.code for entry in register.entries}) == len(register.entries) >= 5
    for entry in register.entries:
        assert all((entry.title, entry.purpose, entry.basis, entry.people, entry.data, entry.recipients)), entry.code
        assert entry.duration and (entry.allows_objection or entry.objection_note)
