"""The attack from outside on a release as it was built: the truth is measured by the formulas that the note prints."""

import pickle
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from senacs.accounts.models import User
from senacs.campaigns.models import Campaign
from senacs.disclosure.attack.outside.files import read_release
from senacs.disclosure.attack.outside.league import Job, League, attack_published
from senacs.observatory.answers.microdata import INVITED
from senacs.observatory.models import Release
from senacs.observatory.releases.build import run_build
from senacs.observatory.secrecy.truth import read_frame, truth_of
from senacs.observatory.services import create_release


@pytest.fixture
def release(surveyed: Campaign, national: User) -> Release:
    return run_build(create_release(campaign=surveyed, by=national).pk)


def test_every_figure_is_the_sum_of_the_answers(release: Release, folders: Path) -> None:
    microdata = folders / "microdata"
    truth = truth_of(release.directory, microdata)
    read = read_release(release.directory, read_frame(microdata, release.name, INVITED), truth=truth)
    assert {"budget_total", "etp_total"} <= read.variables.keys()
    assert set(read.variables) <= set(truth.columns)

    def elsewhere(work: Callable[[Job], League], jobs: Sequence[Job]) -> list[League]:
        """As processes of their own receive the work: picklable, and nothing more than it takes."""
        assert pickle.dumps((work, jobs))
        return [work(job) for job in jobs]

    assert attack_published([read], each=elsewhere) == attack_published([read])


def test_the_command_prints_the_league_table(release: Release, folders: Path) -> None:
    out = StringIO()
    try:
        call_command(
            "attack",
            outside=[release.directory],
            register=folders / "microdata",
            truth=folders / "microdata",
            stdout=out,
        )
    except SystemExit as ended:
        assert ended.code == 1
    assert "lecteur extérieur" in out.getvalue()
    assert "ne comprend pas" not in out.getvalue()


def test_the_register_is_asked_for(release: Release) -> None:
    with pytest.raises(CommandError, match="registre public"):
        call_command("attack", outside=[release.directory])
