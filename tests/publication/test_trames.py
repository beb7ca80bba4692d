"""Trames: the ones we ship load and name real indicators; mistakes are told in French with their line."""

from pathlib import Path

import pytest
import yaml
from django.conf import settings

from senacs.publication.trames import TrameError, load_trame

TRAMES = sorted((Path(settings.DATA_DIR) / "trames").glob("*.yaml"))
VALID = """code: essai
title: Essai
level: departement
blocks:
  - kind: chapitre
    title: Emplois
    theme: emplois
    figures: [salaries_total]
    visuals:
      - kind: parts
        title: Parts
        indicators: {directeur_present: Direction, referent_familles: Familles}
"""


def load(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "essai.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TrameError) as caught:
        load_trame(path)
    return caught.value.mistakes


def known_indicators() -> set[str]:
    files = (Path(settings.DATA_DIR) / "indicators").glob("*.yaml")
    return {entry["code"] for path in files for entry in yaml.safe_load(path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("path", TRAMES, ids=lambda path: path.stem)
def test_shipped_trames_name_indicators_that_exist(path: Path) -> None:
    trame = load_trame(path)
    assert trame.indicators - known_indicators() == set()
    is_short = bool(trame.theme) or trame.code == "portrait_type"
    assert len(trame.indicators) > (7 if is_short else 40)
    assert trame.block("couverture") and trame.block("methode")
    assert not any(trame.block(code).is_optional for code in ("couverture", "methode"))  # type: ignore[union-attr]


def test_trame_reads_labels_in_order(tmp_path: Path) -> None:
    path = tmp_path / "essai.yaml"
    path.write_text(VALID, encoding="utf-8")
    (block,) = load_trame(path).blocks
    (visual,) = block.visuals
    assert visual.indicators == ("directeur_present", "referent_familles")
    assert visual.labels["referent_familles"] == "Familles"


@pytest.mark.parametrize(
    ("before", "after", "mistake"),
    [
        ("kind: chapitre", "kind: chapitres", "essai.yaml:5 : bloc « chapitres » inconnu"),
        ("theme: emplois", "theme: travail", "essai.yaml:5 : thème « travail » inconnu"),
        ("kind: parts", "kind: camembert", "essai.yaml:10 : graphique « camembert » inconnu"),
        ("level: departement", "level: canton", "essai.yaml:1 : niveau « canton » inconnu"),
        ("title: Parts", "titre: Parts", "essai.yaml:10 : il manque « title »"),
        ("title: Parts", "title: Parts\n        couleur: rouge", "essai.yaml:10 : clé « couleur » inconnue"),
        ("[salaries_total]", "salaries_total", "essai.yaml:5 : « figures » est une liste"),
        ("title: Essai", "title: [", "YAML illisible"),
    ],
)
def test_mistakes_are_located(tmp_path: Path, before: str, after: str, mistake: str) -> None:
    mistakes = load(tmp_path, VALID.replace(before, after))
    assert any(mistake in line for line in mistakes), mistakes


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = VALID.replace("theme: emplois", "theme: travail").replace("kind: parts", "kind: camembert")
    assert len(load(tmp_path, text)) == 2


def test_editorial_texts_are_signed(tmp_path: Path) -> None:
    text = VALID + "  - kind: editorial\n    texts:\n      - {author: mairie, text: Bonjour}\n"
    assert "« author » vaut caf ou federation" in load(tmp_path, text)[0]


def test_editorial_is_never_written_by_a_trame(tmp_path: Path) -> None:
    text = VALID + "  - kind: editorial\n    title: Avant-propos\n    texts:\n      - {author: caf, text: Bonjour}\n"
    assert "jamais par une trame" in load(tmp_path, text)[0]


def test_extended_trame_lends_its_blocks(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(
        VALID.replace("kind: chapitre", "kind: chapitre\n    code: equipes"), encoding="utf-8"
    )
    path = tmp_path / "essai.yaml"
    path.write_text(
        "code: essai\ntitle: Essai\nextends: base\nlevels: [region, france]\nblocks:\n"
        "  - {block: equipes, title: Les équipes, optional: true}\n  - {kind: annexe, title: Annexe}\n",
        encoding="utf-8",
    )
    trame = load_trame(path)
    assert trame.levels == ("region", "france")
    first = trame.blocks[0]
    assert (first.code, first.title, first.is_optional, first.figures) == (
        "equipes",
        "Les équipes",
        True,
        ("salaries_total",),
    )


@pytest.mark.parametrize(
    ("blocks", "mistake"),
    [
        ("  - {block: inconnu}", "essai.yaml:5 : la trame étendue n’a pas de bloc « inconnu »"),
        ("  - {kind: annexe, title: A}\n  - {kind: annexe, title: B}", "deux blocs se nomment « annexe »"),
    ],
)
def test_borrowed_blocks_are_checked(tmp_path: Path, blocks: str, mistake: str) -> None:
    mistakes = load(tmp_path, f"code: essai\ntitle: Essai\nlevel: france\nblocks:\n{blocks}\n")
    assert any(mistake in line for line in mistakes), mistakes
