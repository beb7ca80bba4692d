"""A year in the browser: from an empty database and a list of 40 structures to the next campaign open, by pages alone.

The one command is the first: `senacs first_admin`. Letters go through a real mail server, which knows one box less.
"""

import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from email.header import decode_header, make_header
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client

from senacs.accounts.enums import Role
from senacs.accounts.models import AccessEntry, Mandate, User
from senacs.audit.models import AuditLine
from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign
from senacs.campaigns.queries import current_campaign
from senacs.letters.enums import LetterState
from senacs.letters.models import OutgoingLetter
from senacs.lib import clock
from senacs.questionnaire.engine.loader import from_document
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.questionnaire.xlsform.writer import write_workbook
from senacs.register.models import RegisterImport
from senacs.structures.models import Caf, Federation, Structure
from tests.letters.conftest import Server
from tests.territories.package import write_package

PASSWORD = "quatre-mots-assez-longs-2026"
WHY_READ = "Une anomalie signalée par la structure elle-même."
WHY = "Elle représente son institution depuis janvier."
# Where somebody is sent who may not act: an act sent there is not done.
AWAY = re.compile(r"/compte/(?:login|securite|reauthenticate|2fa)|/charte/accepter/")
HEAD = "nom;type;code postal;commune;courriel\n"


class Site:
    """Everyone's browsers, and what the mail server has taken."""

    def __init__(self, server: Server, committed: Callable[..., Any]) -> None:
        self.server, self._committed = server, committed
        self.clients: dict[str, Client] = {}

    def post(self, who: str, path: str, data: dict[str, Any] | None = None, *, expected: int = 302) -> HttpResponse:
        with self._committed(execute=True):
            reply = self.clients[who].post(path, data or {})
        text = re.sub(r"<[^>]+>", " ", reply.content.decode()) if reply.status_code != expected else ""
        assert reply.status_code == expected, f"{who} {path}: {reply.status_code} {' '.join(text.split())[:1500]}"
        assert not AWAY.match(reply.headers.get("Location", "")), f"{who} {path}: {reply.headers['Location']}"
        return reply

    def read(self, who: str, path: str) -> str:
        reply = self.clients[who].get(path, follow=True)
        assert reply.status_code == 200, f"{who} {path}: {reply.status_code}"
        assert not any(AWAY.match(url) for url, _ in reply.redirect_chain), f"{who} {path}: {reply.redirect_chain}"
        return " ".join(reply.content.decode().replace("\xa0", " ").split())

    def letter_to(self, address: str) -> str:
        return next(
            str(message.get_payload(decode=True), "utf-8")  # type: ignore[arg-type]
            for to, message in reversed(self.server.taken)
            if to == address
        )

    def open_account(self, who: str, address: str, link: str = "") -> None:
        """Follows the link of the letter, chooses a password, accepts the charter."""
        link = link or re.search(r"http\S+/invitation\S*", self.letter_to(address))[0]  # type: ignore[index]
        client = self.clients[who] = Client()
        path = "/" + link.split("/", 3)[3]
        given = {"first_name": who.capitalize(), "last_name": "Martin", "password1": PASSWORD, "password2": PASSWORD}
        self.post(who, path, given)
        user = User.objects.get(email=address)
        # As a person does who signs in each morning, with the application of codes set up.
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        self.accept_charte(who)

    def accept_charte(self, who: str) -> None:
        self.post(who, "/charte/accepter/", {"accept": "on"})

    def both(self, year: int, change: str, reason: str = "") -> None:
        """A phase changed by the two institutions."""
        self.post("cnaf", f"/national/campagnes/{year}/phase/{change}/", {"reason": reason})
        self.post("fcsf", f"/national/campagnes/{year}/phase/{change}/confirmer/")
        told = self.read("fcsf", "/national/")
        assert "est maintenant en phase" in told, re.sub(r"<[^>]+>", " ", told)[:3000]


