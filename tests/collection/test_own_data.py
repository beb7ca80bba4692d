"""What the site holds on a structure, taken away by those who enter for it and by nobody else."""

import io
import json
import zipfile

import pytest

from senacs.accounts.enums import AccessAction
from senacs.accounts.services import log_access
from senacs.collection.own_data import archive_of, held_on_structure
from senacs.lib.refusals import NotAllowed
from tests import factories
from tests.factories import Cast


def test_the_archive_holds_answers_history_and_readings_of_that_structure_alone(cast: Cast) -> None:
    campaign = factories.make_campaign()
    factories.make_response(
        structure=cast.structure, campaign=campaign, values={"salaries_total": 48611}, by=cast.responsable
    )
    factories.make_response(structure=cast.neighbour, campaign=campaign, values={"salaries_total": 48623})
    why = "Préparer la réunion du comité de pilotage."
    log_access(user=cast.preparation, action=AccessAction.EXTRACT, structures=[cast.structure], purpose=why)
    with zipfile.ZipFile(io.BytesIO(archive_of(cast.structure, by=cast.responsable))) as archive:
        files = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
    whole = "".join(files.values())
    answers = json.loads(files[f"reponses-{campaign.year}.json"])["reponses"]
    assert {row["code"]: row["valeur"] for row in answers}["salaries_total"] == 48611
    assert "48611" in files["historique.csv"] and why in files["lectures.csv"]
    assert json.loads(files["fiche.json"])["code"] == cast.structure.code
    assert "48623" not in whole and cast.neighbour.code not in whole
    listed = {row.file for row in held_on_structure(cast.structure)}
    assert listed - {"reponses-AAAA.json"} <= set(files)
    assert all(name in files["LISEZ-MOI.txt"] for name in listed)


def test_nobody_else_takes_it_away(cast: Cast) -> None:
    for name in ("correspondant_caf", "copil", "national", "preparation", "neighbour_responsable", "nobody"):
        with pytest.raises(NotAllowed):
            archive_of(cast.structure, by=cast.users()[name])
