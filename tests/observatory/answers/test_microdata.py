"""The snapshot says what was declared, no more, in the same bytes each time."""

import polars as pl
import pytest

from senacs.campaigns.models import Campaign, InvitedStructure
from senacs.collection.enums import AbsenceKind, AbsenceReason
from senacs.collection.models import Absence, Response
from senacs.lib import clock
from senacs.observatory.answers import microdata
from senacs.observatory.answers.microdata import in_scope, invited_frame
from senacs.review.models import Waiver
from tests import factories
from tests.observatory.conftest import answers


def test_one_row_per_validated_response_in_order_of_code(surveyed: Campaign) -> None:
    frame = pl.read_parquet(microdata.write_snapshot(surveyed))
    assert len(frame) == 108
    assert frame["structure"].is_sorted()


def test_values_are_typed_and_states_kept_apart(surveyed: Campaign) -> None:
    frame = pl.read_parquet(microdata.write_snapshot(surveyed)).with_row_index()
    # Rows follow the structures that answered: every one but each tenth.
    declared = [answers(i) for i in range(120) if i % 10]
    assert frame["salaries_total"].dtype == pl.Int64
    assert frame["etp_total"].to_list() == [float(d["etp_total"]) for d in declared]
    assert frame["benevoles"].to_list() == [d.get("benevoles") for d in declared]
    assert frame["benevoles__nc"].fill_null(value=False).to_list() == [
        "benevoles" in d and d["benevoles"] is None for d in declared
    ]
    assert frame["themes"][0].to_list() == ["famille"]


def test_computed_fields_are_filled_and_hidden_ones_left_out(surveyed: Campaign) -> None:
    response = Response.objects.order_by("structure__code").first()
    assert response is not None
    response.values |= {"clas": factories.stored(False), "clas_enfants": factories.stored(12)}
    response.save(update_fields=["values"])
    row = pl.read_parquet(microdata.write_snapshot(surveyed)).row(0, named=True)
    assert row["budget_detail"] == row["budget_caf"] + row["budget_autres"]
    assert row["clas_enfants"] is None


def test_last_year_stands_beside(surveyed: Campaign) -> None:
    response = Response.objects.select_related("structure").order_by("structure__code").first()
    assert response is not None
    before = factories.make_campaign(version=factories.make_questionnaire("minimal_2025"))
    factories.make_response(
        structure=response.structure,
        campaign=before,
        values={"benevoles_actifs": 17, "budget_caf": 10, "budget_autres": 5},
        state="validated",
    )
    row = pl.read_parquet(microdata.write_snapshot(surveyed)).row(0, named=True)
    assert (row["benevoles__n1"], row["budget_detail__n1"], row["etp_total__n1"]) == (17, 15, None)


def test_invited_structures_tell_who_answered(surveyed: Campaign) -> None:
    path = microdata.write_snapshot(surveyed).with_name(microdata.INVITED)
    frame = pl.read_parquet(path)
    assert (len(frame), frame["is_validated"].sum()) == (120, 108)
    assert frame.filter(pl.col("gestion") == "").height == 30


def test_same_data_same_bytes(surveyed: Campaign) -> None:
    first = microdata.write_snapshot(surveyed).read_bytes()
    assert microdata.write_snapshot(surveyed).read_bytes() == first


def test_reads_the_database_in_few_queries(surveyed: Campaign, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_max_num_queries(6):
        microdata.write_snapshot(surveyed)


def test_rules_set_aside_by_the_pair_are_kept_with_their_reason_and_no_name(surveyed: Campaign) -> None:
    response = Response.objects.order_by("structure__code").filter(state="validated").first()
    caf, federation = factories.make_user("caf@exemple.fr"), factories.make_user("federation@exemple.fr")
    Waiver.objects.create(
        response=response,
        rule_code="ETP_SALARIES",
        message="12 ETP pour 5 salariés.",
        reason="Remplacements nombreux.",
        caf_by=caf,
        caf_at=clock.now(),
        federation_by=federation,
        federation_at=clock.now(),
    )
    microdata.write_snapshot(surveyed, name="essai")
    kept = microdata.read_choices("essai")["rule_waivers"]
    assert kept == [{"rule": "ETP_SALARIES", "reason": "Remplacements nombreux."}]


@pytest.mark.parametrize(
    ("kind", "reason", "left"),
    [
        (AbsenceKind.OUT_OF_SCOPE, AbsenceReason.CLOSED, 119),
        (AbsenceKind.OUT_OF_SCOPE, AbsenceReason.NO_AGREMENT, 119),
        (AbsenceKind.DECLINED, AbsenceReason.NO_TIME, 120),
    ],
)
def test_who_left_the_field_is_not_silent_and_who_declines_is(
    surveyed: Campaign, kind: AbsenceKind, reason: AbsenceReason, left: int
) -> None:
    silent = InvitedStructure.objects.filter(campaign=surveyed, response__isnull=True).earliest("pk")
    response = Response.objects.create(campaign=surveyed, structure=silent.structure, invited=silent)
    Absence.objects.create(response=response, kind=kind, reason=reason, at=clock.now(), by=factories.make_user())
    concerned = in_scope(invited_frame(surveyed))
    assert len(concerned) == left
    assert (silent.structure.code in set(concerned["structure"])) == (left == 120)
    # A frame written before this was known leaves nobody out.
    assert len(in_scope(invited_frame(surveyed).drop("is_out_of_scope"))) == 120
