"""The lists of QPV and FRR: whatever way official files name their columns; what is no such list is refused."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from senacs.territories import zonings
from senacs.territories.models import FormerCommune, LoadedVintage, Qpv, RuralCommune
from senacs.territories.zonings import ZoningError, load_frr, load_qpv
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def communes() -> None:
    for code in ("26362", "26001", "2A004"):
        factories.make_commune(code, f"Commune {code}")


def write(folder: Path, content: str, *, name: str = "liste.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(content.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("code_qp;lib_qp;insee_com;pop_mun\nQN02601M;Le Plan;26362, 26001;3 200\n", "utf-8-sig"),
        (
            "Code QP,Libellé,Code commune,Population\nqn02601m,Le Plan,26362,3200\nQN02601M,Le Plan,26001,3200\n",
            "utf-8",
        ),
        ("CODE_QP\tNOM_QP\tCODE_INSEE\tPopulation municipale\nQN02601M\tLe Plan\t26362;26001\t3200.0\n", "cp1252"),
    ],
)
def test_qpv_are_read_as_administrations_write_them(tmp_path: Path, content: str, encoding: str) -> None:
    report = load_qpv(path=write(tmp_path, content, encoding=encoding), vintage="2024")
    quarter = Qpv.objects.get()
    assert (report.count, quarter.name, quarter.population) == (1, "Le Plan", 3200)
    assert set(quarter.communes.values_list("pk", flat=True)) == {"26362", "26001"}
    assert zonings.vintage_of(zonings.QPV) == "2024"
    assert not load_qpv(path=tmp_path / "liste.csv", vintage="2024").is_changed


def test_qpv_of_a_geojson_without_population_and_of_a_former_commune(tmp_path: Path) -> None:
    FormerCommune.objects.create(code="26999", name="Jadis", search_name="jadis", commune_id="26001")
    properties = {"code_qp": "QP026001", "lib_qp": "L'Armailler", "insee_com": "26999,99999"}
    content = json.dumps({"type": "FeatureCollection", "features": [{"properties": properties, "geometry": None}]})
    report = load_qpv(path=write(tmp_path, content, name="qpv.geojson"), vintage="2015")
    quarter = Qpv.objects.get()
    assert (quarter.name, quarter.population, report.unknown) == ("L’Armailler", None, ("99999",))
    assert quarter.communes.get().pk == "26001"


def test_frr_is_read_with_its_plus_and_without_those_that_are_out(tmp_path: Path) -> None:
    content = "codgeo;libgeo;frr\n26362;Valence;Non FRR\n26001;Albon;FRR\n2A004;Ajaccio;FRR+\n1001;Ailleurs;FRR\n"
    report = load_frr(path=write(tmp_path, content), vintage="2025")
    assert dict(RuralCommune.objects.values_list("pk", "zoning")) == {"26001": "frr", "2A004": "frr_plus"}
    assert report.unknown == ("01001",)


@pytest.mark.parametrize(
    "content", ["", "a;b\n1;2\n", "{", "code_qp;lib_qp;insee_com\nXX;Nom;26362\n", "code_qp;lib_qp\nQN02601M;Nom\n"]
)
def test_what_is_no_list_is_refused_and_changes_nothing(tmp_path: Path, content: str) -> None:
    path = write(tmp_path, content)
    for load in (load_qpv, load_frr):
        with pytest.raises(ZoningError):
            load(path=path, vintage="2024")
    assert not LoadedVintage.objects.exists() and not Qpv.objects.exists()


def test_command_says_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, "code_qp;lib_qp;insee_com\nQN02601M;Le Plan;26362\n")
    call_command("load_zonings", qpv=path, vintage="2024")
    assert "1 quartier prioritaire, millésime 2024" in capsys.readouterr().out.replace("\xa0", " ")
    with pytest.raises(CommandError):
        call_command("load_zonings", vintage="2024")
    with pytest.raises(CommandError):
        call_command("load_zonings", frr=tmp_path / "absent.csv", vintage="2024")
