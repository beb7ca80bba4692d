"""Composition of an edition: words of the Copil, figures of the release, and what a newer release moves."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from senacs.accounts.words import NamesSomeone, said_by
from senacs.lib.pdf import rendering
from senacs.lib.refusals import NotAllowed, Refused
from senacs.observatory.models import Release
from senacs.publication.documents.plaquettes import TEMPLATE, compose_plaquette
from senacs.publication.editions import composing, drafts
from senacs.publication.enums import ImageKind
from senacs.publication.models import Edition
from tests.publication.conftest import AT, Committee
from tests.publication.editions.test_images import jpeg

NOTE = """code: note
title: Ensemble
subtitle: Note
level: departement
theme: modules
blocks:
  - kind: couverture
  - {kind: chapitre, code: theme, title: Ensemble, theme: modules, figures: [jamais_demande]}
  - {kind: methode, title: Méthode}
"""


def write(edition: Edition, committee: Committee, code: str, **changes: object) -> Edition:
    content = drafts.write_block(edition.content, code, changes)
    return composing.change_content(edition=edition, content=content, revision=edition.revision, by=committee.caf)


def test_words_of_the_copil_are_printed(edition: Edition, committee: Committee) -> None:
    write(edition, committee, "editorial", texts={"caf": "Une **belle** année."})
    document = composing.compose_edition(edition)
    (block,) = [block for block in document["blocks"] if block["code"] == "editorial"]
    assert block["texts"][0]["paragraphs"][0]["items"][0][1] == {"text": "belle", "bold": True, "italic": False}
    # The federation wrote nothing: nothing is printed under its name.
    assert [text["author"] for text in block["texts"]] == ["Caf Nord"] and block["rate"]
    assert document["draft"] and document["address"]["url"].endswith("/territoires/departement/59/")


def test_figures_cannot_be_typed(edition: Edition, committee: Committee) -> None:
    with pytest.raises(Refused) as caught:
        write(edition, committee, "editorial", texts={"caf": "Déjà 1 250 bénévoles et 42 % de jeunes en 2025 !"})
    assert "« 1 250 », « 42 % »" in caught.value.details[0].replace(" et « ", ", « ")
    with pytest.raises(Refused) as caught:
        write(edition, committee, "equipes", figures=["invente"])
    assert "invente" in caught.value.details[0]
    assert Edition.objects.get().revision == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [("Bravo 🎉 !", "« 🎉 »"), ("שלום", "« ש »"), ("mot " * 5000, "20000 caractères"), ("x" * 4001, "4000 au plus")],
)
def test_text_that_paper_cannot_carry_is_refused(edition: Edition, committee: Committee, words: str, told: str) -> None:
    with pytest.raises(Refused) as caught:
        write(edition, committee, "editorial", texts={"caf": words})
    assert told in caught.value.details[0]
    assert Edition.objects.get().revision == 0


def test_markup_of_others_is_words_like_any(edition: Edition, committee: Committee) -> None:
    nasty = '<script>x</script> [lien](https://malin.example) #set page(fill: red) $x$ \\pagebreak « O’Brien "&" »'
    write(edition, committee, "editorial", texts={"caf": f"{nasty}\n\n{'anticonstitutionnellement' * 9}"})
    document = composing.compose_edition(edition)
    (block,) = [block for block in document["blocks"] if block["code"] == "editorial"]
    assert block["texts"][0]["paragraphs"][0]["items"] == [[{"text": nasty, "bold": False, "italic": False}]]
    assert rendering.page_count(rendering.render(TEMPLATE, document, title="Essai")) >= 4


def test_words_of_a_plaquette_designate_nobody_without_a_reason(edition: Edition, committee: Committee) -> None:
    named = "Nous remercions Mme Lefèvre."
    with pytest.raises(NamesSomeone), transaction.atomic():
        write(edition, committee, "editorial", texts={"caf": named})
    with said_by(committee.caf, lambda: "présidente en exercice, qui signe cet éditorial"):
        write(edition, committee, "editorial", texts={"caf": named})
    # What stands is not asked again of whoever writes beside it.
    write(edition, committee, "editorial", texts={"caf": named, "federation": "Une belle année."})
    with pytest.raises(NamesSomeone), transaction.atomic():
        composing.comment(edition=edition, block="", text="Demander à M. Durand", by=committee.caf)


def test_two_writers_do_not_overwrite_each_other(edition: Edition, committee: Committee) -> None:
    content = drafts.write_block(edition.content, "chiffres_cles", {"intro": "Un."})
    composing.change_content(edition=edition, content=content, revision=0, by=committee.caf)
    with pytest.raises(Refused, match="Quelqu’un d’autre"):
        composing.change_content(edition=edition, content=content, revision=0, by=committee.federation)


def test_strangers_neither_write_nor_comment(edition: Edition, committee: Committee) -> None:
    with pytest.raises(NotAllowed):
        composing.change_content(edition=edition, content=edition.content, revision=0, by=committee.stranger)
    with pytest.raises(NotAllowed):
        composing.comment(edition=edition, block="", text="Bonjour", by=committee.stranger)
    with pytest.raises(NotAllowed):
        composing.create_edition(
            release=edition.release, level="departement", code="59", trame="departementale", by=committee.stranger
        )


def test_note_on_what_nobody_was_asked_is_refused_and_says_so(
    publish_release: Callable[..., Release], committee: Committee, settings: Any
) -> None:
    release = publish_release()
    (settings.DATA_DIR / "trames" / "note.yaml").write_text(NOTE, encoding="utf-8")
    with pytest.raises(Refused, match="pas de chiffres sur ce thème"):
        composing.create_edition(release=release, level="departement", code="59", trame="note", by=committee.caf)
    document = compose_plaquette(release=release, level="departement", code="59", trame=composing.trames()["note"])
    (chapter,) = [block for block in document["blocks"] if block["kind"] == "chapitre"]
    assert "ne l’abordait pas" in chapter["notice"] and not chapter["cards"]
    assert rendering.page_count(rendering.render(TEMPLATE, document, title="Essai", at=AT)) == 2


def test_photo_is_printed_with_its_text_and_credit(edition: Edition, committee: Committee) -> None:
    image = composing.add_image(
        edition=edition, content=jpeg(), kind=ImageKind.PHOTO, alt="Un atelier", credit="Camille", by=committee.caf
    )
    content = drafts.add_block(composing.trame_of(edition), edition.content, "portrait")
    content = drafts.write_block(content, "portrait", {"text": "Le jardin.", "image": image.pk})
    composing.change_content(edition=edition, content=content, revision=0, by=committee.caf)
    (block,) = [block for block in composing.compose_edition(edition)["blocks"] if block["kind"] == "portrait"]
    assert block["image"]["alt"] == "Un atelier" and block["image"]["credit"] == "Camille"
    with pytest.raises(Refused, match="Décrivez"):
        composing.add_image(
            edition=edition, content=jpeg(), kind=ImageKind.PHOTO, alt=" ", credit="x", by=committee.caf
        )
    with pytest.raises(Refused, match="de qui"):
        composing.add_image(edition=edition, content=jpeg(), kind=ImageKind.PHOTO, alt="x", credit="", by=committee.caf)


def test_newer_release_tells_which_blocks_move(
    edition: Edition, committee: Committee, publish_release: Callable[..., Release]
) -> None:
    assert composing.newer_release(edition) is None
    same, moved = publish_release(2), publish_release(3, factor=1.3)
    assert composing.moved_blocks(edition, same) == []
    assert {"Essentiel", "Équipes", "Annexe"} <= set(composing.moved_blocks(edition, moved))
    assert composing.newer_release(edition) == moved
    composing.rebase_edition(edition=edition, release=moved, by=committee.caf)
    assert composing.newer_release(edition) is None and edition.revision == 1


@pytest.mark.slow
def test_preview_is_one_image_a_page_and_made_once(edition: Edition) -> None:
    pages = composing.preview(edition)
    assert len(pages) >= 4 and all(page.read_bytes().startswith(b"\x89PNG") for page in pages)
    before = pages[0].stat().st_mtime_ns
    assert composing.preview(edition)[0].stat().st_mtime_ns == before
