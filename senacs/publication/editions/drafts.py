"""What a Copil makes of a trame: blocks chosen and put in order, its own words, drawings picked; never a figure.

Content is a JSON document: {"blocks": [{"code", "intro"?, "text"?, "texts"?: {author: source}, "figures"?: [code],
"visuals"?: [title], "image"?: id}], "logos": [id]}. A key that is absent keeps what the trame says.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from senacs.publication.trames import Trame, TrameBlock

Content = dict[str, Any]
Images = Mapping[int, Mapping[str, str]]
# The first and the last blocks keep their place: cover, and what is read as annexes.
FIRST = frozenset({"couverture"})
LAST = frozenset({"methode", "fiche_nationale", "annexe"})


def initial(trame: Trame) -> Content:
    """What a trame gives before anybody touches it: its obligatory blocks."""
    return {"blocks": [{"code": block.code} for block in trame.obligatory().blocks], "logos": []}


def entry(content: Content, code: str) -> dict[str, object] | None:
    return next((found for found in content["blocks"] if found["code"] == code), None)


def missing_blocks(trame: Trame, content: Content) -> list[TrameBlock]:
    """The optional blocks that may still be added."""
    chosen = {found["code"] for found in content["blocks"]}
    return [block for block in trame.blocks if block.code not in chosen]


def add_block(trame: Trame, content: Content, code: str) -> Content:
    """With an optional block more, after those that come before it in the trame.

    ValueError for one that the trame has not or that is there.
    """
    if trame.block(code) is None or entry(content, code) is not None:
        raise ValueError(code)
    blocks, order = list(content["blocks"]), [block.code for block in trame.blocks]
    before = set(order[: order.index(code)])
    place = max((i for i, found in enumerate(blocks, start=1) if found["code"] in before), default=0)
    return {**content, "blocks": [*blocks[:place], {"code": code}, *blocks[place:]]}


def remove_block(trame: Trame, content: Content, code: str) -> Content:
    """Without an optional block. ValueError for an obligatory one."""
    block = trame.block(code)
    if block is None or not block.is_optional:
        raise ValueError(code)
    return {**content, "blocks": [found for found in content["blocks"] if found["code"] != code]}


def move_block(trame: Trame, content: Content, code: str, step: int) -> Content:
    """One place up (-1) or down (1); cover and annexes keep theirs, and a move past them changes nothing."""
    blocks = list(content["blocks"])
    at = next((i for i, found in enumerate(blocks) if found["code"] == code), None)
    if at is None:
        raise ValueError(code)
    to = at + step
    if not 0 <= to < len(blocks) or {_kind(trame, blocks[at]), _kind(trame, blocks[to])} & (FIRST | LAST):
        return content
    blocks[at], blocks[to] = blocks[to], blocks[at]
    return {**content, "blocks": blocks}


def write_block(content: Content, code: str, changes: Mapping[str, Any]) -> Content:
    """With the keys of one block replaced; None takes a key back to what the trame says."""
    blocks = [
        {k: v for k, v in {**found, **changes}.items() if v is not None} if found["code"] == code else found
        for found in content["blocks"]
    ]
    return {**content, "blocks": blocks}


def apply(trame: Trame, content: Content, images: Images) -> Trame:
    """The trame as the content makes it. Blocks that the trame no longer has are left out, obligatory ones kept."""
    found = [(block, own) for own in content["blocks"] if (block := trame.block(own["code"]))]
    present = {block.code for block, _ in found}
    forgotten = [block for block in trame.blocks if not block.is_optional and block.code not in present]
    blocks = [_written(block, own, images) for block, own in found]
    return replace(trame, blocks=(*blocks, *forgotten))


def texts_of(trame: Trame, content: Content) -> Iterable[tuple[TrameBlock, str, str]]:
    """Every text that somebody wrote: (block, which, source)."""
    for own in content["blocks"]:
        block = trame.block(own["code"])
        if block is None:
            continue
        for key in ("intro", "text"):
            if own.get(key):
                yield block, key, own[key]
        for author, source in (own.get("texts") or {}).items():
            yield block, author, source


def _written(block: TrameBlock, own: Mapping[str, Any], images: Images) -> TrameBlock:
    changed: dict[str, Any] = {}
    for key in ("intro", "text"):
        if key in own:
            changed[key] = own[key]
    if "figures" in own:
        changed["figures"] = tuple(own["figures"])
    if "visuals" in own:
        changed["visuals"] = tuple(v for v in block.visuals if v.title in own["visuals"])
    if "texts" in own:
        texts: Sequence[Any] = block.texts
        changed["texts"] = tuple(replace(text, text=own["texts"].get(text.author, text.text)) for text in texts)
    if own.get("image") in images:
        changed["image"] = images[own["image"]]
    return replace(block, **changed)


def _kind(trame: Trame, own: Mapping[str, Any]) -> str:
    block = trame.block(own["code"])
    return block.kind if block else ""
