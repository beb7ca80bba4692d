"""The territories and bodies that the register's tests stand on."""

from pathlib import Path

import pytest

from senacs.structures.bodies import load_bodies
from senacs.territories.services import load_territories
from tests.territories.package import write_package

CAFS = """code;nom;departements;epci
26;Caf de la Drôme;26;
69;Caf du Rhône;69;
40;Caf des Landes;40;
64-BS;Caf Béarn et Soule;64;64:200067254
64-PBS;Caf Pays Basque et Seignanx;64;40:244000659
"""
FEDERATIONS = """code;nom;departements
FED-26;Représentation fédérale locale – Drôme;26
FED-64;Représentation fédérale locale – Pyrénées-Atlantiques;64
"""


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    """A folder of reference tables."""
    folder = tmp_path / "reference"
    folder.mkdir()
    (folder / "caf.csv").write_text(CAFS, encoding="utf-8")
    (folder / "federations.csv").write_text(FEDERATIONS, encoding="utf-8")
    return folder


@pytest.fixture
def territories(db: None, tmp_path: Path) -> None:
    load_territories(folder=write_package(tmp_path / "package"))


@pytest.fixture
def bodies(territories: None, reference: Path) -> Path:
    """Territories, Caf and federations loaded; gives the folder of their tables."""
    load_bodies(folder=reference)
    return reference
