"""An invited person from the letter's link to their space; forms and refusals of links, wide and narrow, under axe."""

import os
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from senacs.accounts.address_changes import ask_address_change
from senacs.accounts.enums import Role
from senacs.accounts.invitations import invite
from senacs.accounts.keys import key_hash
from senacs.accounts.models import AddressChange, User
from tests import factories
from tests.browser.conftest import assert_accessible
from tests.factories import Cast


def see(page: Page, url: str, name: str) -> None:
    assert_accessible(page, url)
    if folder := os.environ.get("SHOTS"):
        page.goto(url)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 800})
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)


def test_from_the_letter_to_the_space(live_server: object, cast: Cast, context: BrowserContext) -> None:
    invitation = invite(
        email="ines@exemple.fr", role=Role.SUPPLEANT, scope=cast.structure, first_name="Inès", by=cast.responsable
    )
    url = f"/invitation/{factories.key_of(invitation)}/"
    factories.make_charte()
    page = context.new_page()
    see(page, "/compte/login/", "login")
    see(page, "/compte/password/reset/", "reset")
    see(page, "/compte/password/reset/done/", "reset-sent")
    see(page, url, "invitation")
    page.goto(url)
    page.get_by_label("Nom", exact=True).fill("Roche")
    for label in ("Mot de passe", "Le même mot de passe, une seconde fois"):
        page.get_by_label(label, exact=True).fill("quatre-velos-sous-la-pluie")
    page.get_by_role("button", name="Ouvrir mon compte et accepter").click()
    expect(page.get_by_role("heading", name="Avant de commencer : la charte")).to_be_visible()
    see(page, url, "used")
    expect(page.locator("main")).to_contain_text("a déjà servi")
    see(page, "/compte/password/reset/key/1-x-y/", "reset-used")


def test_an_address_is_changed_from_its_letter(live_server: object, cast: Cast, visit: Callable[[User], Page]) -> None:
    invitation = invite(email="autre@exemple.fr", role=Role.RESPONSABLE, scope=cast.neighbour, by=cast.national)
    ask_address_change(user=cast.responsable, new_email="nouvelle@exemple.fr")
    AddressChange.objects.update(key_hash=key_hash("clef"))
    page = visit(cast.responsable)
    see(page, f"/invitation/{factories.key_of(invitation)}/", "join")
    see(page, "/compte/", "account")
    see(page, "/compte/adresse/", "address")
    see(page, "/compte/adresse/clef/", "confirm")
    page.goto("/compte/adresse/clef/")
    page.get_by_role("button", name="Confirmer ma nouvelle adresse").click()
    expect(page.get_by_role("alert")).to_contain_text("nouvelle@exemple.fr")
