"""From the trame to two signatures and the public page, in the browser's words."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from senacs.accounts.models import User
from senacs.publication.documents import plaquettes
from senacs.publication.editions import composing
from senacs.publication.enums import ImageKind
from senacs.publication.models import Edition
from tests import factories
from tests.publication.conftest import Committee
from tests.publication.editions.test_images import jpeg
from tests.reading import flat

SignIn = Callable[[User], Client]


def as_user(user: User) -> Client:
    factories.accept_charte(user)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_composing(edition: Edition, committee: Committee) -> None:
    client = as_user(committee.caf)
    assert "Nord" in client.get(reverse("copil")).content.decode()
    arrange = reverse("copil_arrange", args=[edition.pk])
    client.post(arrange, {"block": "portrait", "move": "ajouter", "revision": 0})
    client.post(arrange, {"block": "equipes", "move": "haut", "revision": 1})
    edition.refresh_from_db()
    codes = [entry["code"] for entry in edition.content["blocks"]]
    assert codes == ["couverture", "editorial", "equipes", "chiffres_cles", "portrait", "methode", "annexe"]
    block = reverse("copil_block", args=[edition.pk, "equipes"])
    assert "ETP par structure" in client.get(block).content.decode()
    client.post(block, {"revision": 2, "intro": "Des *équipes*.", "figures": ["etp_total"], "visuals": ["Repères"]})
    edition.refresh_from_db()
    entry = next(entry for entry in edition.content["blocks"] if entry["code"] == "equipes")
    assert entry == {"code": "equipes", "intro": "Des *équipes*.", "figures": ["etp_total"], "visuals": ["Repères"]}
    client.post(reverse("copil_comment", args=[edition.pk]), {"block": "equipes", "text": "<b>Bien</b>"})
    page = client.get(reverse("copil_edition", args=[edition.pk])).content.decode()
    assert "&lt;b&gt;Bien&lt;/b&gt;" in page and "Monter" in page


def test_a_typed_figure_comes_back_with_its_reason(edition: Edition, committee: Committee) -> None:
    client = as_user(committee.caf)
    block = reverse("copil_block", args=[edition.pk, "editorial"])
    answer = client.post(block, {"revision": 0, "texts-caf": "Déjà 42 % !", "texts-federation": "Merci."})
    assert answer.status_code == 422
    content = answer.content.decode()
    assert "« 42 % »" in content and "Déjà 42 % !" in content


def test_obligatory_block_cannot_be_taken_out(edition: Edition, committee: Committee) -> None:
    arrange = reverse("copil_arrange", args=[edition.pk])
    assert as_user(committee.caf).post(arrange, {"block": "methode", "move": "retirer"}).status_code == 404


def test_images_are_cleaned_on_the_way_in(edition: Edition, committee: Committee) -> None:
    client = as_user(committee.caf)
    url = reverse("copil_image", args=[edition.pk])
    for name, content in (("photo.jpg", jpeg()), ("photo.jpg", b"<script>")):
        sent = {"kind": "photo", "file": SimpleUploadedFile(name, content), "alt": "Un atelier", "credit": "Camille"}
        client.post(url, sent)
    assert edition.images.count() == 1


def test_images_are_told_apart_by_a_thumbnail(edition: Edition, committee: Committee) -> None:
    image = composing.add_image(
        edition=edition, content=jpeg(1800, 900), kind=ImageKind.PHOTO, alt="Un jardin", credit="C.", by=committee.caf
    )
    client = as_user(committee.caf)
    url = reverse("copil_thumbnail", args=[edition.pk, image.pk])
    page = flat(client.get(reverse("copil_edition", args=[edition.pk])))
    assert f'src="{url}" alt="Un jardin"' in page
    small = client.get(url)
    with Image.open(io.BytesIO(small.content)) as read:
        assert read.format == "JPEG" and read.width <= 240 and read.height <= 160
    assert small["Content-Type"] == "image/jpeg" and "private" in small["Cache-Control"]
    assert as_user(committee.stranger).get(url).status_code == 404
    (Path(settings.MEDIA_ROOT) / image.path).unlink()
    assert client.get(url).status_code == 404


def test_a_draft_is_told_in_a_meeting(edition: Edition, committee: Committee) -> None:
    address = reverse("copil_file", args=[edition.pk, "diaporama-pptx"])
    client = as_user(committee.caf)
    assert address in client.get(reverse("copil_edition", args=[edition.pk])).content.decode()
    answer = client.get(address)
    assert answer.content.startswith(b"PK") and "diaporama.pptx" in answer["Content-Disposition"]
    assert as_user(committee.stranger).get(address).status_code == 404


@pytest.mark.parametrize("route", ["copil_edition", "copil_preview"])
def test_strangers_do_not_know_of_it(edition: Edition, committee: Committee, route: str) -> None:
    assert as_user(committee.stranger).get(reverse(route, args=[edition.pk])).status_code == 404


def test_published_only_once_both_signed(edition: Edition, committee: Committee) -> None:
    caf, federation, visitor = as_user(committee.caf), as_user(committee.federation), Client()

    def act(client: Client, name: str, **data: str) -> str:
        address = reverse("copil_act", args=[edition.pk, name])
        return client.post(address, data, follow=True).content.decode()

    def shown(client: Client) -> str:
        page = client.get(reverse("copil_edition", args=[edition.pk])).content.decode()
        return re.findall(r'name="seal" value="([0-9a-f]{64})"', page)[0]

    act(caf, "soumettre")
    assert "a changé depuis" in act(caf, "signer-caf")
    act(caf, "signer-caf", seal=shown(caf))
    assert "manque une signature" in act(caf, "publier")
    act(federation, "renvoyer", reason="Relire le titre.")
    assert "Relire le titre." in caf.get(reverse("copil_edition", args=[edition.pk])).content.decode()
    act(caf, "soumettre")
    act(caf, "signer-caf", seal=shown(caf))
    act(federation, "signer-federation", seal=shown(federation))
    assert "adresse définitive" in act(federation, "publier")
    edition.refresh_from_db()
    address = reverse("edition", args=[edition.slug])
    assert address in visitor.get(reverse("publications")).content.decode()
    twin = visitor.get(address).content.decode()
    assert edition.checksum in twin and "1\u202f064" in twin and "Copil-caf Martin (Caf)" in twin
    for name in ("diaporama-pptx", "diaporama-pdf", "chiffres-xlsx", "images-zip"):
        file = reverse("edition_file", args=[edition.slug, name])
        assert file in twin and b"".join(visitor.get(file))  # type: ignore[arg-type]
    assert visitor.get(reverse("edition_file", args=[edition.slug, "autre"])).status_code == 404
    paper = visitor.get(reverse("edition_pdf", args=[edition.slug]))
    assert b"".join(paper).startswith(b"%PDF")  # type: ignore[arg-type]


def test_drafts_have_no_public_page(edition: Edition, client: Client) -> None:
    assert client.get(reverse("edition", args=["departementale-departement-59-v1"])).status_code == 404


def test_new_edition_needs_a_territory_of_one_s_own(edition: Edition, committee: Committee) -> None:
    client = as_user(committee.stranger)
    sent = {"territory": "departement:59", "trame": "departementale"}
    assert client.post(reverse("copil_create"), sent).status_code == 422
    sent["territory"] = "departement:62"
    assert client.post(reverse("copil_create"), sent).status_code == 302
    assert Edition.objects.filter(code="62").count() == 1


def test_what_nobody_signed_is_for_those_who_compose(edition: Edition, committee: Committee) -> None:
    booklet = plaquettes.build_plaquette(release=edition.release, level="departement", code="59")
    address = reverse("copil_working_document", args=[booklet.pk])
    answer = as_user(committee.caf).get(address)
    assert b"".join(answer).startswith(b"%PDF")  # type: ignore[arg-type]
    assert "document-de-travail" in answer.headers["Content-Disposition"]
    assert address in as_user(committee.caf).get(reverse("copil")).content.decode()
    assert as_user(committee.stranger).get(address).status_code == 404
    assert Client().get(address).status_code == 302
    public = [Client().get(page).content.decode() for page in ("/", "/publications/")]
    assert not any(f"{booklet.pk}.pdf" in page for page in public)
    assert "aucun comité de pilotage" in flat(public[0]).lower()


def test_a_foreword_is_signed_by_who_writes_it(edition: Edition, committee: Committee) -> None:
    client, block = as_user(committee.caf), reverse("copil_block", args=[edition.pk, "editorial"])
    page = flat(client.get(block).content.decode())
    assert "Imprimé sous le nom de la fédération ; laissé vide, il n’y en a pas." in page
    client.post(block, {"revision": 0, "texts-caf": "Une belle année.", "texts-federation": ""})
    edition.refresh_from_db()
    (own,) = [entry for entry in edition.content["blocks"] if entry["code"] == "editorial"]
    assert own == {"code": "editorial", "texts": {"caf": "Une belle année."}}
