"""The ladder of packages holds in the database as in the imports, and nothing hides below a function."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import ForeignKey, ManyToManyField
from importlinter.api import read_configuration

PRODUCT = Path(settings.BASE_DIR) / "senacs"
CONTRACT = next(
    contract
    for contract in read_configuration(str(settings.BASE_DIR / "pyproject.toml"))["contracts_options"]
    if contract["type"] == "layers"
)
# From the lowest to the highest; packages on one line of the contract stand beside each other.
LADDER = {
    name.strip(" ()").removeprefix("senacs."): rank
    for rank, line in enumerate(reversed(CONTRACT["layers"]))
    for name in line.replace("|", ":").split(":")
}
OWN_MODELS = [model for model in apps.get_models() if model.__module__.startswith("senacs.")]
# Module, and the reason why it imports inside a function.
LATE_IMPORTS = {
    "disclosure/__init__.py": "its two functions load a solver, which no page that says « masqué » needs",
    "operation/apps.py": "the models of the queue exist once every application is loaded",
    "questionnaire/apps.py": "Django registers checks in AppConfig.ready, once the models exist",
    "web/apps.py": "what jobs do is laid in AppConfig.ready, once the models exist",
}


def package(module: str) -> str:
    return module.split(".")[1]


def test_ladder_is_that_of_the_design() -> None:
    order = sorted(LADDER, key=LADDER.__getitem__)
    assert order.index("lib") < order.index("territories") < order.index("structures") < order.index("accounts")
    assert order.index("campaigns") < order.index("collection") < order.index("review") < order.index("observatory")


@pytest.mark.parametrize("model", OWN_MODELS, ids=lambda model: model._meta.label)
def test_foreign_keys_point_down_the_ladder(model) -> None:
    for field in model._meta.get_fields():
        if isinstance(field, ForeignKey | ManyToManyField) and field.related_model.__module__.startswith("senacs."):
            here, there = package(model.__module__), package(field.related_model.__module__)
            assert LADDER[there] <= LADDER[here], f"{model._meta.label}.{field.name} points up to {there}"


def test_every_package_stands_on_the_ladder() -> None:
    packages = {path.parent.name for path in PRODUCT.glob("*/__init__.py")}
    assert packages == set(LADDER)


def late_imports(path: Path) -> list[str]:
    """The product's modules that functions of a file import."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [
        imported.module or ""
        for function in functions
        for imported in ast.walk(function)
        if isinstance(imported, ast.ImportFrom) and (imported.module or "").startswith("senacs")
    ]


def test_imports_inside_functions_have_a_listed_reason() -> None:
    found = {
        str(path.relative_to(PRODUCT)): imports for path in PRODUCT.rglob("*.py") if (imports := late_imports(path))
    }
    assert set(found) == set(LATE_IMPORTS), found


def test_product_files_stay_readable() -> None:
    long_files = {
        str(path.relative_to(PRODUCT)): length
        for path in PRODUCT.rglob("*.py")
        if "migrations" not in path.parts and (length := len(path.read_text(encoding="utf-8").splitlines())) > 450
    }
    assert long_files == {}
