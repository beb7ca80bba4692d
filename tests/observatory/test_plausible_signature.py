"""A candidate that rests on an absurd answer is not signed until it is corrected, or explained by both institutions."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from senacs.accounts.enums import Side
from senacs.accounts.models import User
from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign
from senacs.collection.models import Response
from senacs.lib.refusals import Refused
from senacs.observatory import services
from senacs.observatory.models import DoubtExplanation, Release
from senacs.observatory.plausibility.explanations import (
    confirm_explanations,
    explain_doubts,
    standing_stops,
    still_hiding,
)
from senacs.observatory.releases.build import BuildError, run_build
from tests import factories


@pytest.fixture
def absurd(surveyed: Campaign) -> Response:
    """One validated response whose budget is a thousand times its own."""
    response = Response.objects.filter(campaign=surveyed).order_by("pk")[7]
    response.values["budget_total"] = factories.stored(214_000_000)
    response.save(update_fields=["values"])
    return response


@pytest.fixture
def candidate(absurd: Response, national: User) -> Release:
    return factories.checked(run_build(services.create_release(campaign=absurd.campaign, by=national).pk))


def sign(release: Release, side: Side, by: User) -> None:
    services.sign_release(release=release, side=side, by=by, seal=release.seal)


def test_an_absurd_answer_stops_the_signature_and_is_named(
    candidate: Release, absurd: Response, national: User
) -> None:
    assert {code for stop in standing_stops(candidate) for code in stop.structures} == {absurd.structure.code}
    with pytest.raises(Refused, match="1\u00a0réponse douteuse"):
        sign(candidate, Side.CAF, national)


def test_explained_by_both_it_is_signed_and_the_method_says_so(
    candidate: Release, absurd: Response, national: User, fcsf: User
) -> None:
    before = candidate.seal
    code = absurd.structure.code
    explain_doubts(release=candidate, structures=[code], text="Un legs exceptionnel a été reçu.", by=national)
    explanation = DoubtExplanation.objects.get()
    with pytest.raises(Refused, match="autre institution"):
        confirm_explanations(release=candidate, explanations=[explanation.pk], by=national)
    with pytest.raises(Refused, match="douteuse"):
        sign(candidate, Side.CAF, national)
    confirm_explanations(release=candidate, explanations=[explanation.pk], by=fcsf)
    note = json.loads((candidate.directory / "methodology.json").read_text())
    assert note["explanations"] == [
        {"text": "Un legs exceptionnel a été reçu.", "indicators": ["budget_total", "etp_total", "part_caf"]}
    ]
    assert code not in (candidate.directory / "methodology.json").read_text()
    with pytest.raises(Refused, match="a changé"):
        services.sign_release(release=candidate, side=Side.CAF, by=national, seal=before)
    sign(candidate, Side.CAF, national)
    sign(candidate, Side.FEDERATION, fcsf)
    assert services.publish_release(release=candidate, by=national).published_at is not None


def test_an_explanation_holds_for_the_value_that_was_read_only(
    candidate: Release, absurd: Response, national: User, fcsf: User
) -> None:
    explain_doubts(release=candidate, structures=[absurd.structure.code], text="Un legs exceptionnel.", by=national)
    confirm_explanations(release=candidate, explanations=[DoubtExplanation.objects.get().pk], by=fcsf)
    services.reject_release(release=candidate, by=national, reason="Reprise")
    absurd.values["budget_total"] = factories.stored(90_000_000)
    absurd.save(update_fields=["values"])
    second = factories.checked(run_build(services.create_release(campaign=absurd.campaign, by=national).pk))
    assert standing_stops(second)


def test_corrected_it_is_signed_without_a_word(candidate: Release, absurd: Response, national: User) -> None:
    services.reject_release(release=candidate, by=national, reason="Une réponse est à corriger")
    absurd.values["budget_total"] = factories.stored(214_000)
    absurd.save(update_fields=["values"])
    second = factories.checked(run_build(services.create_release(campaign=absurd.campaign, by=national).pk))
    sign(second, Side.CAF, national)


def test_nobody_explains_a_signed_candidate_nor_a_response_without_doubt(
    candidate: Release, absurd: Response, national: User, fcsf: User
) -> None:
    with pytest.raises(Refused, match="pas de réponse douteuse"):
        explain_doubts(release=candidate, structures=["INCONNUE"], text="Ceci est vrai.", by=national)
    with pytest.raises(Refused, match="Seules la Cnaf et la Fcsf"):
        explain_doubts(
            release=candidate, structures=[absurd.structure.code], text="Ceci est vrai.", by=factories.make_user()
        )
    with pytest.raises(Refused, match="une phrase"):
        explain_doubts(release=candidate, structures=[absurd.structure.code], text="oui", by=national)
    explain_doubts(release=candidate, structures=[absurd.structure.code], text="Un legs exceptionnel.", by=national)
    confirm_explanations(release=candidate, explanations=[DoubtExplanation.objects.get().pk], by=fcsf)
    candidate.refresh_from_db()
    sign(candidate, Side.CAF, national)
    with pytest.raises(Refused, match="déjà signé"):
        explain_doubts(release=candidate, structures=[absurd.structure.code], text="Tout va bien.", by=national)


def test_what_is_published_is_what_was_signed(candidate: Release, absurd: Response, national: User, fcsf: User) -> None:
    explain_doubts(release=candidate, structures=[absurd.structure.code], text="Un legs exceptionnel.", by=national)
    confirm_explanations(release=candidate, explanations=[DoubtExplanation.objects.get().pk], by=fcsf)
    candidate.refresh_from_db()
    sign(candidate, Side.CAF, national)
    sign(candidate, Side.FEDERATION, fcsf)
    Release.objects.filter(pk=candidate.pk).update(manifest={**candidate.manifest, "waivers": ["S-1"]})
    candidate.refresh_from_db()
    with pytest.raises(Refused):
        services.publish_release(release=candidate, by=national)


def test_figures_hidden_by_a_doubtful_value_are_counted_and_wait_too(
    candidate: Release, absurd: Response, national: User, fcsf: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = still_hiding(candidate)
    assert found.structures == (absurd.structure.code,)
    assert found.figures > 0
    # Even where it moved no watched figure, what it hides would wait.
    monkeypatch.setattr(services, "standing_stops", lambda release: [])
    with pytest.raises(Refused, match="n’est pas un secret"):
        sign(candidate, Side.CAF, national)
    explain_doubts(release=candidate, structures=[absurd.structure.code], text="Un legs exceptionnel.", by=national)
    confirm_explanations(release=candidate, explanations=[DoubtExplanation.objects.get().pk], by=fcsf)
    candidate.refresh_from_db()
    assert still_hiding(candidate).figures == 0
    sign(candidate, Side.CAF, national)


@pytest.mark.parametrize("phase", [Phase.PREPARATION, Phase.SAISIE])
def test_nothing_is_built_while_structures_still_answer(surveyed: Campaign, national: User, phase: Phase) -> None:
    Campaign.objects.filter(pk=surveyed.pk).update(phase=phase)
    Response.objects.filter(pk=Response.objects.order_by("pk")[0].pk).update(
        state="submitted", validated_at=None, validated_by=None
    )
    with pytest.raises(Refused) as refused:
        services.create_release(campaign=surveyed, by=national)
    assert "n’est pas close" in refused.value.message
    assert "1\u00a0réponse envoyée et non validée, 12\u00a0structures sans réponse" in refused.value.message
    assert not Release.objects.exists()


def test_command_prints_the_figure_and_ends_in_one(candidate: Release, absurd: Response) -> None:
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("plausibility", candidate.name, "--structures", stdout=out)
    assert absurd.structure.code in out.getvalue()
    assert "1\u00a0réponse douteuse" in out.getvalue()


def test_a_value_that_its_question_cannot_hold_is_in_no_release(surveyed: Campaign, national: User) -> None:
    """Whatever door wrote it, the bounds are asked again when the answers are taken."""
    response = Response.objects.filter(campaign=surveyed).order_by("pk")[3]
    response.values["salaries_total"] = factories.stored(-4)
    response.save(update_fields=["values"])
    release = services.create_release(campaign=surveyed, by=national)
    with pytest.raises(BuildError, match=rf"1\u00a0valeur impossible.*{response.structure.code} : salaries_total"):
        run_build(release.pk)
    response.values["salaries_total"] = factories.stored(4)
    response.save(update_fields=["values"])
    release.refresh_from_db()
    services.restart_build(release=release, by=national)
    release.refresh_from_db()
    assert release.state == "candidate"
