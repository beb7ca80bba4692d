"""The slides of a document, as plain data: what is said in a room, in the order of its blocks, from its own blocks.

A slide is {kind, title, …}; kinds are « cover », « figures » (cards), « drawings » (one or two), « answer », « map »,
« words » and « end ». Nothing is computed here: what a slide shows is what the document prints.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from senacs.publication.decks.wording import finding_of, parted, words_of

Slide = dict[str, Any]
Block = Mapping[str, Any]
CARDS = 6
DRAWINGS = 2


def slides_of(document: Mapping[str, Any]) -> list[Slide]:
    """The whole deck; blocks that are only read (lists, tables, annexes) have no slide."""
    told = [slide for block in document["blocks"] for slide in _TELLERS.get(block["kind"], _silent)(block)]
    cover = {"kind": "cover", "title": document["territory"], "subtitle": document["title"], "facts": _facts(document)}
    return [cover, *told, _end(document)]


def _silent(_: Block) -> Iterator[Slide]:
    return iter(())


def _facts(document: Mapping[str, Any]) -> list[Mapping[str, str]]:
    return next((list(block["facts"]) for block in document["blocks"] if block["kind"] == "couverture"), [])


def _key_figures(block: Block) -> Iterator[Slide]:
    known = [card for card in block["cards"] if card["known"]]
    parts = [known[at : at + CARDS] for at in range(0, len(known), CARDS)]
    for number, cards in enumerate(parts, 1):
        title = block["title"] if len(parts) < 2 else f"{block['title']} ({number}/{len(parts)})"
        yield {"kind": "figures", "title": title, "cards": cards, "source": block["source"]}


def _chapter(block: Block) -> Iterator[Slide]:
    """Its cards, then its drawings two by two: the title of a slide says what is to be seen on it."""
    known = [card for card in block["cards"] if card["known"]]
    if known:
        yield {"kind": "figures", "title": block["title"], "cards": known[:CARDS], "source": block["source"]}
    for at in range(0, len(block["visuals"]), DRAWINGS):
        visuals = block["visuals"][at : at + DRAWINGS]
        title = finding_of(visuals[0], block["title"])
        kept = [{**visual, "reading": "" if visual["reading"] == title else visual["reading"]} for visual in visuals]
        yield {
            "kind": "drawings",
            "title": title,
            "chapter": block["title"],
            "visuals": kept,
            "source": block["source"],
        }


def _answer(block: Block) -> Iterator[Slide]:
    """The question, its first sentence large, what shows it."""
    slide = {"kind": "answer", "title": block["title"], "words": list(block["sentences"]), "source": block["source"]}
    yield {**slide, "visual": block["visuals"][0] if block["visuals"] else None}


def _portrait(block: Block) -> Iterator[Slide]:
    """The sentences of a portrait, five a slide, as words."""
    words = [f"{item['share']} : {item['label']} ({item['volume']})" for item in block["told"]]
    for at in range(0, len(words), 5):
        slide = {"kind": "answer", "title": block["title"], "words": words[at : at + 5], "source": block["source"]}
        yield {**slide, "visual": block["visuals"][0] if block["visuals"] and not at else None}


def _map(block: Block) -> Iterator[Slide]:
    drawing = block.get("points") or block["map"]
    words = list(block["sentences"])
    yield {"kind": "map", "title": block["title"], "map": drawing, "words": words, "source": block["source"]}


def _indicator_map(block: Block) -> Iterator[Slide]:
    words = list(block["sentences"])
    yield {"kind": "map", "title": block["title"], "map": block["map"], "words": words, "source": block["source"]}


def _initiative(block: Block) -> Iterator[Slide]:
    """The story of a structure: its photo, where there is one, beside its first words; the others follow."""
    image, parts = block["image"], parted(words_of(block["text"]))
    if image is not None:
        credit = f"Photo : {image['credit']}" if image["credit"] else ""
        beside = parts.pop(0) if parts else []
        yield {"kind": "map", "title": block["title"], "map": image, "words": beside, "source": credit}
    for words in parts:
        yield _written(block["title"], "", words)


def _foreword(block: Block) -> Iterator[Slide]:
    """What each institution wrote, under its name; nothing where nobody wrote."""
    for one in block["texts"]:
        for words in parted(words_of(one["paragraphs"])):
            yield _written(block["title"], one["author"], words)


def _written(title: str, author: str, words: Sequence[str]) -> Slide:
    sections = [{"title": author if not number else "", "words": one} for number, one in enumerate(words)]
    return {"kind": "words", "title": title, "sections": sections, "source": ""}


def _method(block: Block) -> Iterator[Slide]:
    parts: Sequence[Mapping[str, Any]] = block["sections"][:4]
    sections = [{"title": part["title"], "words": part["paragraphs"][0]} for part in parts if part["paragraphs"]]
    yield {"kind": "words", "title": block["title"], "sections": sections, "source": ""}


def _end(document: Mapping[str, Any]) -> Slide:
    signatures = [f"{one['name']} ({one['side']})" for one in document.get("signatures", ())]
    return {
        "kind": "end",
        "title": "Pour en parler",
        "address": document["address"],
        "signatures": signatures,
        "signs": [list(pair) for pair in document["signs"]],
        "demo": document["demo"],
    }


_TELLERS: Mapping[str, Callable[[Block], Iterator[Slide]]] = {
    "chiffres_cles": _key_figures,
    "chapitre": _chapter,
    "analyse": _answer,
    "phrases": _portrait,
    "carte": _map,
    "editorial": _foreword,
    "portrait": _initiative,
    "carte_indicateur": _indicator_map,
    "methode": _method,
}
