"""What the Web expects of a public site: fingerprints, compression, descriptions, feeds, known addresses."""

import gzip
import re
from typing import Any

import pytest
from django.test import Client

from senacs.accounts.enums import Role
from senacs.lib import clock
from senacs.observatory.models import Release
from senacs.structures.models import Structure
from tests import factories

PAGES = [
    "/",
    "/atlas/",
    "/territoires/france/",
    "/territoires/departement/69/",
    "/structures/",
    "/publications/",
    "/methode/",
]


@pytest.mark.parametrize("url", PAGES)
def test_page_is_kept_until_it_changes(client: Client, published: Release, url: str) -> None:
    first = client.get(url)
    assert first["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "Cookie" in first["Vary"]
    again = client.get(url, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_release_and_the_register_change_the_fingerprint(client: Client, published: Release) -> None:
    first = client.get("/territoires/departement/69/")["ETag"]
    one = Structure.objects.filter(departement="69").first()
    Structure.objects.filter(pk=one.pk if one else 0).update(closed_on=clock.today())
    second = client.get("/territoires/departement/69/", headers={"If-None-Match": first})
    assert second.status_code == 200
    Release.objects.update(state="candidate", published_at=None)
    assert client.get("/territoires/departement/69/", headers={"If-None-Match": second["ETag"]}).status_code == 200


def test_page_is_sent_compressed_to_who_takes_it(client: Client, published: Release) -> None:
    plain = client.get("/")
    packed = client.get("/", headers={"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in plain and packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content and packed["ETag"] == plain["ETag"]
    assert len(packed.content) < 60_000


def test_page_of_who_signed_in_is_kept_by_nobody(client: Client, published: Release) -> None:
    user = factories.make_user()
    factories.make_mandate(user, Role.NATIONAL)
    client.force_login(user)
    answer = client.get("/", headers={"Accept-Encoding": "gzip"})
    assert answer["Cache-Control"] == "private, no-store" and "Content-Encoding" not in answer


def test_released_file_is_for_good(client: Client, published: Release) -> None:
    entry = published.files[0]
    answer = client.get(f"/publications/{published.name}/{entry['name']}")
    assert b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert answer["ETag"] == f'"{entry["sha256"]}"' and "immutable" in answer["Cache-Control"]


@pytest.mark.parametrize("url", [*PAGES, "/methode/glossaire/", "/mentions-legales/", "/contact/", "/recherche/"])
def test_each_page_has_its_own_description_and_one_canonical_address(
    client: Client, published: Release, url: str
) -> None:
    content = client.get(url, {"page": "1"}).content.decode()
    said = re.findall(r'<meta\s+name="description"\s+content="([^"]+)"', content)
    assert len(said) == 1
    assert url == "/atlas/" or f'<link rel="canonical" href="http://testserver{url}">' in content
    assert said[0] != "SENACS, observatoire des centres sociaux et des EVS."


def test_picture_of_a_territory_has_the_size_that_its_page_says(client: Client, published: Release) -> None:
    content = client.get("/territoires/departement/69/").content.decode()
    address = re.search(r'property="og:image" content="http://testserver([^"]+)"', content)
    assert address
    image = client.get(address[1])
    assert image["Content-Type"] == "image/png"
    assert image.content[16:24] == (1200).to_bytes(4) + (630).to_bytes(4)
    assert client.get("/territoires/departement/00/image.png").status_code == 404


def test_sitemap_lists_pages_that_open_and_robots_leads_to_it(client: Client, published: Release) -> None:
    robots = client.get("/robots.txt").content.decode()
    assert "Sitemap: http://testserver/sitemap.xml" in robots and "Disallow: /saisie/" in robots
    addresses = re.findall(r"<loc>http://testserver([^<]+)</loc>", client.get("/sitemap.xml").content.decode())
    assert len(addresses) == len(set(addresses)) > 20
    kinds = {re.sub(r"[^/]+/$", "", address): address for address in addresses}
    assert all(client.get(address).status_code == 200 for address in kinds.values())


def test_feed_tells_releases(client: Client, published: Release) -> None:
    answer = client.get("/publications/flux.xml")
    assert answer["Content-Type"].startswith("application/rss+xml")
    assert f"publication {published.name}" in answer.content.decode()


def test_security_txt_tells_whom_to_write_to(client: Client, db: None, settings: Any) -> None:
    settings.CONTACT = ""
    assert "Contact: http://testserver/contact/" in client.get("/.well-known/security.txt").content.decode()
    settings.CONTACT = "securite@exemple.fr"
    told = client.get("/.well-known/security.txt").content.decode()
    assert "Contact: mailto:securite@exemple.fr" in told and re.search(
        r"^Expires: 20\d\d-\d\d-\d\dT00:00:00Z$", told, re.M
    )
