"""Mass production: everything once, nothing twice, again after a kill, one archive a département."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from senacs.lib.refusals import NotAllowed, Refused
from senacs.observatory.models import Release
from senacs.publication.documents import plaquettes, production
from senacs.publication.models import FicheText, ProducedFile, Production
from senacs.structures.models import Structure
from tests.publication.conftest import Committee

Publish = Callable[..., Release]


def produce(release: Release) -> Production:
    return production.run_production(production.start_production(release=release, by=None).pk, workers=1)


@pytest.mark.slow
def test_everything_is_produced_then_only_what_changed(release: Release) -> None:
    first = produce(release)
    assert (first.total, first.done, first.written) == (6, 6, 6)
    paths = [production.path_of(release, key) for key in ProducedFile.objects.values_list("key", flat=True)]
    assert all(path.read_bytes().startswith(b"%PDF") for path in paths)
    assert produce(release).written == 0
    structure = Structure.objects.order_by("pk").first()
    FicheText.objects.create(structure=structure, text="Nouveau.", updated_at=release.created_at)
    production.path_of(release, "plaquette/france-FR").unlink()
    assert produce(release).written == 2


@pytest.mark.slow
def test_a_killed_run_goes_on_where_it_stopped(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(production, "CHUNK", 2)
    seen: list[int] = []

    def killed(current: Production) -> None:
        seen.append(current.done)
        raise KeyboardInterrupt

    run = production.start_production(release=release, by=None)
    with pytest.raises(KeyboardInterrupt):
        production.run_production(run.pk, progress=killed, workers=1)
    assert seen == [2]
    assert production.start_production(release=release, by=None) == run
    ended = production.run_production(run.pk, progress=lambda now: seen.append(now.done), workers=1)
    assert seen == [2, 4, 6]
    assert (ended.done, ended.written, ended.attempt) == (6, 6, 2)


def test_an_older_runner_stops(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    run = production.start_production(release=release, by=None)
    begin = production._begin

    def overtaken(*args: Any) -> production.Begun:
        Production.objects.update(attempt=9)
        return begin(*args)

    monkeypatch.setattr(production, "_begin", overtaken)
    with pytest.raises(production.ProductionSuperseded):
        production.run_production(run.pk, workers=1)


@pytest.mark.slow
def test_one_document_that_fails_stops_no_other(
    release: Release, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    whole = plaquettes.compose_plaquette

    def refused(**given: Any) -> dict[str, object]:
        if given["level"] == "departement":
            raise Refused("La carte de ce territoire manque.")
        return whole(**given)

    monkeypatch.setattr(plaquettes, "compose_plaquette", refused)
    ended = produce(release)
    assert ended.ended_at is not None and ended.done == 6
    failed = dict(release.failed.values_list("key", "reason"))
    assert failed == {"plaquette/departement-59": "La carte de ce territoire manque."}
    target = tmp_path / "59.zip"
    production.write_archive(release, "59", target)
    with zipfile.ZipFile(target) as archive:
        assert "La carte de ce territoire manque." in archive.read("documents-manquants.txt").decode("utf-8-sig")
    monkeypatch.setattr(plaquettes, "compose_plaquette", whole)
    assert produce(release).written == 1
    assert not release.failed.exists()
    booklet = ProducedFile.objects.get(release=release, key="plaquette/departement-59")
    assert booklet.pages > 1


@pytest.mark.slow
def test_archive_holds_one_departement(release: Release, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("produce_publications", 2026, workers=1, zip=str(tmp_path / "zips"))
    assert "6\u00a0documents" in capsys.readouterr().out
    with zipfile.ZipFile(tmp_path / "zips" / "senacs-2026-1-59.zip") as archive:
        names = archive.namelist()
    assert len(names) == 4 and "plaquette/departement-59.pdf" in names
    with pytest.raises(Refused):
        production.write_archive(release, "2A", tmp_path / "rien.zip")


def test_only_the_national_team_produces(release: Release, committee: Committee) -> None:
    with pytest.raises(NotAllowed):
        production.start_production(release=release, by=committee.caf)


@pytest.mark.slow
def test_archive_without_one_of_its_documents_is_refused(release: Release, tmp_path: Path) -> None:
    produce(release)
    produced = ProducedFile.objects.exclude(departement="").order_by("pk").first()
    assert produced is not None
    production.path_of(release, produced.key).unlink()
    with pytest.raises(Refused, match="Il manque 1\u00a0document produit : relancez"):
        production.write_archive(release, produced.departement, tmp_path / "archive.zip")
    assert not (tmp_path / "archive.zip").exists()
