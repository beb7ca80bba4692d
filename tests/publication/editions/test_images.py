"""Images of strangers: nothing but their pixels goes on."""

import io

import pytest
from PIL import Image

from senacs.lib.refusals import Refused
from senacs.publication.editions.images import clean_image
from senacs.publication.enums import ImageKind


def jpeg(width: int = 900, height: int = 600, *, exif: bool = True) -> bytes:
    image = Image.new("RGB", (width, height), "navy")
    data = Image.Exif()
    if exif:
        data[0x0112] = 6  # turned a quarter
        data[0x010F] = "Téléphone de Camille"
    out = io.BytesIO()
    image.save(out, "JPEG", exif=data)
    return out.getvalue()


def test_metadata_go_and_the_photo_stands_upright() -> None:
    source = jpeg() + b"cache derriere"
    cleaned = clean_image(source, ImageKind.PHOTO)
    assert b"Exif" not in cleaned.content and b"derriere" not in cleaned.content
    assert (cleaned.width, cleaned.height) == (600, 900)
    with Image.open(io.BytesIO(cleaned.content)) as read:
        assert not read.getexif()


def test_large_photos_are_shrunk_and_logos_keep_transparency() -> None:
    assert max(clean_image(jpeg(4000, 3000, exif=False), ImageKind.PHOTO).width, 0) == 1600
    out = io.BytesIO()
    Image.new("RGBA", (300, 100), (0, 0, 0, 0)).save(out, "PNG")
    logo = clean_image(out.getvalue(), ImageKind.LOGO)
    with Image.open(io.BytesIO(logo.content)) as read:
        assert read.getpixel((0, 0)) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    "content", [b"", b"<svg onload=alert(1)>", b"GIF89a" + bytes(50), jpeg()[:200], b"%PDF-1.7"], ids=repr
)
def test_what_is_no_image_is_refused(content: bytes) -> None:
    with pytest.raises(Refused):
        clean_image(content, ImageKind.PHOTO)


def test_too_small_and_too_heavy_are_refused() -> None:
    with pytest.raises(Refused, match="au moins 600"):
        clean_image(jpeg(300, 200, exif=False), ImageKind.PHOTO)
    with pytest.raises(Refused, match="8"):
        clean_image(bytes(9 * 1024 * 1024), ImageKind.PHOTO)


def test_a_bomb_of_pixels_is_refused() -> None:
    out = io.BytesIO()
    Image.new("1", (20000, 20000)).save(out, "PNG")
    with pytest.raises(Refused):
        clean_image(out.getvalue(), ImageKind.PHOTO)
