"""The pages of the plausibility: read by the national team, explained by one institution, confirmed by the other."""

from senacs.accounts.models import AccessEntry
from senacs.observatory import services
from senacs.observatory.models import DoubtExplanation
from tests import factories
from tests.observatory.conftest import *  # noqa: F403
from tests.observatory.test_plausible_signature import absurd, candidate  # noqa: F401


def test_release_says_first_what_stops_its_signature(candidate, absurd, national, sign_in):  # noqa: F811
    client = sign_in(national)
    page = client.get(f"/national/publications/{candidate.name}/").content.decode()
    assert "Bon à tirer statistique" in page
    assert "sans 1\u00a0réponse" in page
    assert "à cause de 1\u00a0réponse douteuse" in page
    assert "12\u00a0structures sans réponse envoyée." in page
    assert (
        absurd.structure.code in client.get(f"/national/publications/{candidate.name}/vraisemblance/").content.decode()
    )
    line = AccessEntry.objects.get()
    assert (line.user, line.action) == (national, "doutes") and absurd.structure in line.structures.all()
    figures = client.get(f"/national/publications/{candidate.name}/vraisemblance/chiffres/?indicateur=part_caf")
    assert figures.status_code == 200


def test_both_institutions_lift_the_stop(candidate, absurd, national, fcsf, sign_in):  # noqa: F811
    address = f"/national/publications/{candidate.name}/vraisemblance/"
    sent = {"structures": absurd.structure.code, "text": "Un legs exceptionnel a été reçu."}
    sign_in(national).post(f"{address}expliquer/", sent)
    explanation = DoubtExplanation.objects.get()
    other = sign_in(fcsf)
    assert "Confirmer cette explication" in other.get(address).content.decode()
    other.post(f"{address}confirmer/", {"explanations": explanation.pk})
    explanation.refresh_from_db()
    assert explanation.confirmed_by == fcsf
    assert "Aucun chiffre clé" in other.get(address).content.decode()


def test_an_explanation_without_words_is_told_at_its_place(candidate, absurd, national, sign_in):  # noqa: F811
    address = f"/national/publications/{candidate.name}/vraisemblance/expliquer/"
    answer = sign_in(national).post(address, {"structures": absurd.structure.code, "text": " "})
    assert (answer.status_code, DoubtExplanation.objects.count()) == (422, 0)
    assert "Écrivez l’explication." in answer.content.decode()


def test_others_are_refused(candidate, absurd, sign_in):  # noqa: F811
    client = sign_in(factories.make_user())
    for page in ("", "chiffres/"):
        assert client.get(f"/national/publications/{candidate.name}/vraisemblance/{page}").status_code == 403
    for act in ("expliquer", "confirmer"):
        assert client.post(f"/national/publications/{candidate.name}/vraisemblance/{act}/").status_code == 403


def test_an_unknown_release_is_nowhere(national, sign_in):
    assert sign_in(national).get("/national/publications/2025-9/vraisemblance/").status_code == 404


def test_signing_asks_for_what_was_on_screen(candidate, absurd, national, sign_in):  # noqa: F811
    client = sign_in(national)
    client.post(f"/national/publications/{candidate.name}/signer-caf/", {"seal": "0" * 64})
    assert not candidate.signatures.exists()
    assert services.missing_signatures(candidate)
