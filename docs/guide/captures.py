"""The pictures of saisie.md, copil.md, controle.md and equipe-nationale.md, taken on the
demonstration: `python docs/guide/captures.py`.

With names of guides, only theirs.

Needs the demonstration (`make demo-data`) and Chromium. Nothing is saved: what is typed for a picture is kept from the
server, as on a day without network.
"""

import io
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

IMAGES = Path(__file__).parent / "images"
ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
PORT = 8396
LOGIN, PASSWORD = "s-000001@demo.senacs.invalid", "senacs-demo-2026"
MEMBER = "copil-caf-59@demo.senacs.invalid"
CORRESPONDENT, COMMITTEE = "caf-59@demo.senacs.invalid", "comite-technique@demo.senacs.invalid"
# The draft of a structure of the Nord whose budget lost a zero.
DOUBTED = "s-001245@demo.senacs.invalid"
NATIONAL = "cnaf@demo.senacs.invalid"
NATIONAL_PAGES = (
    ("pilotage", "/national/", "h1"),
    ("mise-en-route", "/national/mise-en-route/", "h1"),
    ("phase", "/national/campagnes/2026/phase/close/", "h1"),
    ("mandats", "/mandats/", "h1"),
    ("avancement", "/avancement/", "h1"),
    ("registre", "/registre/", "h1"),
    ("journal", "/national/journal/", "h1"),
    ("modele", "/national/lettres/modeles/campaigns-relance/", "h1"),
)
WIDTH, HEIGHT = 1100, 720


@contextmanager
def demonstration() -> Iterator[str]:
    """The demonstration served on the loopback."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(PORT)]
    environ = {**os.environ, "SENACS_DEMO": "1", "SENACS_LOG": "ERROR"}
    server = subprocess.Popen([*command, "config.wsgi:application"], cwd=ROOT, env=environ)  # noqa: S603
    try:
        for _ in range(80):
            try:
                socket.create_connection(("127.0.0.1", PORT), timeout=2).close()
                break
            except OSError:
                time.sleep(0.25)
        yield f"http://127.0.0.1:{PORT}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def keep(page: Page, name: str, *, top: str = "", guide: str = "saisie") -> None:
    """One picture of what is seen, in few colours: legible, and small."""
    if top:
        page.locator(top).first.evaluate(
            "element => window.scrollTo(0, element.getBoundingClientRect().top + scrollY - 16)"
        )
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    IMAGES.mkdir(exist_ok=True)
    picture.quantize(96, dither=Image.Dither.NONE).save(IMAGES / f"{guide}-{name}.png", optimize=True)


def sign_in(browser: Browser, address: str, login: str = LOGIN, *, lands: str = "**/saisie/**") -> Page:
    page = browser.new_context(
        base_url=address, locale="fr-FR", viewport={"width": WIDTH, "height": HEIGHT}, reduced_motion="reduce"
    ).new_page()
    page.goto("/compte/login/")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Se connecter", exact=True).click()
    page.wait_for_url(lands)
    return page


def take_copil(page: Page) -> None:
    page.goto("/copil/")
    keep(page, "plaquettes", guide="copil")
    page.goto("/copil/locale/")
    place = page.locator("#lieu option", has_text="intercommunalité").first
    page.goto(f"/copil/locale/?lieu={place.get_attribute('value')}")
    keep(page, "accords", guide="copil")
    page.goto("/copil/")
    page.get_by_role("link", name="Note thématique").first.click()
    keep(page, "composition", top="h1", guide="copil")
    page.goto(f"{page.url}apercu/")
    page.wait_for_load_state("networkidle")
    keep(page, "apercu", guide="copil")
    page.goto("/publications/")
    keep(page, "publications", guide="copil")


def take_control(page: Page) -> None:
    page.goto("/suivi/")
    keep(page, "liste", top="h2", guide="controle")
    page.goto("/suivi/?etat=submitted")
    page.locator("tbody th a").first.click()
    page.wait_for_load_state()
    keep(page, "reponse", top="#controle", guide="controle")
    page.locator(".sn-flag").nth(1).get_by_role("link").first.click()
    page.get_by_label("Votre message").fill("Ce montant nous surprend : est-ce celui de votre compte de résultat ?")
    keep(page, "demande", top="h1", guide="controle")
    page.goto("/suivi/?q=la+Grange")
    page.locator("tbody th a").first.click()
    page.locator("#ou-regarder").wait_for()
    keep(page, "pistes", top="#controle", guide="controle")


def take_answer(page: Page) -> None:
    page.goto(f"{page.url}verifier/")
    keep(page, "atypique", top="text=À confirmer, ou à corriger", guide="controle")


def take_effect(page: Page) -> None:
    page.goto("/national/regles/")
    keep(page, "effet", top="table", guide="controle")


def take_following(page: Page) -> None:
    page.goto("/attente/")
    keep(page, "attente", guide="controle")
    page.goto("/avancement/")
    keep(page, "avancement", top="h1", guide="controle")
    page.goto("/seances/nouvelle/")
    page.get_by_label("Lieu").fill("Salle du conseil, à la Caf")
    page.get_by_label("Heure").fill("09:30")
    for box in page.get_by_role("checkbox").all()[:3]:
        box.check()
    keep(page, "seance", top="h1", guide="controle")


def take_national(page: Page) -> None:
    for name, path, top in NATIONAL_PAGES:
        page.goto(path)
        keep(page, name, top=top, guide="equipe-nationale")


def take(page: Page) -> None:
    keep(page, "tableau-de-bord")
    home = page.url
    page.goto(f"{home}preparation/")
    for box in page.get_by_role("checkbox").all()[:3]:
        box.check()
    keep(page, "preparation")
    page.goto(f"{home}rubrique/emplois/")
    keep(page, "rubrique", top="#q-effectifs")
    page.route("**/valeurs/", lambda route: route.abort())
    number = page.locator("#q-effectifs input[type=text]").first
    number.fill("3")
    number.press("Tab")
    page.locator("[data-savebar][data-status=waiting]").wait_for()
    keep(page, "connexion-perdue", top="#q-effectifs")
    page.evaluate("localStorage.clear()")
    page.goto(f"{home}question/effectifs/")
    keep(page, "question")
    page.goto(f"{home}verifier/")
    keep(page, "verifier")
    page.goto("/saisie/equipe/")
    keep(page, "equipe")


def main(guides: list[str]) -> None:
    with demonstration() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        if not guides or "saisie" in guides:
            take(sign_in(browser, address))
        if not guides or "copil" in guides:
            take_copil(sign_in(browser, address, MEMBER, lands="**/espace/**"))
        if not guides or "controle" in guides:
            take_control(sign_in(browser, address, CORRESPONDENT, lands="**/suivi/**"))
            take_following(sign_in(browser, address, CORRESPONDENT, lands="**/suivi/**"))
            take_answer(sign_in(browser, address, DOUBTED))
            take_effect(sign_in(browser, address, COMMITTEE, lands="**/national/**"))
        if not guides or "equipe-nationale" in guides:
            take_national(sign_in(browser, address, NATIONAL, lands="**/national/**"))
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
