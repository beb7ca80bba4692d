"""Each recipe of CONTRIBUTING.md is followed to the letter: what the page shows is added, and does what it says."""

import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client, override_settings
from django.urls import include, path

from senacs.accounts.enums import Role
from senacs.accounts.models import User
from senacs.collection.enums import ResponseState
from senacs.collection.states import TRANSITIONS
from senacs.letters import mail
from senacs.lib.french import spaced
from senacs.lib.refusals import Refused
from senacs.lib.states import describe, find, reachable
from senacs.observatory.definitions.indicators import load
from senacs.publication.charts import SUPPRESSED
from senacs.questionnaire.engine.evaluation import compile_questionnaire
from senacs.questionnaire.engine.loader import load_directory
from tests.factories import Cast

ROOT = Path(settings.BASE_DIR)
PAGE = (ROOT / "CONTRIBUTING.md").read_text()
RECIPES = dict(re.findall(r"<!-- recipe: ([\w ]+) -->\n```\w*\n(.*?)```", PAGE, re.DOTALL))


def module_of(recipe: str) -> ModuleType:
    made = ModuleType(f"recipe_{recipe}")
    exec(RECIPES[recipe], made.__dict__)  # noqa: S102 - the page of this repository
    return made


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data of the repository, with the question, the rule and the indicator of the page."""
    copy = tmp_path / "data"
    for part in ("questionnaires", "rules", "indicators"):
        shutil.copytree(ROOT / "data" / part, copy / part)
    for file, recipe in (
        ("questionnaires/2026/b_gouvernance.yaml", "question"),
        ("rules/2026/gouvernance.yaml", "rule"),
        ("indicators/gouvernance.yaml", "indicator"),
    ):
        with (copy / file).open("a") as written:
            written.write(RECIPES[recipe])
    return copy


def test_the_page_has_a_recipe_for_each_thing_that_is_added() -> None:
    things = {"question", "rule", "indicator", "page", "role", "transition", "chart", "export", "letter"}
    assert things <= RECIPES.keys()


def test_what_the_page_names_exists_and_its_tests_are_found() -> None:
    words = re.findall(r"`([^`\n]+)`", PAGE)
    paths = {word for word in words if re.fullmatch(r"(?:tests|senacs|data|docs)/[\w/.-]+", word)}
    assert len(paths) > 10 and [path for path in sorted(paths) if not (ROOT / path).exists()] == []
    commands = {
        line.split("pytest ", 1)[1].split("#")[0] for line in PAGE.replace("`", "\n").splitlines() if "pytest " in line
    }
    for command in commands:
        files = [ROOT / word for word in command.split() if word.startswith("tests/")]
        assert files and all(file.exists() for file in files), command
        wanted = command.partition("-k ")[2].strip()
        found = [f for file in files for f in ([file] if file.is_file() else file.rglob("test_*.py"))]
        assert not wanted or any(f"{wanted}" in f.read_text() for f in found), command


def test_wrong_indicators_are_told_with_their_place(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = (str(data / "indicators"), f"--questionnaire={data / 'questionnaires' / '2026'}")
    call_command("check_indicators", *arguments)
    assert "indicateurs." in capsys.readouterr().out
    path = data / "indicators" / "gouvernance.yaml"
    path.write_text(path.read_text().replace('formula: "jeunes_administrateurs"', 'formula: "jeunes_administrateur"'))
    with pytest.raises(CommandError, match="à corriger"):
        call_command("check_indicators", *arguments)
    told = capsys.readouterr().err
    assert "gouvernance.yaml" in told and "jeunes_administrateurs" in told


def test_a_question_a_rule_and_an_indicator_need_their_data_file_only(data: Path) -> None:
    questionnaire = load_directory(data / "questionnaires/2026")
    assert questionnaire.fields["jeunes_administrateurs"].maximum == 50
    compiled = compile_questionnaire(questionnaire)
    answers = {code: 0 for code in questionnaire.fields if code.startswith("administrateurs_")}

    def failures(young: int) -> set[str]:
        env = {**answers, "administrateurs_moins_26": 2, "jeunes_administrateurs": young}
        return {finding.rule.code for finding in compiled.check(env, {"structure_type": "CS"}, {})}

    assert "JEUNES_PARMI_LES_ADMINISTRATEURS" in failures(3)
    assert "JEUNES_PARMI_LES_ADMINISTRATEURS" not in failures(2)
    indicators = {indicator.code: indicator for indicator in load(data / "indicators", questionnaire)}
    assert indicators["total_jeunes_administrateurs"].label == "Administrateurs de moins de 18 ans"


def test_a_page_is_closed_until_somebody_signs_in(
    cast: Cast, sign_in: Callable[[User], Client], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "essai.html").write_text(RECIPES["page template"])
    urls = ModuleType("recipe_urls")
    urls.urlpatterns = [path("essai/", module_of("page").show), path("", include("config.urls"))]  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "recipe_urls", urls)
    django, *others = settings.TEMPLATES
    with override_settings(ROOT_URLCONF="recipe_urls", TEMPLATES=[{**django, "DIRS": [tmp_path]}, *others]):
        assert Client().get("/essai/").status_code == 302
        page = sign_in(cast.responsable).get("/essai/")
        assert f"Bonjour {cast.responsable.get_full_name()}" in page.content.decode()


def test_a_role_is_a_line_of_the_roles_and_the_cast_then_lacks_it(cast: Cast) -> None:
    source = (ROOT / "senacs/accounts/enums.py").read_text()
    last = f'    COMITE_TECHNIQUE = "{Role.COMITE_TECHNIQUE}"'
    line = next(line for line in source.splitlines() if line.startswith(last))
    grown: dict[str, Any] = {"__name__": "recipe_roles"}
    exec(source.replace(line, f"{line}\n{RECIPES['role'].rstrip()}"), grown)  # noqa: S102 - our own source
    added = set(grown["Role"].values) - set(Role.values)
    assert added == {"observateur"}
    assert set(Role.values) <= cast.users().keys() and not added & cast.users().keys()


def test_a_transition_is_a_line_of_its_table() -> None:
    table = (*TRANSITIONS, module_of("transition").ARCHIVE)
    state = {"current": ResponseState.VALIDATED, "current_label": "validée"}
    assert find(table, "archiver", **state, reason="Doublon.").target == ResponseState.DRAFT
    with pytest.raises(Refused, match="demande un motif"):
        find(table, "archiver", **state, reason=" ")
    with pytest.raises(Refused, match="n’est pas possible"):
        find(table, "archiver", current=ResponseState.DRAFT, current_label="brouillon", reason="Doublon.")
    assert reachable(table, ResponseState.DRAFT) == set(ResponseState.values)
    written = describe("Response", table, dict(ResponseState.choices), dict(Role.choices))
    assert "| Archiver la réponse (`archiver`) |" in written


def test_a_chart_says_in_its_table_what_it_draws() -> None:
    chart = module_of("chart").young_board_members({"Drôme": 12, "Rhône": SUPPRESSED}, prefix="essai")
    assert chart.svg.startswith("<svg") and "Drôme" in chart.svg
    assert [row[0] for row in chart.rows] == ["Drôme", "Rhône"]
    assert chart.rows[0][1].startswith("12") and chart.rows[1][1] == "s."


def test_an_export_keeps_the_order_and_the_blanks() -> None:
    cells = pl.DataFrame({"territoire": ["26", "69"], "valeur": [12, None]})
    assert module_of("export").markdown(cells).splitlines() == [
        "| territoire | valeur |", "|---|---|", "| 26 | 12 |", "| 69 |  |",
    ]  # fmt: skip


def test_a_letter_leaves_once_what_it_announces_is_saved(
    db: None, tmp_path: Path, mailoutbox: list[Any], django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    (tmp_path / "question.txt").write_text(RECIPES["letter"])
    django, *others = settings.TEMPLATES
    with override_settings(TEMPLATES=[{**django, "DIRS": [tmp_path]}, *others]):
        letter = mail.write("question.txt", {"structure": "L’Ère & l’Air"}, to="a@exemple.fr")
    assert letter.subject == "L’Ère & l’Air : une question vous attend"
    assert f"{settings.PUBLIC_URL}/saisie/" in letter.body
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        mail.send_on_commit([letter])
        assert not mailoutbox
    assert [sent.subject for sent in mailoutbox] == [spaced(letter.subject)]
