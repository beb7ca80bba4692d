"""What people write: read into plain spans, and figures that only a release may say."""

import pytest

from senacs.lib.refusals import Refused
from senacs.publication.richtext import clean, parse, plain, typed_figures


def test_paragraphs_lists_bold_and_italics() -> None:
    blocks = parse("Bonjour **à *tous* ici**.\nSuite.\n\n- un\n- *deux*")
    assert [block["kind"] for block in blocks] == ["paragraphe", "liste"]
    assert blocks[0]["items"][0] == [
        {"text": "Bonjour ", "bold": False, "italic": False},
        {"text": "à ", "bold": True, "italic": False},
        {"text": "tous", "bold": True, "italic": True},
        {"text": " ici", "bold": True, "italic": False},
        {"text": ". Suite.", "bold": False, "italic": False},
    ]
    assert blocks[1]["items"][1] == [{"text": "deux", "bold": False, "italic": True}]


def test_marks_that_close_nothing_stay_words() -> None:
    assert plain("2 * 3 ** <b>gras</b> #panic()") == "2 * 3 ** <b>gras</b> #panic()"


def test_a_list_may_follow_its_sentence() -> None:
    assert [block["kind"] for block in parse("Trois temps :\n- un\n- deux\nPuis la fête.")] == [
        "paragraphe",
        "liste",
        "paragraphe",
    ]


def test_clean_composes_and_drops_what_is_not_text() -> None:
    assert clean("E\u0301te\r\n\x07\u202e\n\n\n\nfin ") == "Éte\n\nfin"
    with pytest.raises(Refused, match="12 caractères"):
        clean("x" * 12, longest=10)


@pytest.mark.parametrize(
    "text", ["42 % des habitants", "1 234 bénévoles", "12 500 €", "3,5 ETP", "2 millions", "15000 personnes"]
)
def test_figures_written_by_hand_are_found(text: str) -> None:
    assert typed_figures(f"Il y a {text} ici.")


@pytest.mark.parametrize("text", ["en 2024", "depuis 1987", "le 8 mars", "les 12 communes", "article 3", "2021-2025"])
def test_dates_and_small_counts_are_words(text: str) -> None:
    assert typed_figures(f"C’était {text}, déjà.") == []
