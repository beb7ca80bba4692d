"""People's words that others may read: what designates a person is refused, or kept for a stated reason."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from senacs.accounts.words import KeptWords, NamesSomeone, said_by
from senacs.campaigns.models import Campaign
from senacs.exchange.models import ComprehensionQuestion
from senacs.lib import clock
from senacs.lib.refusals import Refused
from tests.factories import Cast

NAMING = "Voir Mme Lefèvre au 06 12 34 56 78."
REASON = "c’est le nom de la salle"


@pytest.fixture
def written(cast: Cast, campaign: Campaign) -> ComprehensionQuestion:
    return ComprehensionQuestion.objects.create(
        campaign=campaign,
        structure=cast.structure,
        field_code="benevoles",
        text="Faut-il compter les administrateurs ?",
        asked_by=cast.responsable,
        asked_at=clock.now(),
    )


def test_every_way_of_writing_asks(written: ComprehensionQuestion) -> None:
    rows = ComprehensionQuestion.objects.filter(pk=written.pk)
    written.text = NAMING
    copy = ComprehensionQuestion(
        campaign=written.campaign, structure=written.structure, field_code="clas", text=NAMING,
        asked_by=written.asked_by, asked_at=clock.now(),
    )  # fmt: skip
    for write in (
        written.save,
        lambda: rows.update(text=NAMING),
        lambda: ComprehensionQuestion.objects.bulk_update([written], ["text"]),
        lambda: ComprehensionQuestion.objects.bulk_create([copy]),
    ):
        with pytest.raises(NamesSomeone, match="Mme L…") as caught, transaction.atomic():
            write()
        assert "Lefèvre" not in str(caught.value)
        assert "56 78" not in str(caught.value)
    written.refresh_from_db()
    assert written.text.startswith("Faut-il")


def test_a_reason_keeps_it_and_is_kept(written: ComprehensionQuestion, cast: Cast) -> None:
    with said_by(cast.responsable, lambda: f"  {REASON} "):
        ComprehensionQuestion.objects.filter(pk=written.pk).update(text=NAMING)
    kept = KeptWords.objects.get()
    assert (kept.reason, kept.by, kept.column) == (REASON, cast.responsable, "exchange.ComprehensionQuestion.text")
    # What stands is not asked again of whoever changes something else.
    written.refresh_from_db()
    written.save()


def test_a_reason_holds_where_the_same_text_is_written_again(written: ComprehensionQuestion, cast: Cast) -> None:
    rows = ComprehensionQuestion.objects.filter(pk=written.pk)
    with said_by(cast.responsable, lambda: REASON):
        rows.update(text=NAMING)
    rows.update(answer=NAMING)  # another column, and nobody's voice: what a scheduled act does
    with pytest.raises(NamesSomeone), transaction.atomic():
        rows.update(answer=f"{NAMING} Merci.")


@pytest.mark.parametrize("reason", ["", "oui", "demander à M. Durand en mairie"])
def test_a_reason_says_why_and_names_nobody(written: ComprehensionQuestion, cast: Cast, reason: str) -> None:
    with said_by(cast.responsable, lambda: reason), pytest.raises(NamesSomeone), transaction.atomic():
        ComprehensionQuestion.objects.filter(pk=written.pk).update(text=NAMING)
    assert not KeptWords.objects.exists()


def test_no_reason_keeps_a_social_security_number(written: ComprehensionQuestion, cast: Cast) -> None:
    with said_by(cast.responsable, lambda: REASON), pytest.raises(Refused, match="numéro de sécurité sociale"):
        ComprehensionQuestion.objects.filter(pk=written.pk).update(text="2 69 05 49 588 157 80")


def test_what_is_kept_is_told_without_its_words(written: ComprehensionQuestion, cast: Cast) -> None:
    call_command("check_words", stderr=StringIO())
    rows = ComprehensionQuestion.objects.filter(pk=written.pk)
    with said_by(cast.responsable, lambda: REASON):
        rows.update(text=NAMING)
    told = StringIO()
    call_command("check_words", stderr=told)
    assert f"exchange.ComprehensionQuestion.text, ligne {written.pk} : " in told.getvalue()
    assert REASON in told.getvalue() and "Lefèvre" not in told.getvalue()
    KeptWords.objects.all().delete()  # as a text written before the rule
    with pytest.raises(CommandError, match="sans motif"):
        call_command("check_words", stderr=StringIO())


def test_ones_own_address_and_telephone_are_ones_own_to_give(written: ComprehensionQuestion, cast: Cast) -> None:
    cast.responsable.phone = "04 76 00 11 22"
    own = f"Écrivez-moi : {cast.responsable.email}, ou 0476001122."
    rows = ComprehensionQuestion.objects.filter(pk=written.pk)
    with said_by(cast.responsable):
        rows.update(text=own)
    with said_by(cast.correspondant_caf), pytest.raises(NamesSomeone):
        rows.update(text=f"{own} Merci.")
