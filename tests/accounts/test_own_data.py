"""« Qu'avez-vous sur nous ? » for a person: everything that names them, of nobody else, whatever the table."""

import json

from senacs.accounts.devices import see_device
from senacs.accounts.enums import AccessAction, Role
from senacs.accounts.models import User
from senacs.accounts.own_data import _TOLD, as_document, held_on, naming_columns
from senacs.accounts.services import log_access
from senacs.letters.models import OutgoingLetter
from tests import factories
from tests.factories import Cast


def test_a_person_reads_everything_that_names_them_and_nothing_of_others(cast: Cast) -> None:
    person = cast.national
    OutgoingLetter.objects.create(to=person.email, subject="Une lettre à soi")
    OutgoingLetter.objects.create(to=cast.copil.email, subject="Une lettre à autrui")
    log_access(
        user=person, action=AccessAction.FICHES, structures=[cast.structure], purpose="Éditer les fiches du mois."
    )
    factories.accept_charte(person)
    see_device(
        user=person, session_key="a" * 32, address="192.0.2.7", agent="Mozilla/5.0 (Windows NT 10.0) Firefox/130"
    )
    told = json.dumps(as_document(person), ensure_ascii=False)
    for own in (
        "Firefox",
        "192.0.2.7",
        person.email,
        person.get_full_name(),
        "Une lettre à soi",
        "Éditer les fiches du mois.",
        "Équipe nationale",
    ):
        assert own in told
    assert "Une lettre à autrui" not in told and cast.copil.email not in told


def test_rows_of_every_other_table_are_counted_without_a_line_here(cast: Cast) -> None:
    response = factories.make_response(structure=cast.structure, values={"salaries_total": 7}, by=cast.responsable)
    (elsewhere,) = (table for table in held_on(cast.responsable) if table.code == "signatures")
    assert ("collection.Revision.by_id", str(response.revisions.filter(by=cast.responsable).count())) in elsewhere.rows
    listed = {model._meta.label for model in naming_columns()}
    assert {"accounts.Mandate", "collection.Revision", "register.RegisterAct", "publication.EditionComment"} <= listed
    assert {model._meta.label for model in _TOLD} <= listed


def test_what_was_decided_of_ones_rights_is_told(cast: Cast) -> None:
    other = factories.make_user("ancienne@exemple.fr")
    factories.make_mandate(other, Role.COPIL, departement=cast.structure.departement, side="caf")
    tables = {table.code: table for table in held_on(User.objects.get(pk=other.pk))}
    assert [row[0] for row in tables["mandats"].rows] == ["Membre du comité de pilotage"]
    assert tables["lectures"].rows == [] and tables["mandats"].left_out == 0
