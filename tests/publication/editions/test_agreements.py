"""Agreements to a local plaquette: who asks, who answers, what taking one back undoes."""

import shutil
from collections.abc import Callable

import pytest
from django.core import mail

from senacs.accounts.enums import Role, Side
from senacs.accounts.models import AccessEntry
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed, Refused
from senacs.observatory.answers import microdata
from senacs.observatory.enums import ReleaseState
from senacs.observatory.models import Release
from senacs.publication.editions import agreements, composing, local_measures, signing
from senacs.publication.enums import AgreementState, EditionState, LocalLevel
from senacs.publication.models import Agreement, AgreementEvent, Edition, LocalFigures, LocalMeasure
from senacs.territories.models import Departement
from tests import factories
from tests.publication.local import Locality, agree, begin


def test_copil_asks_and_each_responsable_gets_a_letter(
    locality: Locality, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    factories.empty_outbox()
    with django_capture_on_commit_callbacks(execute=True):
        edition = begin(locality)
    assert edition.home == ("departement", "26") and edition.trame == "locale"
    assert {letter.to[0] for letter in mail.outbox} == {user.email for user in locality.responsables}
    assert "Préparer la rencontre" in mail.outbox[0].body and "/saisie/accords/" in mail.outbox[0].body
    assert set(edition.group.agreements.values_list("state", flat=True)) == {AgreementState.ASKED}


def test_only_the_copil_of_the_departement_asks(locality: Locality) -> None:
    stranger = factories.make_user("ailleurs@exemple.fr")
    factories.make_mandate(stranger, Role.COPIL, side=Side.CAF, departement=Departement.objects.get(pk="69"))
    for user in (stranger, locality.responsables[0]):
        with pytest.raises(NotAllowed):
            begin(locality, by=user)


@pytest.mark.parametrize(
    ("change", "words"),
    [({"purpose": "Court."}, "servira"), ({"name": "x"}, "nom"), ({"structures": 4}, "au moins 5")],
)
def test_request_says_why_to_enough_structures(locality: Locality, change: dict[str, object], words: str) -> None:
    with pytest.raises(Refused, match=words):
        begin(locality, **change)  # type: ignore[arg-type]
    assert not Agreement.objects.exists()


def test_local_edition_begins_with_the_agreements_alone(locality: Locality) -> None:
    with pytest.raises(Refused):
        composing.create_edition(
            release=locality.release, level="commune", code="26001", trame="locale", by=locality.caf
        )


def test_responsable_alone_answers_and_each_answer_is_kept(locality: Locality) -> None:
    edition = begin(locality)
    agreement = edition.group.agreements.order_by("structure__code").first()
    deputy = factories.make_user("suppleant@exemple.fr")
    factories.make_mandate(deputy, Role.SUPPLEANT, structure=agreement.structure)
    for user in (deputy, locality.caf, locality.responsables[1]):
        with pytest.raises(NotAllowed):
            agreements.answer_agreement(agreement=agreement, name="accept", by=user)
    mine = locality.responsables[0]
    agreements.answer_agreement(agreement=agreement, name="accept", is_named=True, by=mine)
    assert agreements.agreed(edition.group) == ([agreement.structure.code],) * 2
    agreements.answer_agreement(agreement=agreement, name="decline", is_named=True, by=mine)
    assert agreements.agreed(edition.group) == ([], [])
    kept = AgreementEvent.objects.filter(agreement=agreement).order_by("pk")
    assert list(kept.values_list("transition", "is_named", "by")) == [
        ("accept", True, mine.pk),
        ("decline", False, mine.pk),
    ]


def test_figures_wait_for_enough_agreements(locality: Locality) -> None:
    edition = begin(locality)
    agree(edition, locality, 4)
    with pytest.raises(Refused, match="au moins 5"):
        local_measures.measure_edition(edition=edition, by=locality.caf)
    with pytest.raises(Refused, match="pas encore calculés"):
        signing.submit_edition(edition=edition, by=locality.caf)


def test_figures_are_logged_where_structures_read_them(locality: Locality) -> None:
    edition = begin(locality)
    agree(edition, locality, 12)
    figures = local_measures.measure_edition(edition=edition, by=locality.caf)
    entry = AccessEntry.objects.get()
    assert entry.structures.count() == 12 and "Préparer la rencontre" in entry.purpose
    again = local_measures.measure_edition(edition=edition, by=locality.caf)
    assert again == figures and LocalFigures.objects.count() == 1 and AccessEntry.objects.count() == 1


def test_taking_back_an_agreement_undoes_the_signatures(locality: Locality) -> None:
    edition = begin(locality)
    agree(edition, locality, 12)
    local_measures.measure_edition(edition=edition, by=locality.caf)
    signing.submit_edition(edition=edition, by=locality.caf)
    signing.sign_edition(edition=edition, side=Side.CAF, by=locality.caf, seal=signing.seal_of(edition))
    agreement = edition.group.agreements.filter(state=AgreementState.ACCEPTED).order_by("structure__code").first()
    agreements.answer_agreement(agreement=agreement, name="decline", by=locality.responsables[0])
    edition = Edition.objects.get()
    assert edition.state == EditionState.RETURNED and not edition.signatures.exists()
    with pytest.raises(Refused, match="retiré son accord"):
        signing.submit_edition(edition=edition, by=locality.caf)
    # Eleven beside twelve would give the twelfth away: nothing that it answered is shown any more.
    figures = local_measures.measure_edition(edition=edition, by=locality.caf)
    assert {c["status"] for c in figures.cells if c["indicator"] == "budget_total"} == {"suppressed"}


def test_published_agreement_no_longer_changes(locality: Locality) -> None:
    edition = begin(locality)
    agree(edition, locality, 12, named=1)
    local_measures.measure_edition(edition=edition, by=locality.caf)
    signing.submit_edition(edition=edition, by=locality.caf)
    for side, user in ((Side.CAF, locality.caf), (Side.FEDERATION, locality.federation)):
        signing.sign_edition(edition=edition, side=side, by=user, seal=signing.seal_of(edition))
    signing.publish_edition(edition=edition, by=locality.caf)
    agreement = edition.group.agreements.filter(is_named=True).get()
    with pytest.raises(Refused, match="publiée"):
        agreements.answer_agreement(agreement=agreement, name="decline", by=locality.responsables[0])
    document = signing.read_document(edition.slug or "")
    (block,) = [b for b in document["blocks"] if b["kind"] == "structures_nommees"]
    assert [row[0] for row in block["table"]["rows"]] == [agreement.structure.name]
    assert "12\u00a0structures sur 14" in document["blocks"][1]["notice"]


def test_group_lists_only_those_who_agreed(locality: Locality) -> None:
    edition = begin(locality, level=LocalLevel.GROUPE, code="", name="Les centres de la vallée")
    agree(edition, locality, 9)
    local_measures.measure_edition(edition=edition, by=locality.caf)
    (block,) = [b for b in composing.compose_edition(edition)["blocks"] if b["kind"] == "liste_structures"]
    assert sum(len(group["rows"]) for group in block["groups"]) == 9


def test_figures_of_another_release_are_worked_out_again(locality: Locality) -> None:
    edition = begin(locality)
    agree(edition, locality, 12)
    local_measures.measure_edition(edition=edition, by=locality.caf)
    newer = Release.objects.create(
        campaign=locality.release.campaign,
        number=2,
        state=ReleaseState.PUBLISHED,
        reason="Une correction.",
        created_at=clock.now(),
        published_at=clock.now(),
        manifest=locality.release.manifest,
    )
    for folder in (locality.release.directory, microdata.folder(locality.release.name)):
        shutil.copytree(folder, folder.with_name(newer.name))
    composing.rebase_edition(edition=edition, release=newer, by=locality.caf)
    with pytest.raises(Refused, match="pas encore calculés"):
        signing.submit_edition(edition=edition, by=locality.caf)
    first = LocalFigures.objects.get()
    again = local_measures.measure_edition(edition=edition, by=locality.caf)
    assert again != first and again.cells == first.cells
    signing.submit_edition(edition=edition, by=locality.caf)


def test_figures_are_asked_for_then_worked_out_once(locality: Locality) -> None:
    edition = begin(locality)
    with pytest.raises(Refused, match="au moins 5"):
        local_measures.ask_measure(edition=edition, by=locality.caf)
    agree(edition, locality, 12)
    asked = local_measures.ask_measure(edition=edition, by=locality.caf)
    assert local_measures.ask_measure(edition=edition, by=locality.caf) == asked  # one at a time
    done = local_measures.run_measure(asked.pk)
    assert (bool(done.ended_at), done.refusal) == (True, "")
    local_measures.run_measure(asked.pk)  # a worker that begins again after a kill
    assert LocalFigures.objects.count() == 1 and AccessEntry.objects.count() == 1
    assert local_measures.ask_measure(edition=edition, by=locality.caf) != asked


def test_measure_that_cannot_be_says_why_where_it_was_asked(locality: Locality) -> None:
    edition = begin(locality)
    agree(edition, locality, 5)
    asked = local_measures.ask_measure(edition=edition, by=locality.caf)
    Agreement.objects.update(state=AgreementState.DECLINED)
    assert "au moins 5" in local_measures.run_measure(asked.pk).refusal


def test_measure_that_breaks_leaves_the_way_open(locality: Locality, monkeypatch: pytest.MonkeyPatch) -> None:
    edition = begin(locality)
    agree(edition, locality, 5)
    asked = local_measures.ask_measure(edition=edition, by=locality.caf)

    def broken(*args: object, **kwargs: object) -> None:
        raise MemoryError

    monkeypatch.setattr(local_measures, "measure_local", broken)
    with pytest.raises(MemoryError):
        local_measures.run_measure(asked.pk)
    assert "erreur" in LocalMeasure.objects.get().refusal
    assert local_measures.ask_measure(edition=edition, by=locality.caf) != asked
