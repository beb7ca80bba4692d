"""Colours and textures of the charts: read by colour-blind eyes and on a black and white print.

The sequence falls steadily in luminance; neighbours of the categorical set differ in luminance as well as hue
(checked by a test), and no reading ever rests on colour alone: values are printed, masked cells are hatched.
"""

INK = "#1c2733"
MUTED = "#55636f"
RULE = "#c9d3db"
PAPER = "#ffffff"
NO_DATA = "#e3e6e9"
MAIN = "#2b7aa8"
ACCENT = "#12466e"
MARK = "#b4530a"
SEQUENCE = ("#d6e8ef", "#9fcbdc", "#5aa5c4", "#2b7aa8", "#12466e")
CATEGORIES = ("#12466e", "#6fb3c8", "#1f7a72", "#d9e4b8", "#a5622a", "#f0d3a5", "#5d4a7a", "#c9c3d9")


def sequence(count: int) -> tuple[str, ...]:
    """`count` (1 to 5) colours of the sequence, as far apart as they can be."""
    if count <= 1:
        return (SEQUENCE[2],)
    step = (len(SEQUENCE) - 1) / (count - 1)
    return tuple(SEQUENCE[round(step * i)] for i in range(count))


def category(index: int) -> str:
    return CATEGORIES[index % len(CATEGORIES)]


def luminance(colour: str) -> float:
    """Relative luminance of « #rrggbb », 0 to 1 (WCAG 2.2)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ink_on(colour: str) -> str:
    """The text colour that reads on `colour`."""
    return PAPER if luminance(colour) < 0.22 else INK
