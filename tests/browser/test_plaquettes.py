"""A plaquette from its first block to its public page, and a local one from the agreements to its preview."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from senacs.accounts.models import User
from senacs.observatory.models import Release
from senacs.publication.editions import signing
from senacs.publication.enums import EditionState
from senacs.publication.models import Edition
from tests import factories
from tests.browser.conftest import assert_accessible, sign_in
from tests.publication.conftest import Committee, committee, locality, publish_release  # noqa: F401
from tests.publication.editions.test_images import jpeg
from tests.publication.local import PURPOSE, Locality, agree, begin

# The same names are fixtures, used by pytest, and arguments of the tests.
# ruff: noqa: F811

Enter = Callable[[User], Page]


@pytest.fixture
def enter(new_context: Callable[..., BrowserContext], live_server: object) -> Enter:
    """Somebody at a browser of their own."""

    def somebody(user: User) -> Page:
        context = new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
        sign_in(context, user, str(live_server))
        return context.new_page()

    return somebody


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "jardin.jpg"
    path.write_bytes(jpeg(1200, 800))
    return path


def banner(page: Page, words: str) -> None:
    expect(page.locator(".govuk-notification-banner, .govuk-error-summary").first).to_contain_text(words)


def begin_plaquette(page: Page) -> Edition:
    page.goto("/copil/")
    page.get_by_label("Trame").select_option("departementale")
    page.get_by_role("button", name="Commencer").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nord")
    return Edition.objects.get()


def test_from_composition_to_the_public_page(
    publish_release: Callable[..., Release],
    committee: Committee,
    enter: Enter,
    context: BrowserContext,
    photo: Path,
    transactional_db: None,
) -> None:
    publish_release()
    caf, federation = enter(committee.caf), enter(committee.federation)
    edition = begin_plaquette(caf)
    address = f"/copil/{edition.pk}/"

    # Blocks: one more, one moved, indicators picked, a text, a figure refused.
    caf.get_by_label("Ajouter un bloc facultatif").select_option("portrait")
    caf.get_by_role("button", name="Ajouter", exact=True).click()
    caf.get_by_role("button", name="Monter Équipes").click()
    caf.get_by_role("link", name="Modifier Équipes").click()
    caf.get_by_label("Équivalents temps plein").check()
    caf.get_by_label("Introduction").fill("Déjà 1 250 personnes !")
    caf.get_by_role("button", name="Enregistrer").click()
    banner(caf, "« 1 250 »")
    expect(caf.get_by_label("Introduction")).to_have_value("Déjà 1 250 personnes !")
    caf.get_by_label("Introduction").fill("Des équipes **présentes**.")
    caf.get_by_role("button", name="Enregistrer").click()
    expect(caf.get_by_role("heading", name="Les blocs")).to_be_visible()

    # A photo, with its credit and what it shows.
    form = caf.locator("form", has=caf.get_by_label("Crédit"))
    form.get_by_label("Photo").check()
    form.get_by_label("Fichier").set_input_files(photo)
    form.get_by_label("Description").fill("Un jardin partagé")
    form.get_by_label("Crédit").fill("Camille")
    form.get_by_role("button", name="Ajouter l’image").click()
    banner(caf, "métadonnées")
    caf.get_by_role("link", name="Modifier À la loupe").click()
    caf.get_by_label("Le récit").fill("Le jardin des voisins.\n\n- un\n- deux")
    caf.get_by_label("Photo").select_option(label="Un jardin partagé")
    caf.get_by_role("button", name="Enregistrer").click()

    # A remark of the other side, dealt with.
    federation.goto(address)
    federation.get_by_label("Commentaire", exact=True).fill("Le titre est trop long.")
    federation.get_by_role("button", name="Commenter").click()
    caf.goto(address)
    caf.get_by_role("button", name="Marquer comme traité").click()
    expect(caf.locator("main")).to_contain_text("Traité par")

    assert_accessible(caf, address)
    assert_accessible(caf, f"{address}apercu/")
    assert_accessible(caf, f"{address}blocs/equipes/")
    assert_accessible(caf, "/copil/")
    caf.set_viewport_size({"width": 1280, "height": 900})
    caf.goto(address)

    # Submitted, sent back with a reason, submitted again, signed twice, published.
    caf.get_by_role("button", name="Soumettre au comité").click()
    banner(caf, "soumise")
    federation.goto(address)
    federation.get_by_role("button", name="Renvoyer à la rédaction").click()
    banner(federation, "motif")
    federation.get_by_label("Motif du renvoi").fill("Relire le portrait.")
    federation.get_by_role("button", name="Renvoyer à la rédaction").click()
    caf.goto(address)
    expect(caf.locator("main")).to_contain_text("Relire le portrait.")
    caf.get_by_role("button", name="Soumettre au comité").click()
    caf.get_by_role("button", name="Signer au titre de : Caf").click()
    federation.goto(address)
    expect(federation.get_by_role("button", name="Publier")).to_have_count(0)
    federation.get_by_role("button", name="Signer au titre de : Fédération").click()
    federation.get_by_role("button", name="Publier").click()
    banner(federation, "adresse définitive")

    # The public: list, page, file, unchanged since it was signed.
    visitor = context.new_page()
    visitor.goto("/publications/")
    visitor.get_by_role("link", name="Nord : Ce qu’ils font").click()
    expect(visitor.locator("main")).to_contain_text("Version 1, publiée le")
    edition.refresh_from_db()
    expect(visitor.locator("main")).to_contain_text(edition.checksum)
    expect(visitor.get_by_role("img", name="Un jardin partagé")).to_be_visible()
    assert_accessible(visitor, reverse("edition", args=[edition.slug]))
    document = signing.read_document(edition.slug or "")
    assert document["address"]["url"].endswith("/territoires/departement/59/") and "<svg" in document["address"]["svg"]
    visitor.goto("/")
    expect(visitor.locator("section", has_text="Les plaquettes").first).to_contain_text("Nord")

    # Nothing changes it any more.
    caf.goto(address)
    for name in ("Monter", "Modifier", "Enregistrer", "Soumettre", "Renvoyer", "Publier"):
        expect(caf.get_by_role("button", name=name)).to_have_count(0)
    client = Client()
    client.force_login(committee.caf, backend=settings.AUTHENTICATION_BACKENDS[0])
    moved = {"block": "equipes", "move": "bas", "revision": edition.revision}
    assert "plus en rédaction" in client.post(f"{address}blocs/", moved, follow=True).content.decode()
    assert signing.is_intact(edition)


def test_local_plaquette_from_the_agreements_to_the_preview(
    locality: Locality, enter: Enter, transactional_db: None
) -> None:
    member = enter(locality.caf)
    member.goto("/copil/")
    member.get_by_role("link", name="Demander les accords").click()
    assert_accessible(member, "/copil/locale/")
    member.set_viewport_size({"width": 1280, "height": 900})
    member.get_by_label("Où ?").select_option("26:commune:26001")
    member.get_by_role("button", name="Continuer").click()
    member.get_by_role("button", name="Envoyer la demande").click()
    banner(member, "à quoi la plaquette servira")
    member.get_by_label("À quoi servira-t-elle ?").fill(PURPOSE)
    member.get_by_role("button", name="Envoyer la demande").click()
    banner(member, "La demande est partie à 50")
    edition = Edition.objects.get()
    expect(member.locator("main")).to_contain_text("au moins 5")
    expect(member.get_by_role("button", name="Calculer les chiffres")).to_have_count(0)
    agree(edition, locality, 11)

    # A responsable reads why, and agrees by name.
    owner = enter(locality.responsables[11])
    assert_accessible(owner, "/saisie/accords/")
    expect(owner.locator("main")).to_contain_text(PURPOSE)
    owner.get_by_label("Oui, et montrés aussi à notre nom").check()
    owner.get_by_role("button", name="Enregistrer la réponse").click()
    banner(owner, "Votre réponse est enregistrée")

    member.goto(f"/copil/{edition.pk}/")
    member.get_by_role("button", name="Calculer les chiffres").click()
    # The worker works them out; the page asks again every two seconds.
    expect(member.locator("main")).to_contain_text("pour 12\u00a0structures", timeout=60_000)
    assert_accessible(member, f"/copil/{edition.pk}/")
    member.goto(f"/copil/{edition.pk}/apercu/")
    expect(member.get_by_role("heading", level=1)).to_contain_text("pages")

    # The agreement is taken back: the plaquette may no longer be submitted as it is.
    owner.get_by_label("Non : nos chiffres n’y sont pas").check()
    owner.get_by_role("button", name="Enregistrer la réponse").click()
    member.goto(f"/copil/{edition.pk}/")
    expect(member.locator("main")).to_contain_text("a retiré son accord")
    expect(member.locator("main")).to_contain_text("recalculez")
    expect(member.get_by_role("button", name="Soumettre au comité")).to_have_count(0)
    edition.refresh_from_db()
    assert edition.state == EditionState.DRAFT


def test_nobody_else_sees_a_local_draft(locality: Locality, client: Client) -> None:
    edition = begin(locality)
    for user in locality.responsables[:2]:
        factories.accept_charte(user)
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        assert client.get(f"/copil/{edition.pk}/").status_code == 404
        assert client.post(f"/copil/{edition.pk}/chiffres/").status_code == 404
