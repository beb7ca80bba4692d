"""What a Copil may do to a trame: pure documents in, documents out."""

from pathlib import Path

import pytest

from senacs.publication.editions import drafts
from senacs.publication.trames import Trame, load_trame
from tests.publication.conftest import TRAME


@pytest.fixture
def trame(tmp_path: Path) -> Trame:
    path = tmp_path / "essai.yaml"
    path.write_text(TRAME, encoding="utf-8")
    return load_trame(path)


def codes(content: drafts.Content) -> list[str]:
    return [entry["code"] for entry in content["blocks"]]


def test_optional_blocks_come_before_the_annexes(trame: Trame) -> None:
    content = drafts.initial(trame)
    assert "portrait" not in codes(content)
    assert codes(drafts.add_block(trame, content, "portrait"))[-3:] == ["portrait", "methode", "annexe"]
    assert [block.code for block in drafts.missing_blocks(trame, content)] == ["portrait"]


def test_obligatory_blocks_stay(trame: Trame) -> None:
    content = drafts.initial(trame)
    with pytest.raises(ValueError, match="equipes"):
        drafts.remove_block(trame, content, "equipes")
    without = {**content, "blocks": [entry for entry in content["blocks"] if entry["code"] != "equipes"]}
    assert "equipes" in [block.code for block in drafts.apply(trame, without, {}).blocks]


def test_cover_and_annexes_keep_their_place(trame: Trame) -> None:
    content = drafts.initial(trame)
    assert drafts.move_block(trame, content, "editorial", -1) == content
    assert drafts.move_block(trame, content, "equipes", 1) == content
    assert codes(drafts.move_block(trame, content, "equipes", -1))[2:4] == ["equipes", "chiffres_cles"]


def test_written_blocks_replace_what_the_trame_says(trame: Trame) -> None:
    content = drafts.write_block(drafts.initial(trame), "equipes", {"figures": ["etp_total"], "visuals": ["Repères"]})
    content = drafts.write_block(content, "editorial", {"texts": {"caf": "Chers habitants."}})
    applied = drafts.apply(trame, content, {})
    equipes, editorial = applied.block("equipes"), applied.block("editorial")
    assert equipes is not None and editorial is not None
    assert (equipes.figures, [visual.title for visual in equipes.visuals]) == (("etp_total",), ["Repères"])
    assert [text.text for text in editorial.texts] == ["Chers habitants.", ""]
    back = drafts.write_block(content, "equipes", {"figures": None, "visuals": None})
    assert drafts.apply(trame, back, {}).block("equipes") == trame.block("equipes")
