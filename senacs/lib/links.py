"""Texts of people's that become links: what may stand in `href`, and nothing that a browser would run or hide."""

from urllib.parse import quote, urlsplit

from senacs.lib.incoming import without_controls

LONGEST = 500  # characters
_SCHEMES = ("http", "https")


def web_address(text: str) -> str:
    """The text when it is an address of the web, with a host, without a name nor a password; "" for anything else.

    `javascript:` and `data:` are run by whoever follows them, marks of direction show another address than theirs.
    """
    if len(text) > LONGEST or text != without_controls(text) or any(c.isspace() or c in "\\<>\"'`" for c in text):
        return ""
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        _ = parts.port  # raises when it is none
    except ValueError:
        return ""
    is_told = parts.scheme in _SCHEMES and "." in host and "@" not in parts.netloc
    return text if is_told else ""


def mail_address(text: str) -> str:
    """« mailto: » and the address, in which nothing opens a second recipient or a text; "" where there is no « @ »."""
    clean = without_controls(text).strip()
    is_told = clean.count("@") == 1 and len(clean) <= LONGEST and not any(c.isspace() for c in clean)
    return f"mailto:{quote(clean, safe='@+')}" if is_told else ""


def phone_number(text: str) -> str:
    """« tel: » and the digits; "" where there are none."""
    kept = "".join(c for c in text if c in "0123456789+")[:20]
    return f"tel:{kept}" if any(c.isdigit() for c in kept) else ""
