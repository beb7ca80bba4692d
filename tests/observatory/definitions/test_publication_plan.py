"""The plan as data: what it understands and what it refuses."""

from pathlib import Path

import polars as pl
import pytest
import yaml
from django.conf import settings

from senacs.observatory.definitions.publication_plan import Classes, Dimension, Plan, PlanError, Rules, load_plan
from senacs.observatory.figures.measures import with_classes

SIZE = Dimension("taille", "Taille", {"petite": "P", "grande": "G", "inconnu": "?"}, Classes("etp", (0.0, 10.0)))


@pytest.mark.parametrize(
    ("value", "modality"), [(0.0, "petite"), (9.9, "petite"), (10.0, "grande"), (None, "inconnu"), (-1.0, "inconnu")]
)
def test_classes_start_at_their_first_value(value: float | None, modality: str) -> None:
    assert SIZE.class_of(value) == modality


def test_units_are_classed_by_what_they_declared() -> None:
    units = pl.DataFrame({"etp": [3.0, None, 12.0]})
    plan = Plan({"taille": SIZE}, (), Rules())
    assert with_classes(units, plan)["taille"].to_list() == ["petite", "inconnu", "grande"]
    # A year without that question has no classes.
    assert with_classes(units.rename({"etp": "autre"}), plan)["taille"].to_list() == ["inconnu"] * 3


def test_the_plan_of_the_project_is_read() -> None:
    plan = load_plan(Path(settings.BASE_DIR) / "data" / "plan.yaml")
    assert plan.publishes("epci", ()) and not plan.publishes("epci", ("kind",))
    assert {t.level for t in plan.tables if t.is_key} == {"france", "region", "epci", "groupement"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tables": [{"level": "france", "by": []}, {"level": "france", "by": [], "indicators": "key"}]}, "deux fois"),
        ({"tables": [{"level": "quartier", "by": []}]}, "niveau inconnu « quartier »"),
        ({"tables": [{"level": "france", "by": ["age"]}]}, "dimension inconnue « age »"),
        (
            {
                "dimensions": {
                    "taille": {"label": "T", "modalities": {"a": "A"}, "classes": {"indicator": "x", "starts": [0, 5]}}
                }
            },
            "autant de classes",
        ),
    ],
)
def test_a_plan_that_cannot_be_used_is_refused(tmp_path: Path, change: dict[str, object], message: str) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(yaml.safe_dump({"dimensions": {}, "tables": [], **change}), encoding="utf-8")
    with pytest.raises(PlanError, match=message):
        load_plan(path)


def test_a_breakdown_is_offered_where_the_register_gives_each_modality_enough_holders(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(
        """
dimensions:
  kind: {label: Type, modalities: {CS: Centres, EVS: Espaces}}
  gestion: {label: Gestion, modalities: {associatif: Associatif, caf: Caf, non_associatif: Autre}}
tables:
  - {level: departement, by: []}
  - {level: departement, by: [kind], offered_from: 3}
  - {level: departement, by: [gestion], offered_from: 3, merged: {gestion: {caf: non_associatif}}}
""",
        encoding="utf-8",
    )
    plan = load_plan(path)
    kinds, modes = plan.tables[1:]
    asked = {
        kinds.name: {"26": {("CS",): 3, ("EVS",): 4}, "69": {("CS",): 9, ("EVS",): 2}, "59": {("CS",): 9}},
        modes.name: {"26": {("associatif",): 9}},
    }
    settled = plan.settled(asked)
    assert settled.offered(plan.tables[0]) is None
    assert settled.offered(kinds) == {"26"}
    assert settled.offered(modes) == frozenset()
    assert modes.under("gestion") == {"caf": "non_associatif"}


def test_merged_modalities_are_those_of_the_dimension(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(
        """
dimensions: {kind: {label: Type, modalities: {CS: Centres}}}
tables: [{level: france, by: [kind], merged: {kind: {CS: autre}}}]
""",
        encoding="utf-8",
    )
    with pytest.raises(PlanError, match="autre"):
        load_plan(path)
