"""A file of a release that is gone or damaged is told on a page, everywhere it is read; nothing else stops."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from senacs.observatory import frozen_files
from senacs.observatory.models import Release
from senacs.observatory.releases import reader, series

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
Damage = Callable[[Path], object]
DAMAGES: dict[str, Damage] = {
    "gone": lambda path: path.unlink(),
    "cut": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
}
PAGES = [
    "/territoires/france/",
    "/territoires/departement/26/",
    "/territoires/departement/26/chiffres.csv",
    "/methode/",
]


@pytest.fixture
def cold(published: Release) -> Release:
    """Nothing of the release is in memory yet; its folder can be written."""
    reader._reader.cache_clear()
    series._series.cache_clear()
    frozen_files.thaw(published.directory)
    return published


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", [frozen_files.CELLS_PARQUET, frozen_files.METHODOLOGY])
def test_release_without_one_of_its_files(cold: Release, client: Client, name: str, damage: str) -> None:
    DAMAGES[damage](cold.directory / name)
    replies = {address: client.get(address) for address in PAGES}
    assert all(reply.status_code in {200, 404, 503} for reply in replies.values())
    told = [address for address, reply in replies.items() if reply.status_code == 503]
    assert told
    for address in told:
        page = replies[address].content.decode()
        assert f"publication {cold.name}" in page and "manque ou est abîmé" in page
    for address in ("/structures/", "/charte/", "/publications/", "/sante"):
        assert client.get(address).status_code == 200
    if name == frozen_files.METHODOLOGY and damage == "gone":
        assert client.get(f"/publications/{cold.name}/{name}").status_code == 404


def test_machine_is_told_in_its_words(cold: Release, client: Client) -> None:
    (cold.directory / frozen_files.CELLS_PARQUET).unlink()
    reply = client.get("/territoires/departement/26/chiffres.csv", headers={"Accept": "text/csv"})
    assert reply.status_code == 503
    assert "manque ou est abîmé" in reply.json()["detail"]
