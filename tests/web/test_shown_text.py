"""Texts of people's on the pages of everyone: never a program in a link, never a mark that turns what follows."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from django.core.management import call_command
from django.test import Client

from senacs.accounts.models import Invitation, User
from senacs.collection.models import Response
from senacs.structures.models import Structure
from tests.factories import Cast

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
PROGRAMS = ("javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "JAVASCRIPT://a.fr/%0aalert(1)")
OURS = re.compile(r"/(?!/)|#|\?|$|mailto:[^:]+$|tel:[0-9+]+$|https?://[^@]+$|data:image/", re.IGNORECASE)
DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\x00-\x08\x0b\x0c\x0e-\x1f]")


class Links(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.handlers: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in {"href", "src", "action", "formaction", "xlink:href"}:
                self.found.append((value or "").strip())
            if name.startswith("on"):
                self.handlers.append(name)


@pytest.mark.parametrize("program", PROGRAMS)
def test_no_page_makes_a_program_of_a_text(
    cast: Cast, response: Response, sign_in: SignIn, client: Client, program: str
) -> None:
    Structure.objects.update(name=program[:80], website=program, email=program[:80], phone=program[:20])
    User.objects.update(first_name=program[:30], last_name='"><a onclick=x href="javascript:x">', phone=program[:20])
    pages = {
        None: [f"/structures/{cast.structure.code}/", "/structures/", "/"],
        cast.responsable: [f"/saisie/{response.pk}/", "/espace/", "/compte/"],
        cast.correspondant_caf: [f"/suivi/{response.pk}/", "/suivi/"],
        cast.national: ["/national/", "/espace/"],
    }
    seen = 0
    for user, addresses in pages.items():
        reader = client if user is None else sign_in(user)
        for address in addresses:
            reply = reader.get(address, follow=True)
            assert reply.status_code == 200, address
            links = Links(reply.content.decode())
            assert [link for link in links.found if not OURS.match(link)] == [], address
            assert links.handlers == [], address
            seen += "lert(1)" in reply.content.decode()
    assert seen > 2


def test_direction_and_controls_are_dropped_at_each_door(cast: Cast, tmp_path: object, client: Client) -> None:
    path = tmp_path / "personnes.csv"  # type: ignore[operator]
    name = "Léa\u202efdp.exe\x1b[31m"
    path.write_text(
        f"courriel;role;perimetre;cote;fin;prenom;nom\nlea@exemple.fr;national;;caf;;{name};Dupont\u2066\n",
        encoding="utf-8",
    )
    call_command("invite_people", path)
    invitation = Invitation.objects.get(email="lea@exemple.fr")
    assert (invitation.first_name, invitation.last_name) == ("Léafdp.exe[31m", "Dupont")
    assert not DIRECTION.search(invitation.first_name + invitation.last_name)
