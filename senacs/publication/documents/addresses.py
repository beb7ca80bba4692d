"""Permanent addresses of publications, and the QR code that leads from paper to screen."""

import io
from functools import lru_cache

import segno
from django.conf import settings


def territory_url(level: str, code: str) -> str:
    """The public page of a territory, as printed."""
    path = "/territoires/france/" if level == "france" else f"/territoires/{level}/{code}/"
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}"


@lru_cache(maxsize=256)
def _drawn(url: str) -> str:
    out = io.BytesIO()
    segno.make(url, error="m").save(out, kind="svg", border=2, xmldecl=False, svgns=True, omitsize=True, dark="#12466e")
    return out.getvalue().decode()


def qr_code(url: str) -> dict[str, object]:
    """{url, svg, alt}."""
    return {"url": url, "svg": _drawn(url), "alt": f"Code QR qui mène à {url}"}
