"""Why a text that looks nominative was kept: read by those who control its author, and by nobody else."""

from typing import Any

import pytest
from django.apps import apps

from senacs.accounts.enums import Role
from senacs.accounts.kept_words import TEXTS, kept_words_seen_by
from senacs.accounts.models import User
from senacs.accounts.words import KeptWords, said_by
from senacs.campaigns.models import Campaign
from senacs.exchange.models import ComprehensionQuestion
from senacs.lib import clock
from tests import factories
from tests.factories import Cast

pytestmark = pytest.mark.django_db
REASON = "c’est le nom de la salle"


def keep(cast: Cast, campaign: Campaign, by: User, text: str = "Voir Mme Lefèvre au 06 12 34 56 78.") -> None:
    with said_by(by, lambda: REASON):
        ComprehensionQuestion.objects.create(
            campaign=campaign, structure=cast.structure, field_code="benevoles", text=text, asked_by=by,
            asked_at=clock.now(),
        )  # fmt: skip


def test_names_are_those_of_texts_that_are_asked() -> None:
    models = {
        model._meta.label
        for model in apps.get_models()
        if any(getattr(field, "holds_words", False) for field in model._meta.concrete_fields)
    }
    assert set(TEXTS) <= models
    assert len(models) - len(TEXTS) < 5, "name the new ones: the page calls them « autre texte »"


def test_reasons_are_seen_by_those_who_control_their_author(cast: Cast, campaign: Campaign) -> None:
    keep(cast, campaign, cast.responsable)
    for user in (cast.correspondant_caf, cast.correspondant_federal, cast.national):
        assert [kept.reason for kept in kept_words_seen_by(user)] == [REASON]
    for user in (cast.responsable, cast.copil, cast.stranger):
        assert not kept_words_seen_by(user).exists()


def test_a_body_reads_what_its_own_people_kept(cast: Cast, campaign: Campaign) -> None:
    keep(cast, campaign, cast.correspondant_caf)
    colleague = factories.make_user("collegue@exemple.fr")
    factories.make_mandate(colleague, Role.CORRESPONDANT_CAF, caf=cast.structure.caf)
    assert kept_words_seen_by(colleague).count() == 1
    assert not kept_words_seen_by(cast.correspondant_federal).exists()


def test_page_tells_what_was_kept_without_telling_whom(cast: Cast, campaign: Campaign, sign_in: Any) -> None:
    keep(cast, campaign, cast.responsable)
    html = sign_in(cast.correspondant_caf).get("/textes-gardes/").content.decode()
    assert "Question mal comprise" in html and REASON in html
    assert "06…" in html and "Mme L…" in html
    assert "Lefèvre" not in html and "12 34" not in html
    assert sign_in(cast.responsable).get("/textes-gardes/").status_code == 403


def test_page_costs_the_same_for_one_and_for_three(
    cast: Cast, campaign: Campaign, sign_in: Any, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    client = sign_in(cast.national)
    keep(cast, campaign, cast.responsable)
    with django_assert_max_num_queries(30) as first:
        client.get("/textes-gardes/")
    for digit in "12":
        keep(cast, campaign, cast.responsable, f"Voir Mme Petit au 06 12 34 56 7{digit}.")
    with django_assert_num_queries(len(first)):
        client.get("/textes-gardes/")
    assert KeptWords.objects.count() == 3
