"""Logos and photos of a publication: checked, turned upright, shrunk, rid of everything but their pixels (Pillow)."""

import base64
import hashlib
import io
import struct
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from senacs.lib.kept_files import kept
from senacs.lib.refusals import Refused
from senacs.publication.enums import ImageKind

FORMATS = ("JPEG", "PNG", "WEBP")
HEAVIEST = 8 * 1024 * 1024  # bytes
MOST_PIXELS = 40_000_000
WIDEST = {ImageKind.PHOTO: 1600, ImageKind.LOGO: 600}
THUMBNAIL = (240, 160)  # pixels
NARROWEST = {ImageKind.PHOTO: 600, ImageKind.LOGO: 120}


# What Pillow raises on files damaged at one byte or another, their metadata included.
DAMAGES = (
    UnidentifiedImageError,
    struct.error,
    ArithmeticError,
    EOFError,
    LookupError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class CleanImage:
    content: bytes
    mime: str
    width: int
    height: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def extension(self) -> str:
        return "png" if self.mime == "image/png" else "jpg"


def clean_image(content: bytes, kind: ImageKind) -> CleanImage:
    """The image as it may be printed. Raises Refused: unreadable, too heavy, too large, too small.

    Written anew from its pixels: no place, no date, no camera, nothing hidden behind the end of the file.
    """
    if len(content) > HEAVIEST:
        raise Refused(f"L’image dépasse {HEAVIEST // 1024 // 1024}\u00a0Mo.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Pillow says of metadata, which go anyway
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise Refused("L’image a trop de pixels : réduisez-la avant de l’envoyer.")
                upright = ImageOps.exif_transpose(opened)
                pixels = upright.convert("RGBA" if kind == ImageKind.LOGO else "RGB")
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise Refused("L’image a trop de pixels : réduisez-la avant de l’envoyer.") from error
    except DAMAGES as error:
        raise Refused("Ce fichier n’est pas une image JPEG, PNG ou WebP lisible.") from error
    if pixels.width < NARROWEST[kind]:
        raise Refused(f"L’image fait {pixels.width} pixels de large ; il en faut au moins {NARROWEST[kind]}.")
    pixels.thumbnail((WIDEST[kind], WIDEST[kind]), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    if kind == ImageKind.LOGO:
        pixels.save(out, "PNG", optimize=True)
    else:
        pixels.save(out, "JPEG", quality=86, optimize=True, progressive=False)
    mime = "image/png" if kind == ImageKind.LOGO else "image/jpeg"
    return CleanImage(out.getvalue(), mime, pixels.width, pixels.height)


def thumbnail(content: bytes) -> bytes:
    """A small PNG (logo) or JPEG (photo) of an image that `clean_image` made, to tell it from the others on screen."""
    with kept("une image"), Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as opened:
        is_photo = opened.format == "JPEG"
        opened.thumbnail(THUMBNAIL)
        out = io.BytesIO()
        if is_photo:
            opened.save(out, "JPEG", quality=80)
        else:
            opened.save(out, "PNG")
    return out.getvalue()


def missing_svg(width: int, height: int) -> str:
    """The frame that stands for an image whose file is gone."""
    size = max(12, min(width, height) // 12)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<rect width="{width}" height="{height}" fill="#eeeeee"/>'
        f'<text x="{width / 2}" y="{height / 2}" font-family="Inter" font-size="{size}" text-anchor="middle" '
        'fill="#333333">Image manquante</text></svg>'
    )


def as_svg(content: bytes, mime: str, width: int, height: int) -> str:
    """The image inside an SVG, which travels to the typesetter as text like every drawing."""
    data = base64.b64encode(content).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="data:{mime};base64,{data}"/></svg>'
    )
