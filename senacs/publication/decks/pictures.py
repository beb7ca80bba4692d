"""Pictures of key figures and of drawings, to share, with the words for who does not see them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from senacs.lib.pdf import rendering
from senacs.publication.decks.wording import compared_lines, said_of_card

_SHARED = "publication/typst/share.typ"
_PPI = 190.5  # 160 mm make 1 200 pixels


@dataclass(frozen=True, slots=True)
class SharedPicture:
    """A picture of 1,200 × 675 pixels and its alternative text, which tells the same figures."""

    content: bytes
    title: str
    alt: str


def shared_pictures(document: Mapping[str, Any]) -> Iterator[SharedPicture]:
    """A picture for each known key figure, then the first drawing of each chapter. Raises PdfError."""
    place = f"{document['territory']} · {document['edition']}"
    # A picture travels alone: what it is made of is said on it.
    state = [document["demo"]] if document["demo"] else []
    state += ["Document de travail : personne ne l’a encore signé."] if document.get("draft") else []
    for block in document["blocks"]:
        if block["kind"] == "chiffres_cles":
            for card in block["cards"]:
                if card["known"]:
                    yield _figure(card, place, " ".join([block["source"], *state]))
        elif block["kind"] == "chapitre" and block["visuals"]:
            yield _drawing(block["visuals"][0], place, " ".join([block["source"], *state]))


def _figure(card: Mapping[str, Any], place: str, source: str) -> SharedPicture:
    compared = card["compared"]
    title = [compared["title"]] if compared["title"] else []
    data = {
        "kind": "figure",
        "place": place,
        "source": source,
        "lines": [*title, *compared_lines(card)],
        **{key: card[key] for key in ("value", "unit", "label")},
    }
    return _shared(data, card["label"], f"{place}. {said_of_card(card)}")


def _drawing(visual: Mapping[str, Any], place: str, source: str) -> SharedPicture:
    data = {
        "kind": "drawing",
        "place": place,
        "source": source,
        **{key: visual[key] for key in ("title", "reading", "svg")},
    }
    return _shared(data, visual["title"], f"{place}. {visual['alt']}")


def _shared(data: Mapping[str, object], title: str, alt: str) -> SharedPicture:
    return SharedPicture(rendering.render_pages(_SHARED, data, title=title, ppi=_PPI)[0], title, alt)
