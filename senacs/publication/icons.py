"""Icons of themes and chapters (Heroicons, MIT licence, from npm): decoration beside words that say the same."""

from functools import lru_cache

from django.conf import settings

FOLDER = "node_modules/heroicons/24/outline"
CREDIT = "Pictogrammes : Heroicons (licence MIT)."
_NAMES = {
    "identite": "home-modern",
    "gouvernance": "chat-bubble-left-right",
    "emplois": "briefcase",
    "finances": "currency-euro",
    "publics": "users",
    "activites": "calendar-days",
    "participation": "hand-raised",
    "partenariats": "puzzle-piece",
    "modules": "light-bulb",
    "carte": "map-pin",
    "chiffres_cles": "chart-bar",
    "portrait": "sparkles",
}


@lru_cache
def icon_svg(name: str, colour: str) -> str:
    """The icon of a theme or of a kind of block, stroked in a colour; '' for what has none, or without the package."""
    path = settings.BASE_DIR / FOLDER / f"{_NAMES.get(name, '')}.svg"
    return path.read_text().replace("currentColor", colour) if path.is_file() else ""
