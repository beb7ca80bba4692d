"""The attack from outside on a release as it was built: the truth is measured by the formulas that the note prints."""

import pickle
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from config.cli import true_answers
from senacs.accounts.models import User
from senacs.campaigns.models import Campaign
from senacs.disclosure import commands
from senacs.disclosure.attacker.outside.files import INVITED, read_frame, read_release
from senacs.disclosure.attacker.outside.league import Job, League, attack_published
from senacs.observatory.models import Release
from senacs.observatory.releases.build import run_build
from senacs.observatory.secrecy.truth import truth_of
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


def test_the_command_prints_the_league_table(
    release: Release, folders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = ["--register", str(folders / "microdata"), "--truth", str(folders / "microdata")]
    assert commands.main(["attack", "--outside", str(release.directory), *files], truth_of=true_answers) in (0, 1)
    said = capsys.readouterr().out
    assert "lecteur extérieur" in said
    assert "ne comprend pas" not in said


def test_the_register_is_asked_for(release: Release, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["attack", "--outside", str(release.directory)]) == 1
    assert "registre public" in capsys.readouterr().err
