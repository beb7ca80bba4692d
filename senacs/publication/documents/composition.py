"""Composition of a plaquette: a trame filled with figures, sentences, drawings and lists, ready for the typesetter.

Everything comes from the release and the public register; nothing here can be typed in place of a figure.
"""

from collections.abc import Callable

from senacs.publication.charts import (
    SUPPRESSED_LEGEND,
)
from senacs.publication.documents import analysis, closing_blocks, figure_blocks, opening_blocks, territory_blocks
from senacs.publication.documents.making import Making, Printed
from senacs.publication.icons import CREDIT, icon_svg
from senacs.publication.richtext import parse
from senacs.publication.trames import TrameBlock

ICON_COLOUR = "#c8631a"
LEVEL_WORDS = {
    "departement": "Département",
    "region": "Région",
    "france": "France entière",
    "epci": "Intercommunalité",
    "commune": "Commune",
    "groupe": "Groupe de structures",
}
BUILDERS: dict[str, Callable[[Making, TrameBlock], Printed | None]] = {
    "couverture": opening_blocks.cover,
    "editorial": opening_blocks.editorial,
    "texte": opening_blocks.text,
    "carte": territory_blocks.register_map,
    "chiffres_cles": figure_blocks.key_figures,
    "chapitre": figure_blocks.chapter,
    "analyse": analysis.answer,
    "phrases": analysis.sentences,
    "liste_structures": territory_blocks.structures,
    "methode": closing_blocks.how_it_was_made,
    "fiche_nationale": closing_blocks.national_sheet,
    "annexe": closing_blocks.annex,
    "territoires": territory_blocks.side_by_side,
    "carte_indicateur": territory_blocks.mapped_indicator,
    "portrait": opening_blocks.portrait,
    "structures_nommees": territory_blocks.structures_by_name,
}


def compose(making: Making) -> Printed:
    """The document as plain data: {territory, year…, blocks: [{kind, …}]}, blocks without content left out."""
    blocks = []
    for block in making.trame.blocks:
        content = BUILDERS[block.kind](making, block)
        if content is not None:
            icon = icon_svg(block.theme or block.kind, ICON_COLOUR)
            head = {
                "kind": block.kind,
                "code": block.code,
                "title": block.title,
                "intro": parse(block.intro),
                "icon": icon,
            }
            blocks.append({**head, **content})
    return {
        "title": making.trame.title,
        "subtitle": making.trame.subtitle,
        "territory": making.territory.name,
        "level": LEVEL_WORDS[making.territory.level],
        "edition": f"Enquête {making.year}, données {making.data_year}",
        "footer": f"SENACS {making.year} · {making.territory.name} · données déclarées pour {making.data_year}",
        "demo": "Données de démonstration : ce document est fictif." if making.has_demo_data else "",
        "signs": [
            ["s.", f"chiffre {SUPPRESSED_LEGEND} : moins de cinq répondants, ou un répondant trop reconnaissable"],
            ["–", "aucune réponse, ou question sans objet"],
            ["n", "nombre de structures qui ont répondu à la question ; chaque chiffre a le sien"],
        ],
        "icons": CREDIT if any(block["icon"] for block in blocks) else "",
        "address": making.address,
        "logos": list(making.logos),
        "blocks": blocks,
    }