def subject_of(server: Server, address: str) -> str:
    """Of the last letter to somebody."""
    return str(make_header(decode_header(next(m["Subject"] for to, m in reversed(server.taken) if to == address))))


def file(name: str, content: bytes | str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


@pytest.mark.slow
def test_a_year_by_pages_alone(
    db: None,
    server: Server,
    settings: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    monkeypatch.setattr("senacs.register.services.PLACES", write_package(tmp_path / "package"))
    reference = tmp_path / "data" / "reference"
    reference.mkdir(parents=True)
    (reference / "caf.csv").write_text("code;nom;departements;epci\n26;Caf de la Drôme;26;\n", encoding="utf-8")
    (reference / "federations.csv").write_text("code;nom;departements\nFED-26;Union de la Drôme;26\n", encoding="utf-8")
    (reference / "charte-1.md").write_text("# Charte\n\nLe texte.\n", encoding="utf-8")
    settings.DATA_DIR = tmp_path / "data"
    settings.SESSION_COOKIE_AGE = 400 * 24 * 3600  # the clock moves by months, sessions begin when the test does
    settings.PUBLIC_URL = "http://senacs.exemple.fr"
    server.refuse = lambda address: "550 5.1.1 Boîte inconnue" if address == "pleine@exemple.fr" else ""
    site = Site(server, django_capture_on_commit_callbacks)

    # The first day: one command, then pages.
    out = StringIO()
    call_command("first_admin", "cnaf@exemple.fr", stdout=out)
    link = next(line for line in out.getvalue().splitlines() if line.startswith("http"))
    site.clients["cnaf"] = Client()
    path = "/" + link.split("/", 3)[3]
    given = {"first_name": "Claire", "last_name": "Cnaf", "password1": PASSWORD, "password2": PASSWORD}
    site.post("cnaf", path, given)
    site.clients["cnaf"].force_login(User.objects.get(), backend="django.contrib.auth.backends.ModelBackend")
    assert "il reste 9 étapes" in site.read("cnaf", "/national/mise-en-route/")
    for part in ("territoires", "institutions", "questionnaire", "charte"):
        site.post("cnaf", f"/national/mise-en-route/{part}/")
    site.accept_charte("cnaf")
    person = {"first_name": "Félix", "last_name": "Fcsf", "email": "fcsf@exemple.fr", "reason": WHY}
    site.post("cnaf", "/national/equipe/proposer/", person | {"role": "national", "side": "federation"})
    site.open_account("fcsf", "fcsf@exemple.fr")
    person = {"first_name": "Tess", "last_name": "Roux", "email": "comite@exemple.fr", "reason": WHY}
    site.post("cnaf", "/national/equipe/proposer/", person | {"role": "comite_technique", "side": ""})
    waiting = re.search(r"/invitations/(\d+)/confirmer/", site.read("fcsf", "/national/equipe/"))
    site.post("fcsf", f"/national/equipe/invitations/{waiting[1]}/confirmer/")  # type: ignore[index]
    site.open_account("comite", "comite@exemple.fr")

    # The register, from a list of 40 with one row that nobody can read.
    rows = [f"Centre social n° {n};CS;26000;Valence;centre{n}@exemple.fr" for n in range(1, 41)]
    broken = HEAD + "\n".join([*rows, "Perdu;CS;99999;Nulle-Part;"])
    site.post("cnaf", "/national/registre/listes/", {"file": file("liste.csv", broken)})
    tried = f"/national/registre/listes/{RegisterImport.objects.get().pk}/"
    assert "Lignes refusées" in site.read("cnaf", tried) and not Structure.objects.exists()
    # In the background: the refusal is told on the page of the list, and nothing is written.
    site.post("cnaf", f"{tried}appliquer/")
    assert not Structure.objects.exists()
    site.post("cnaf", f"{tried}appliquer/", {"skip_refused": "on"})
    assert Structure.objects.count() == 40

    # The campaign, its list, the people.
    today = clock.today()
    calendar = {
        name: f"{today + timedelta(days=days):%Y-%m-%d}"
        for name, days in {"opens_on": 0, "closes_on": 90, "review_ends_on": 150}.items()
    }
    site.post("cnaf", "/national/campagnes/", {"version": QuestionnaireVersion.objects.get().pk, **calendar})
    site.post("cnaf", "/national/campagnes/2026/liste/")
    codes = list(Structure.objects.order_by("pk").values_list("code", flat=True))
    people = ["caf@exemple.fr;correspondant_caf;26", "federation@exemple.fr;correspondant_federal;FED-26"]
    people += [f"dir{n}@exemple.fr;responsable;{codes[n - 1]}" for n in range(1, 40)]
    people += [f"pleine@exemple.fr;responsable;{codes[39]}"]
    listed = "courriel;role;perimetre\n" + "\n".join(people)
    site.post("cnaf", "/mandats/liste/", {"file": file("personnes.csv", listed)})
    assert "550 5.1.1" in site.read("cnaf", "/national/lettres/")
    site.open_account("caf", "caf@exemple.fr")
    site.open_account("federation", "federation@exemple.fr")
    site.open_account("directrice", "dir1@exemple.fr")
    desk = site.read("caf", "/mandats/")
    assert "<strong>pleine@exemple.fr</strong> ne reçoit pas nos lettres" in desk
    site.both(2026, "open")
    assert "Tout est en place." in site.read("cnaf", "/national/mise-en-route/")
    assert "Centre social n° 1" in site.read("directrice", "/saisie/")

    # One director replaced, one correspondent handed over.
    zoe = {"first_name": "Zoé", "last_name": "Rey", "email": "zoe@exemple.fr"}
    held = Mandate.objects.get(user__email="dir1@exemple.fr")
    site.post("federation", f"/mandats/{held.pk}/transmettre/", zoe)
    site.open_account("zoe", "zoe@exemple.fr")
    assert "Centre social n° 1" in site.read("zoe", "/saisie/")
    assert "Centre social n° 1" not in site.clients["directrice"].get("/saisie/", follow=True).content.decode()
    held = Mandate.objects.get(user__email="caf@exemple.fr")
    site.post("cnaf", f"/mandats/{held.pk}/transmettre/", zoe | {"email": "nouveau@exemple.fr"})
    site.open_account("nouveau", "nouveau@exemple.fr")
    assert "Centre social n° 12" in site.read("nouveau", "/mandats/")
    assert site.clients["caf"].get("/mandats/").status_code == 403

    # One structure approved in mid-campaign.
    more = HEAD + "Centre social du Lac;CS;26100;Romans-sur-Isère;lac@exemple.fr\n"
    site.post("cnaf", "/national/registre/listes/", {"file": file("plus.csv", more)})
    site.post("cnaf", f"/national/registre/listes/{RegisterImport.objects.latest('pk').pk}/appliquer/")
    lake = Structure.objects.get(name="Centre social du Lac")
    assert "Centre social du Lac" in site.read("cnaf", "/national/campagnes/2026/")
    site.post("cnaf", "/national/campagnes/2026/inviter/", {"structure": [str(lake.pk)]})
    assert Campaign.objects.get(year=2026).responses.count() == 41

    # More time for her, by her new correspondent; a reading of the national team, which she is told of.
    first = Structure.objects.get(name="Centre social n° 1")
    until = Campaign.objects.get(year=2026).closes_on + timedelta(days=12)
    given = {"whom": f"structure-{first.pk}", "until": f"{until:%Y-%m-%d}", "reason": "Un dégât des eaux."}
    site.post("nouveau", f"/delais/?structure={first.pk}", given)
    assert "saisie prolongée" in subject_of(server, "zoe@exemple.fr")
    assert "Délai accordé." in site.read("zoe", "/calendrier/")
    site.post("cnaf", f"/national/lectures/{first.pk}/", {"purpose": WHY_READ})
    response = first.responses.get()
    site.read("cnaf", f"/saisie/{response.pk}/reponses/")
    assert WHY_READ in site.read("zoe", f"/saisie/{response.pk}/acces/")

    # The year after: phases to the end, the next version, the next campaign open.
    with clock.frozen(clock.now() + timedelta(days=100)):
        for who, client in site.clients.items():
            if who in {"cnaf", "fcsf", "comite"}:
                address = f"{who}@exemple.fr"
                client.force_login(User.objects.get(email=address), backend="django.contrib.auth.backends.ModelBackend")
        assert "réponse" in site.read("cnaf", "/national/campagnes/2026/phase/close/")
        for change in ("close", "process", "publish"):
            site.both(2026, change)
        # Two structures become one, another closes.
        twelve, thirteen, fourteen = (Structure.objects.get(name=f"Centre social n° {n}") for n in (12, 13, 14))
        on = f"{clock.today():%Y-%m-%d}"
        done = {"on": on, "reason": "Décision des gestionnaires et de la Caf.", "confirms": "on"}
        site.post("cnaf", f"/registre/{twelve.pk}/fusion/", done | {"others": thirteen.code})
        site.post("cnaf", f"/registre/{fourteen.pk}/fermeture/", done)
        assert "issue d’une fusion avec" in site.read("cnaf", f"/registre/{twelve.pk}/")
        document = _no_longer_new(QuestionnaireVersion.objects.get().document)
        next_year = {"code": "senacs-2027", "year": 2027, "data_year": 2026, "title": "Enquête SENACS 2027"}
        content = BytesIO()
        write_workbook(from_document(document | next_year), content)
        site.post("comite", "/national/questionnaire/", {"file": file("senacs-2027.xlsx", content.getvalue())})
        version = QuestionnaireVersion.objects.get(code="senacs-2027")
        site.post("cnaf", "/national/campagnes/", {"version": version.pk, **_a_year_later(calendar)})
        shown = site.read("cnaf", "/national/campagnes/2027/")
        assert "39 structures à inviter" in shown and "Nouvelles depuis la campagne précédente : 0" in shown
        assert "Fermées depuis : 2" in shown
        site.post("cnaf", "/national/campagnes/2027/liste/")
        site.both(2027, "open")
        campaign = current_campaign()

    # At the end counts, letters, states and register agree.
    assert campaign is not None and (campaign.year, campaign.phase) == (2027, Phase.SAISIE)
    assert campaign.responses.count() == Structure.objects.active().count() == 39
    assert Campaign.objects.get(year=2026).responses.count() == Structure.objects.count() == 41
    version.refresh_from_db()
    assert version.is_frozen
    states = dict.fromkeys(LetterState, 0)
    for state in OutgoingLetter.objects.values_list("state", flat=True):
        states[LetterState(state)] += 1
    assert states[LetterState.SENT] == len(server.taken) and states[LetterState.REFUSED] == 1
    assert sum(states.values()) == states[LetterState.SENT] + 1
    assert Mandate.objects.current().filter(role=Role.RESPONSABLE).count() == 1
    assert (Caf.objects.count(), Federation.objects.count()) == (1, 1)
    # The journal holds each act once, in order; the ledger, the one reading.
    acts = Counter(AuditLine.objects.values_list("act", flat=True))
    assert (acts["Délai accordé"], acts["Campagne : saisie ouverte"]) == (1, 2)
    call_command("check_audit", stdout=StringIO())
    assert AccessEntry.objects.filter(structures=first, purpose=WHY_READ).exists()


def _a_year_later(calendar: dict[str, str]) -> dict[str, str]:
    return {name: f"{int(day[:4]) + 1}-{day[5:7]}-{min(int(day[8:]), 28):02d}" for name, day in calendar.items()}


def _no_longer_new(content: Any) -> Any:
    """The questions that last year marked as new, as the comité technique takes the mark off in the workbook."""
    if isinstance(content, list):
        return [_no_longer_new(each) for each in content]
    if isinstance(content, dict):
        return {key: _no_longer_new(value) for key, value in content.items() if key != "new"}
    return content
