"""« Journal des actes » in the browser: searched, taken away, and what was touched shows."""

from collections.abc import Callable

from django.test import Client

from senacs.accounts.enums import RightsAct
from senacs.accounts.models import RightsEntry, User
from senacs.accounts.rights import log_right
from senacs.audit.chain import seal
from senacs.audit.models import AuditLine
from tests.factories import Cast

SignIn = Callable[[User], Client]


def text(client: Client, path: str) -> str:
    return " ".join(client.get(path).content.decode().split())


def test_acts_are_searched_taken_away_and_checked(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.national)
    for name in ("zoe", "leo"):
        log_right(act=RightsAct.PROPOSED, address=f"{name}@exemple.fr", by=cast.national, reason="Renfort de l’équipe.")
    seal()
    page = text(client, "/national/journal/?words=zoe")
    assert "1 acte" in page and "zoe@exemple.fr" in page and "leo@exemple.fr" not in page and "intacte" in page
    file = client.get("/national/journal/actes.csv?words=leo").content.decode()
    assert "leo@exemple.fr" in file and "zoe@exemple.fr" not in file
    RightsEntry.objects.filter(address="zoe@exemple.fr").update(reason="Autre chose.")
    AuditLine.objects.filter(about__contains="leo@").delete()
    page = text(client, "/national/journal/")
    assert "ce dont elle parle a été changé" in page and "ne correspond plus" in page


def test_codes_sealed_before_are_read_in_words_and_stay_sealed(cast: Cast, sign_in: SignIn) -> None:
    line = AuditLine.objects.create(
        act="Édition : publiée",
        about="departementale, departement 26",
        row="publication.EditionEvent:1",
        digest="0" * 64,
    )
    seal()
    client = sign_in(cast.national)
    page, file = text(client, "/national/journal/"), client.get("/national/journal/actes.csv").content.decode()
    for shown in (page, file):
        assert "Plaquette départementale, Drôme" in shown and "departement 26" not in shown
    line.refresh_from_db()
    assert line.about == "departementale, departement 26"


def test_a_date_that_is_none_is_told(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.national)
    assert client.get("/national/journal/?since=hier").status_code == 422
    assert client.get("/national/journal/actes.csv?since=hier").status_code == 302
    assert sign_in(cast.comite_technique).get("/national/journal/").status_code == 403
